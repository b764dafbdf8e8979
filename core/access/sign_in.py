"""Whom an address signs in: the account whose address it is. One that still waits for its mail opens nothing."""

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import ResetPasswordForm

from core.access.models import User


class AddressBackend(AuthenticationBackend):
    """Finds people by the address of their account alone."""

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        found = User.objects.filter(email__iexact=email).first()
        return self._check_password(found, password)  # type: ignore[no-any-return]


class LostPasswordForm(ResetPasswordForm):
    """Sends the link to the address of an account, never to one that somebody merely typed in as their next."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users: list[User] = list(User.objects.filter(email__iexact=email, is_active=True))
        return email
