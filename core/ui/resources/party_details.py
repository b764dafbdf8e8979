"""What hangs on a party, added from its page: the operations take ids, as every door of a screen does."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.documents.records import create_record, lock_record
from core.parties.enums import AddressKind, ContactKind
from core.parties.models import Address, BankAccount, ContactPoint, Party, TaxId
from core.parties.operations import add_bank_account, add_contact_point, add_tax_id
from core.ui.forms import RecordForm


class ContactPointForm(forms.Form):
    kind = forms.ChoiceField(label=_("kind"), choices=ContactKind)
    value = forms.CharField(label=_("value"), max_length=250)
    label = forms.CharField(label=_("label"), max_length=60, required=False)


class AddressForm(RecordForm):
    class Meta:
        model = Address
        fields = ("kind", "name", "street", "postal_code", "city", "region", "country")


class TaxIdForm(forms.Form):
    country = forms.CharField(label=_("country"), max_length=2, min_length=2)
    number = forms.CharField(label=_("number"), max_length=40)

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


class BankAccountForm(forms.Form):
    iban = forms.CharField(label=_("IBAN or account number"), max_length=40)
    bic = forms.CharField(label=_("BIC"), max_length=11, required=False)
    bank_name = forms.CharField(label=_("bank"), max_length=120, required=False)


def add_contact(*, party_id: int, user: User, now: dt.datetime, kind: str, value: str, label: str = "") -> ContactPoint:
    """Add a contact point to a party, under the party's lock.

    :raises InvalidInputError: the value is none of its kind.
    """
    with transaction.atomic():
        party = lock_record(Party, party_id)
        return add_contact_point(party=party, user=user, now=now, kind=kind, value=value, label=label)


def add_address(*, party_id: int, user: User, now: dt.datetime, kind: str = AddressKind.MAIN, **values: Any) -> Address:
    """Add a postal address to a party, under the party's lock."""
    with transaction.atomic():
        party = lock_record(Party, party_id)
        written = {"party": party, "kind": kind, **values}
        return create_record(Address, company_id=party.company_id, user=user, now=now, values=written)


def add_tax_number(*, party_id: int, user: User, now: dt.datetime, country: str, number: str) -> TaxId:
    """Add a tax number to a party, under the party's lock.

    :raises InvalidInputError: the number is not valid in the country.
    """
    with transaction.atomic():
        return add_tax_id(party=lock_record(Party, party_id), user=user, now=now, country=country, number=number)


def add_bank(
    *, party_id: int, user: User, now: dt.datetime, iban: str, bic: str = "", bank_name: str = ""
) -> BankAccount:
    """Add a bank account to a party, under the party's lock.

    :raises InvalidInputError: the IBAN's checksum is wrong.
    """
    with transaction.atomic():
        party = lock_record(Party, party_id)
        return add_bank_account(party=party, user=user, now=now, iban=iban, bic=bic, bank_name=bank_name)
