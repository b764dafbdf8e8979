"""Links that are mailed to people: to set a password, and to what a company offers them."""

from __future__ import annotations

from collections.abc import Sequence

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from core.access.models import User
from core.company.models import Company, Membership

NO_MAIL = frozenset(f"django.core.mail.backends.{kind}" for kind in ("filebased", "console", "dummy"))


def is_invited(held: Sequence[Membership]) -> bool:
    """Whether the person has accepted none of these roles yet: then the company knows their address only."""
    return bool(held) and all(one.accepted_at is None for one in held)


def never_signed_in(person: User) -> bool:
    return person.last_login is None and not person.has_usable_password()


def set_password_url(request: HttpRequest, person: User) -> str:
    """The address at which the person sets a password; it works once and for three days."""
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    return get_adapter(request).get_reset_password_from_key_url(key)  # type: ignore[no-any-return]


def sends_mail() -> bool:
    """Whether mail leaves this installation. Where it does not, an administrator has to hand links over."""
    return settings.EMAIL_BACKEND.rpartition(".")[0] not in NO_MAIL


def send_invitation(request: HttpRequest, person: User, company: Company) -> bool:
    """Mail somebody who was invited where they accept, and where they set a password if they have none; the mail leaves
    after the commit.

    :returns: False when they need neither: they work here and have a password.
    """
    is_offer = Membership.objects.filter(user=person, company=company, accepted_at=None).exists()
    needs_password = not person.has_usable_password()
    if not (is_offer or needs_password):
        return False
    context = {
        "offer_url": request.build_absolute_uri(reverse("ui:invitations")) if is_offer else "",
        "password_url": set_password_url(request, person) if needs_password else "",
    }
    _send(request, person, company, context)
    return True


def send_password_link(request: HttpRequest, person: User, company: Company) -> None:
    """Mail somebody a link to set a password; it leaves after the commit."""
    _send(request, person, company, {"password_url": set_password_url(request, person)})


def _send(request: HttpRequest, person: User, company: Company, context: dict[str, str]) -> None:
    about = {"person": person, "company": company, "is_new": never_signed_in(person), **context}
    get_adapter(request).send_mail("account/email/invitation", person.email, about)
