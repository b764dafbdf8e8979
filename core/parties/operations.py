"""Parties: creating and changing them with everything that hangs on them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.documents.records import amend_record, create_record, update_record
from core.errors import InvalidInputError
from core.parties.enums import AddressKind, ContactKind
from core.parties.models import Address, BankAccount, ContactPoint, Party, TaxId
from core.parties.normalise import normal_bank_account, normal_contact, normal_tax_id

if TYPE_CHECKING:
    from core.access.models import User

SHORTCUTS = {"email": ContactKind.EMAIL, "phone": ContactKind.PHONE, "website": ContactKind.WEB}


def create_party(
    *,
    company_id: int,
    user: "User | None",
    now: dt.datetime,
    contact_points: Iterable[Mapping[str, Any]] = (),
    addresses: Iterable[Mapping[str, Any]] = (),
    tax_ids: Iterable[Mapping[str, Any]] = (),
    strict: bool = True,
    **values: Any,
) -> Party:
    """Write a party with its contact points, addresses and tax ids. `email`, `phone` and `website` among the values are
    taken as its primary contact points.

    :param strict: refuse phone numbers that are none; imports of legacy data keep them as written.
    :raises InvalidInputError: whatever is not valid, with its field.
    """
    points = [*_shortcuts(values), *contact_points]
    with transaction.atomic():
        party = create_record(Party, company_id=company_id, user=user, now=now, values=values)
        for point in points:
            add_contact_point(party=party, user=user, now=now, strict=strict, **point)
        for address in addresses:
            create_record(
                Address, company_id=company_id, user=user, now=now,
                values={"kind": AddressKind.MAIN, **address, "party": party},
            )  # fmt: skip
        for tax_id in tax_ids:
            add_tax_id(party=party, user=user, now=now, **tax_id)
    return party


def update_party(
    *, party_id: int, user: "User | None", now: dt.datetime, expected_version: int | None = None, **values: Any
) -> Party:
    """Change a party. `email`, `phone` and `website` replace the primary contact point of their kind.

    :raises ConflictError: somebody else changed it since.
    """
    points = list(_shortcuts(values))
    with transaction.atomic():
        party = update_record(Party, party_id, user=user, now=now, values=values, expected_version=expected_version)
        for point in points:
            _replace_primary(party, point["kind"], point["value"], user=user, now=now)
    return party


def assign_party(
    *, party_id: int, user: "User | None", now: dt.datetime, owner_id: int | None = None, team_id: int | None = None
) -> Party:
    """Give a party to a person, to a team or to both; what is not named stays. Done already, nothing is written.

    :raises InvalidInputError: neither is named.
    """
    wanted = {name: key for name, key in (("owner_id", owner_id), ("team_id", team_id)) if key is not None}
    if not wanted:
        raise InvalidInputError(_("Choose a person, a team or both."), field="owner")
    return amend_record(Party, party_id, user=user, now=now, values=wanted)


def activate_party(*, party_id: int, user: "User | None", now: dt.datetime) -> Party:
    """Offer a party in choices again. Done already, nothing is written."""
    return amend_record(Party, party_id, user=user, now=now, values={"active": True})


def deactivate_party(*, party_id: int, user: "User | None", now: dt.datetime) -> Party:
    """Offer a party in no choice any more; its documents stay. Done already, nothing is written."""
    return amend_record(Party, party_id, user=user, now=now, values={"active": False})


def add_contact_point(
    *,
    party: Party,
    user: "User | None",
    now: dt.datetime,
    kind: str,
    value: str,
    label: str = "",
    is_primary: bool = False,
    strict: bool = True,
) -> ContactPoint:
    """Add a mail address, phone or website in its one spelling; one the party has already is returned as it is.

    :raises InvalidInputError: the value is none of its kind.
    """
    normal = normal_contact(kind, value, party.country, strict=strict)
    point, _made = ContactPoint.objects.get_or_create(
        party=party,
        kind=kind,
        value=normal,
        defaults={"company_id": party.company_id, "label": label, "is_primary": is_primary, "created_by": user},
    )
    return point


def add_tax_id(*, party: Party, user: "User | None", now: dt.datetime, country: str, number: str) -> TaxId:
    """Add a tax number after its checksum.

    :raises InvalidInputError: the number is not valid in the country.
    """
    tax_id, _made = TaxId.objects.get_or_create(
        party=party,
        country=country,
        number=normal_tax_id(country, number),
        defaults={"company_id": party.company_id, "created_by": user},
    )
    return tax_id


def add_bank_account(
    *, party: Party, user: "User | None", now: dt.datetime, iban: str, bic: str = "", bank_name: str = ""
) -> BankAccount:
    """Add a bank account; an IBAN is checked.

    :raises InvalidInputError: the IBAN's checksum is wrong.
    """
    account, _made = BankAccount.objects.get_or_create(
        party=party,
        iban=normal_bank_account(iban),
        defaults={"company_id": party.company_id, "bic": bic, "bank_name": bank_name, "created_by": user},
    )
    return account


def _shortcuts(values: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Take `email`, `phone` and `website` out of the values as contact points."""
    for name, kind in SHORTCUTS.items():
        if value := values.pop(name, ""):
            yield {"kind": kind, "value": value, "is_primary": True}


def _replace_primary(party: Party, kind: str, value: str, *, user: "User | None", now: dt.datetime) -> None:
    normal = normal_contact(kind, value, party.country)
    primary = ContactPoint.objects.filter(party=party, kind=kind).order_by("-is_primary", "pk").first()
    if primary is None:
        add_contact_point(party=party, user=user, now=now, kind=kind, value=normal, is_primary=True)
    elif primary.value != normal:
        ContactPoint.objects.filter(party=party, kind=kind, value=normal).exclude(pk=primary.pk).delete()
        update_record(ContactPoint, primary.pk, user=user, now=now, values={"value": normal, "is_primary": True})
