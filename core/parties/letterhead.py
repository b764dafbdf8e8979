"""Who a paper is from and to whom it goes. Ask in the language of the paper."""

from typing import Any

from django.utils.translation import gettext as _

from core.company.models import Company
from core.parties.enums import AddressKind
from core.parties.models import Address, Party


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
    ranks = {kind: 0, AddressKind.MAIN: 1}
    found = sorted(Address.objects.filter(party=party), key=lambda a: (ranks.get(AddressKind(a.kind), 2), a.pk))
    tax_ids = [f"{_('Tax number')} {tax_id.country} {tax_id.number}" for tax_id in party.tax_ids.all()[:1]]
    return [*(_lines_of(found[0]) if found else ()), *tax_ids]


def _lines_of(address: Address) -> list[str]:
    town = f"{address.postal_code} {address.city}".strip()
    return [part for part in (address.name, address.street, town, address.region, address.country) if part]
