"""Making and changing the priced drafts that quotation and sales order both are."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access.models import User
from core.access.policies import grants_of
from core.catalog.enums import ItemKind
from core.catalog.lines import LineData, build_line, read_lines
from core.catalog.models import Item, Unit
from core.catalog.pricing import PricedDocument
from core.catalog.totals import complete_lines, price_lines
from core.company.models import Company, Currency
from core.documents.references import RecordRef
from core.errors import InvalidInputError
from core.fields import ZERO
from core.parties.enums import AddressKind
from core.parties.models import Address, Party
from core.parties.queries import party_of
from erp.orders.models import SalesOrderLine
from erp.orders.models.base import SaleDocument, SaleLine
from erp.orders.units import in_stock_unit

Lines = Iterable[LineData | Mapping[str, Any]]


class SaleHeader(TypedDict, total=False):
    """What the head of a quotation or order may be given besides party, date and lines. What is left out takes the
    party's, the company's or the user's own."""

    currency_id: str | None
    reference: str
    requested_date: dt.date | None
    delivery_address: str
    warehouse_id: int | None
    payment_term_id: int | None
    freight_amount: Decimal | None
    freight_tax_set_id: int | None
    notes: str
    owner_id: int | None
    team_id: int | None


PLAIN = ("reference", "requested_date", "delivery_address", "warehouse_id", "payment_term_id", "notes")
FREIGHT_DESCRIPTION = gettext_lazy("Freight")


@dataclass(frozen=True, slots=True)
class Draft:
    """A priced draft in memory: the rows it was made from are read once and handed on."""

    company: Company
    party: Party | None
    currency: Currency
    lines: list[Any]
    items: Mapping[int, Item]
    priced: PricedDocument


def read_company(company_id: int) -> Company:
    return Company.objects.select_related("currency").get(pk=company_id)


def read_party(company_id: int, party_id: int | None) -> Party:
    """The customer, with its currency, its company and the company's currency.

    :raises InvalidInputError: no such party in the company, or an inactive one.
    """
    party = party_of(company_id, party_id or 0)
    if party is None:
        raise InvalidInputError(_("Choose a customer."), code="party_missing", field="party")
    if not party.active:
        raise InvalidInputError(
            _("%(party)s is inactive.") % {"party": party},
            code="party_inactive",
            field="party",
            hint=_("Choose another customer, or make this one active again."),
        )
    return party


def currency_for(company: Company, party: Party, currency_id: str | None) -> Currency:
    """The currency asked for, else the customer's, else the company's."""
    wanted = currency_id or party.currency_id or company.currency_id
    for known in (company.currency, party.currency):
        if known is not None and known.code == wanted:
            return known
    return Currency.objects.get(pk=wanted)


def price_draft(
    model: type[SaleLine],
    lines: Lines,
    *,
    company: Company,
    party: Party | None,
    on: dt.date,
    currency: Currency,
    freight_amount: Decimal | None = None,
    freight_tax_set_id: int | None = None,
) -> Draft:
    """Lines completed from their items, priced and taxed, with freight as the last one.

    :raises InvalidInputError: a line without item, description or quantity, or one the engine refuses.
    """
    given, items = complete_lines(read_lines(lines), company=company, party=party, on=on, currency_code=currency.code)
    rows = [build_line(model, line, company_id=company.pk, position=position) for position, line in enumerate(given, 1)]
    for row, line in zip(rows, given, strict=True):
        row.source = line.source
    if freight_amount:
        rows.append(freight_line(model, company, rows, freight_amount, freight_tax_set_id))
    return Draft(company, party, currency, rows, items, price_lines(rows, company=company, currency=currency))


def freight_line(
    model: type[SaleLine], company: Company, rows: Sequence[SaleLine], amount: Decimal, tax_set_id: int | None
) -> SaleLine:
    """Freight bears the taxes of the goods it belongs to: of the first taxed line, unless others are given."""
    taxed = next((row.tax_set_id for row in rows if row.tax_set_id), None)
    return model(
        company_id=company.pk,
        position=len(rows) + 1,
        description=str(FREIGHT_DESCRIPTION),
        quantity=Decimal(1),
        unit_price=amount,
        discount_percent=ZERO,
        tax_set_id=tax_set_id or taxed,
        is_freight=True,
    )


