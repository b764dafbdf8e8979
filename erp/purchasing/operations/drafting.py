"""Making and changing the priced draft of a purchase order."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from core.access.models import User
from core.catalog.enums import ItemKind, TaxDirection
from core.catalog.lines import LineData, build_line, filled, items_of, read_lines
from core.catalog.models import Item, Unit
from core.catalog.pricing import PricedDocument
from core.catalog.totals import complete_lines, price_lines
from core.company.models import Company, Currency
from core.errors import InvalidInputError
from core.parties.models import Party
from erp.inventory.units import in_stock_unit
from erp.purchasing.models import PurchaseOrder, PurchaseOrderLine
from erp.purchasing.queries.prices import purchase_prices

Lines = Iterable[LineData | Mapping[str, Any]]


class PurchaseHeader(TypedDict, total=False):
    """What the head of a purchase order may be given besides supplier, date and lines."""

    reference: str
    expected_date: dt.date | None
    warehouse_id: int | None
    payment_term_id: int | None
    over_receipt_percent: Decimal
    notes: str
    owner_id: int | None
    team_id: int | None


HEADER = tuple(PurchaseHeader.__annotations__)


@dataclass(frozen=True, slots=True)
class Draft:
    """A priced draft in memory."""

    lines: list[PurchaseOrderLine]
    priced: PricedDocument


def read_supplier(company_id: int, party_id: int) -> Party:
    """:raises InvalidInputError: no such party in the company, or an inactive one."""
    party = Party.objects.select_related("currency").filter(company_id=company_id, pk=party_id).first()
    if party is None:
        raise InvalidInputError(_("Choose a supplier."), code="party_missing", field="party")
    if not party.active:
        raise InvalidInputError(
            _("%(party)s is inactive.") % {"party": party},
            code="party_inactive",
            field="party",
            hint=_("Choose another supplier, or make this one active again."),
        )
    return party


def currency_for(company: Company, party: Party, currency_id: str | None) -> Currency:
    """The currency asked for, else the supplier's, else the company's."""
    wanted = currency_id or party.currency_id or company.currency_id
    for known in (company.currency, party.currency):
        if known is not None and known.code == wanted:
            return known
    return Currency.objects.get(pk=wanted)


def price_draft(lines: Lines, *, company: Company, party: Party, on: dt.date, currency: Currency) -> Draft:
    """Lines completed with the supplier's last price or the expected cost, priced and taxed, with stock quantities.

    :raises InvalidInputError: no line, one without item, description or quantity, or one the engine refuses.
    """
    given = read_lines(lines)
    if not given:
        raise InvalidInputError(_("At least one line is needed."), code="no_lines", field="lines")
    items = items_of(company.pk, given)
    prices = purchase_prices(company=company, party=party, items=list(items.values()), currency=currency, on=on)
    given = [_with_price(line, items, prices) for line in given]
    completed, items = complete_lines(
        given, company=company, party=party, on=on, currency_code=currency.code, direction=TaxDirection.PURCHASE
    )
    rows = [
        build_line(PurchaseOrderLine, line, company_id=company.pk, position=position)
        for position, line in enumerate(completed, 1)
    ]
    _plan_receipt(rows, items)
    return Draft(rows, price_lines(rows, company=company, currency=currency))


def _with_price(line: LineData, items: Mapping[int, Item], prices: Mapping[int, Any]) -> LineData:
    """Unit and price belong together: a line with a price of its own keeps the unit it names, or the item's."""
    price = prices.get(line.item_id or 0)
    if price is None or line.unit_price is not None or line.unit_id not in (None, price.unit_id):
        return line
    return filled(line, unit_id=price.unit_id, unit_price=price.unit_price, discount_percent=price.discount_percent)


def _plan_receipt(rows: Sequence[PurchaseOrderLine], items: Mapping[int, Item]) -> None:
    """:raises InvalidInputError: a kit, a negative quantity, or a unit that does not fit the item."""
    wanted = {row.unit_id for row in rows} | {item.unit_id for item in items.values()}
    units = Unit.objects.in_bulk(wanted - {None})
    for row in rows:
        item = items.get(row.item_id or 0)
        if item is not None and item.kind == ItemKind.KIT:
            raise InvalidInputError(
                _("%(item)s is a kit; order its components.") % {"item": item}, code="not_stocked", field="lines"
            )
        if row.quantity <= 0:
            raise InvalidInputError(_("A quantity is more than zero."), code="invalid_quantity", field="lines")
        row.needs_receipt = item is not None and item.kind == ItemKind.STOCKED
        if item is not None and row.needs_receipt:
            row.stock_quantity = in_stock_unit(row.quantity, row.unit_id, item, units)


def head_values(party: Party, user: User | None, header: PurchaseHeader) -> dict[str, Any]:
    """The head's columns with their defaults."""
    values = changed_values(header)
    values["payment_term_id"] = values.get("payment_term_id") or party.payment_term_id
    values["owner_id"] = values.get("owner_id") or (user.pk if user else None)
    return values


def changed_values(header: PurchaseHeader) -> dict[str, Any]:
    """The head's columns that were given."""
    return {name: header[name] for name in HEADER if name in header}  # type: ignore[literal-required]


def attach(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> None:
    """Write the lines of an order that has just been saved, in one statement."""
    for line in lines:
        line.order = order
    PurchaseOrderLine.objects.bulk_create(lines)
