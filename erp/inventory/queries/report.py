"""The stock report: every item with what there is of it on a day and what it is worth."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from core.catalog.enums import ItemKind
from core.catalog.models import Item
from core.catalog.pricing.rounding import ENGINE_CONTEXT, rounded
from core.company.models import Company
from core.fields import ZERO
from erp.inventory.models import Location
from erp.inventory.queries.levels import Availability, availability
from erp.inventory.queries.on_hand import stock_on_hand
from erp.inventory.queries.values import StockValue, stock_values


@dataclass(frozen=True, slots=True)
class StockRow:
    """An item on a day.

    :ivar availability: reserved, available, on order; only for now, because nobody keeps what was reserved once.
    """

    item_id: int
    sku: str
    name: str
    unit: str
    on_hand: Decimal
    value: Decimal
    availability: Availability | None


@dataclass(frozen=True, slots=True)
class StockReport:
    rows: Sequence[StockRow]

    @property
    def value(self) -> Decimal:
        return sum((row.value for row in self.rows), ZERO)


def stock_report(
    *,
    company_id: int,
    as_of: dt.date | None = None,
    warehouse_id: int | None = None,
    category_id: int | None = None,
    text: str = "",
) -> StockReport:
    """Items with stock, or with something reserved or on order, by SKU. `as_of` None is now.

    The value of a warehouse is its share, by quantity, of what the company's stock of the item is worth.
    """
    places = None if warehouse_id is None else _places(warehouse_id)
    quantities: dict[int, Decimal] = {}
    for item, _place, quantity in stock_on_hand(company_id=company_id, as_of=as_of, location_ids=places):
        quantities[item] = quantities.get(item, ZERO) + quantity
    values = stock_values(company_id=company_id, as_of=as_of)
    free = availability(company_id=company_id, warehouse_id=warehouse_id) if as_of is None else {}
    quantum = Company.objects.select_related("currency").get(pk=company_id).currency.quantum
    wanted = {*quantities, *free, *(values if warehouse_id is None else ())}
    rows = []
    for pk, sku, name, unit in _items(company_id, category_id, text):
        if pk in wanted:
            on_hand = quantities.get(pk, ZERO)
            value = _value(values.get(pk), on_hand, quantum)
            found = free.get(pk, Availability()) if as_of is None else None
            rows.append(StockRow(pk, sku, name, unit, on_hand, value, found))
    return StockReport(rows)


def _places(warehouse_id: int) -> list[int]:
    return list(Location.objects.filter(warehouse_id=warehouse_id).values_list("id", flat=True))


def _items(company_id: int, category_id: int | None, text: str) -> Sequence[tuple[int, str, str, str]]:
    items = Item.objects.filter(company_id=company_id, kind=ItemKind.STOCKED)
    if category_id is not None:
        items = items.filter(category_id=category_id)
    if text:
        items = items.filter(Q(sku__icontains=text) | Q(name__icontains=text))
    return list(items.order_by("sku").values_list("id", "sku", "name", "unit__symbol"))


def _value(worth: StockValue | None, on_hand: Decimal, quantum: Decimal) -> Decimal:
    if worth is None or not worth.quantity:
        return worth.value if worth else ZERO
    if on_hand == worth.quantity:
        return worth.value
    return rounded(ENGINE_CONTEXT.divide(ENGINE_CONTEXT.multiply(worth.value, on_hand), worth.quantity), quantum)