def head_values(party: Party, user: User | None, header: SaleHeader) -> dict[str, Any]:
    """The head's columns with their defaults."""
    values: dict[str, Any] = {name: header[name] for name in PLAIN if name in header}  # type: ignore[literal-required]
    values["payment_term_id"] = values.get("payment_term_id") or party.payment_term_id
    values["freight_amount"] = header.get("freight_amount") or ZERO
    values["owner_id"], values["team_id"] = _ownership(party, user, header)
    return values


def _ownership(party: Party, user: User | None, header: SaleHeader) -> tuple[int | None, int | None]:
    owner_id = header.get("owner_id") or (user.pk if user else party.owner_id)
    team_id = header.get("team_id")
    if team_id is None and user is not None and owner_id == user.pk:
        teams = (grant.team_id for grant in grants_of(user) if grant.company_id == party.company_id)
        team_id = next((team for team in teams if team), None)
    return owner_id, team_id or party.team_id


def changed_values(header: SaleHeader) -> dict[str, Any]:
    """The head's columns that a change names; nothing else is touched."""
    names = (*PLAIN, "owner_id", "team_id")
    return {name: header[name] for name in names if name in header}  # type: ignore[literal-required]


def as_data(line: SaleLine) -> LineData:
    """A stored line as data, to be written again or onto another document; price and taxes stay what they are."""
    return LineData(
        item_id=line.item_id,
        quantity=line.quantity,
        description=line.description,
        unit_id=line.unit_id,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_set_id=line.tax_set_id,
        id=line.pk,
        source=line.source,
    )


def keep_sources(lines: Lines, stored: Iterable[SaleLine]) -> list[LineData]:
    """Given lines as data; one that replaces a stored line keeps where that line came from."""
    sources: dict[int, RecordRef | None] = {line.pk: line.source for line in stored}
    data = [LineData.of(line) for line in lines]
    return [
        LineData(**{**_fields(line), "source": line.source or sources.get(line.id or 0)}) if line.id else line
        for line in data
    ]


def _fields(line: LineData) -> dict[str, Any]:
    return {name: getattr(line, name) for name in LineData.__dataclass_fields__}


def attach(document: SaleDocument, lines: Sequence[Any], relation: str) -> list[Any]:
    """Write the lines of a document that has just been saved, in one statement."""
    for line in lines:
        setattr(line, f"{relation}_id", document.pk)
    return type(lines[0]).objects.bulk_create(lines) if lines else []


def plan_delivery(lines: Sequence[SalesOrderLine], items: Mapping[int, Item]) -> None:
    """Say of each order line, in memory, whether it is delivered, and how much that is in the item's unit.

    :raises InvalidInputError: goods in a unit that does not convert, or a negative quantity of goods.
    """
    units = _units(lines, items)
    for line in lines:
        item = items.get(line.item_id or 0)
        if item is None or item.kind == ItemKind.SERVICE:
            continue
        if line.quantity < 0:
            raise InvalidInputError(
                _("%(item)s: a quantity of goods cannot be negative.") % {"item": item},
                field="lines",
                hint=_("Take goods back by a return on the delivery."),
            )
        line.needs_delivery = True
        line.stock_quantity = in_stock_unit(line.quantity, line.unit_id, item, units)


def _units(lines: Sequence[SalesOrderLine], items: Mapping[int, Item]) -> dict[int, Unit]:
    """The units that have to be converted; usually none, and then nothing is read."""
    wanted: set[int] = set()
    for line in lines:
        item = items.get(line.item_id or 0)
        if item is not None and line.unit_id and line.unit_id != item.unit_id:
            wanted |= {line.unit_id, item.unit_id}
    return Unit.objects.in_bulk(wanted) if wanted else {}


def address_of(party: Party) -> str:
    """The customer's delivery address, else the main one, as text."""
    rows = list(Address.objects.filter(party=party, kind__in=(AddressKind.DELIVERY, AddressKind.MAIN)).order_by())
    rows.sort(key=lambda row: (row.kind != AddressKind.DELIVERY, row.pk))
    if not rows:
        return ""
    row = rows[0]
    place = f"{row.postal_code} {row.city}".strip()
    return "\n".join(part for part in (row.name or party.name, row.street, place, row.region, row.country) if part)
