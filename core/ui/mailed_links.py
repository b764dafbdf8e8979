"""Links that are mailed to people: to set a password, and to what a company offers them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpRequest
from django.urls import reverse

from core.access.models import User
from core.company.invitations import INVITATION_DAYS, invitation_key
from core.company.models import Company, Membership


def is_invited(held: Sequence[Membership]) -> bool:
    """Whether the person has accepted none of these roles yet: then the company knows their address only."""
    return bool(held) and all(one.accepted_at is None for one in held)


def never_signed_in(person: User) -> bool:
    return person.last_login is None and not person.has_usable_password()


def set_password_url(request: HttpRequest, person: User) -> str:
    """The address at which the person sets a password; it works once and for three days."""
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    return get_adapter(request).get_reset_password_from_key_url(key)  # type: ignore[no-any-return]


def offer_url(request: HttpRequest, person: User, company: Company) -> str:
    """The address at which the person accepts what the company offers."""
    query = urlencode({"key": invitation_key(person, company.pk)})
    return request.build_absolute_uri(f"{reverse('ui:invitations')}?{query}")


def send_link(request: HttpRequest, person: User, company: Company) -> None:
    """Mail the person a link to what the company offers them, and one to set a password, unless they have one and are
    offered something; the mail leaves after the commit."""
    is_offer = is_invited(list(Membership.objects.filter(user=person, company=company)))
    needs_password = not (is_offer and person.has_usable_password())
    context = {
        "person": person,
        "company": company,
        "offer_url": offer_url(request, person, company) if is_offer else "",
        "password_url": set_password_url(request, person) if needs_password else "",
        "days": INVITATION_DAYS,
        "is_new": never_signed_in(person),
    }
    get_adapter(request).send_mail("account/email/invitation", person.email, context)
