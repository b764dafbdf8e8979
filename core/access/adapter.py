"""How allauth behaves here: people are invited by an administrator, nobody signs up by themselves; guesses are slowed
down without locking out the person they are aimed at; secrets of second factors are encrypted at rest."""

import base64
import hashlib
import secrets
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from core.access.second_factor import needs_second_factor

DEVICE_SALT = "core.access.device"
DEVICE_SECONDS = 180 * 86400


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up, sends mail after the commit, and knows the browsers from which somebody signed in before."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Written now, sent after the commit. A mail server that is away costs the mail, which can be asked for again,
        and never the page."""
        request = current.request
        known = {"request": request, "email": email, "current_site": get_current_site(request)}
        message = self.render_mail(template_prefix, email, {**known, **context})
        transaction.on_commit(message.send, robust=True)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Signing in counts as well as confirming, for as long: nobody gives a password twice within five minutes."""
        request = current.request
        given = [record["at"] for record in get_authentication_records(request, request.user)]
        return not given or time.time() - max(given) > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    # The limit of failures an account is spent by anybody on earth. A browser in which the person has signed in before
    # carries a signed cookie and has a limit of its own, so that a flood of guesses does not keep them out.

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        known = read_device(request)
        email = str(credentials.get("email", "")).lower()
        return f"{key}:{known['device']}" if known and known["email"] == email else key

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_device(request, response, user.email)
        return response


def read_device(request: HttpRequest) -> dict[str, str] | None:
    """Whose browser this is, by its cookie; None for a missing, old or foreign one."""
    try:
        found = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=DEVICE_SALT, max_age=DEVICE_SECONDS
        )
    except signing.BadSignature:
        return None
    return found if isinstance(found, dict) and {"email", "device"} <= found.keys() else None


def remember_device(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Mark this browser as one in which the person has signed in."""
    known = read_device(request)
    device = known["device"] if known and known["email"] == email else secrets.token_hex(8)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps({"email": email, "device": device}, salt=DEVICE_SALT),
        max_age=DEVICE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


class MfaAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticators and recovery codes encrypted, and on for whoever must have them."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not needs_second_factor(authenticator.user)


def _cipher() -> MultiFernet:
    """The installation's key, and the former ones for reading only."""
    secrets_ = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(str(secret))) for secret in secrets_])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"onebook second factor:" + secret.encode()).digest())
