"""Who a paper is from and to whom it goes. Ask in the language of the paper."""

from collections.abc import Mapping
from typing import Any

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from core.company.countries import COUNTRIES
from core.company.models import Company
from core.parties.enums import AddressKind
from core.parties.models import Party, TaxId

SHOWN = ("kind", "name", "street", "postal_code", "city", "region", "country")


def letterhead(company: Company) -> dict[str, Any]:
    """Our name, address and tax number."""
    name = company.legal_name or company.name
    tax_number = _("Tax number %(number)s") % {"number": company.tax_number} if company.tax_number else ""
    return {
        "name": name,
        "lines": [part for part in (*company.address.splitlines(), company.email) if part],
        "footer": " · ".join(part for part in (name, tax_number) if part),
    }


def address_lines(party: Party, kind: AddressKind = AddressKind.INVOICE) -> list[str]:
    """The party's address of the kind, else its main one; the tax number when there is one."""
    tax_ids = TaxId.objects.filter(party=OuterRef("pk")).order_by("country", "pk")
    with_tax_id = Party.objects.filter(pk=party.pk).annotate(
        tax_id=Subquery(tax_ids.values(text=Concat("country", Value(" "), "number"))[:1])
    )
    ranks = {kind: 0, AddressKind.MAIN: 1}
    rows = with_tax_id.order_by().values("tax_id", "addresses__pk", *(f"addresses__{name}" for name in SHOWN))
    first = min(rows, key=lambda row: (ranks.get(row["addresses__kind"], 2), row["addresses__pk"] or 0))
    tax_number = [f"{_('Tax number')} {first['tax_id']}"] if first["tax_id"] else []
    return [*_lines_of({name: first[f"addresses__{name}"] or "" for name in SHOWN}), *tax_number]


def _lines_of(address: Mapping[str, str]) -> list[str]:
    town = f"{address['postal_code']} {address['city']}".strip()
    country = _(COUNTRIES[address["country"]]) if address["country"] in COUNTRIES else address["country"]
    return [part for part in (address["name"], address["street"], town, address["region"], country) if part]
