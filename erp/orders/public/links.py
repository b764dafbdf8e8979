"""Signed links. A link names company and quotation, cannot be guessed or changed, and ends after a time."""

from dataclasses import dataclass

from django.core import signing

from erp.orders.models import Quotation

SALT = "erp.orders.quotation"
LINK_DAYS = 120


@dataclass(frozen=True, slots=True)
class Link:
    """What a link names."""

    company_id: int
    quotation_id: int


def token_of(quotation: Quotation) -> str:
    """The part of the address that names a quotation; made anew for every sending or showing."""
    return signing.TimestampSigner(salt=SALT).sign(f"{quotation.company_id}.{quotation.pk}")


def read_token(token: str) -> Link | None:
    """What the token names, or None when it was changed or is too old."""
    try:
        value = signing.TimestampSigner(salt=SALT).unsign(token, max_age=LINK_DAYS * 24 * 3600)
    except signing.BadSignature:
        return None
    company_id, _dot, quotation_id = value.partition(".")
    return Link(int(company_id), int(quotation_id))
