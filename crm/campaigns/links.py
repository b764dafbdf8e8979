"""Unsubscribe links. A link names company and recipient, cannot be guessed or changed, and never ends: whoever finds an
old mail may still unsubscribe by it."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from core.company.models import Company
from crm.campaigns.errors import NoPublicAddressError

SALT = "crm.campaigns.unsubscribe"
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Link:
    """What a link names. Recipient 0 is the test mail's, which unsubscribes nobody."""

    company_id: int
    recipient_id: int


def token_of(*, company_id: int, recipient_id: int) -> str:
    return signing.Signer(salt=SALT).sign(f"{company_id}.{recipient_id}")


def read_token(token: str) -> Link | None:
    """What the token names, or None when it is not ours."""
    try:
        company_id, _dot, recipient_id = signing.Signer(salt=SALT).unsign(token).partition(".")
    except signing.BadSignature:
        return None
    return Link(int(company_id), int(recipient_id))


def public_address(company: Company) -> str:
    """Where people outside reach us, without a slash at the end.

    Only the demo, which mails nobody, may fall back to this machine.

    :raises NoPublicAddressError: it is not set.
    """
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    if settings.DEBUG or settings.DEMO or company.is_demo:
        return f"http://{settings.BIND}"
    raise NoPublicAddressError(
        _("The public address of this installation is not set, so nobody could unsubscribe."),
        hint=_("An administrator sets ONEBOOK_PUBLIC_URL, such as https://books.example.com."),
    )


def unsubscribe_url(company: Company, recipient_id: int) -> str:
    """:raises NoPublicAddressError: our public address is not set."""
    token = token_of(company_id=company.pk, recipient_id=recipient_id)
    return public_address(company) + reverse("campaigns:unsubscribe", args=[token])
