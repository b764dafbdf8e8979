"""The stock report: every item with what there is of it on a day and what it is worth."""

import datetime as dt
from collections.abc import Collection, Sequence
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

NOTHING = StockValue(ZERO, ZERO)


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
    """:ivar is_partial: whether it was narrowed to some items."""

    rows: Sequence[StockRow]
    is_partial: bool = False

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
    item_ids: Collection[int] | None = None,
) -> StockReport:
    """Items with stock, or with something reserved or on order, by SKU. `as_of` None is now.

    :param item_ids: these items, also those of which there is nothing at all.

    The value of a warehouse is that of its locations: their share, by quantity, of what the company's stock of the item
    is worth, rounded location by location as the list of stock levels shows it.
    """
    places = None if warehouse_id is None else _places(warehouse_id)
    quantities: dict[int, list[Decimal]] = {}
    for item, _place, quantity in stock_on_hand(company_id=company_id, as_of=as_of, location_ids=places):
        quantities.setdefault(item, []).append(quantity)
    values = stock_values(company_id=company_id, as_of=as_of)
    free = availability(company_id=company_id, warehouse_id=warehouse_id) if as_of is None else {}
    quantum = Company.objects.select_related("currency").get(pk=company_id).currency.quantum
    wanted = {*quantities, *free, *(values if warehouse_id is None else ())} if item_ids is None else {*item_ids}
    rows = []
    for pk, sku, name, unit in _items(company_id, category_id, text):
        if pk in wanted:
            here = quantities.get(pk, [])
            on_hand = sum(here, ZERO)
            worth = values.get(pk, NOTHING)
            value = worth.value if warehouse_id is None else _shares(worth, here, quantum)
            found = free.get(pk, Availability()) if as_of is None else None
            rows.append(StockRow(pk, sku, name, unit, on_hand, value, found))
    return StockReport(rows, is_partial=bool(category_id or text or item_ids is not None))


def _places(warehouse_id: int) -> list[int]:
    return list(Location.objects.filter(warehouse_id=warehouse_id).values_list("id", flat=True))


def _items(company_id: int, category_id: int | None, text: str) -> Sequence[tuple[int, str, str, str]]:
    items = Item.objects.filter(company_id=company_id, kind=ItemKind.STOCKED)
    if category_id is not None:
        items = items.filter(category_id=category_id)
    if text:
        items = items.filter(Q(sku__icontains=text) | Q(name__icontains=text))
    return list(items.order_by("sku").values_list("id", "sku", "name", "unit__symbol"))


def _shares(worth: StockValue, quantities: Sequence[Decimal], quantum: Decimal) -> Decimal:
    """What these quantities at some locations are worth."""
    if not worth.quantity:
        return ZERO
    multiply, divide = ENGINE_CONTEXT.multiply, ENGINE_CONTEXT.divide
    parts = (rounded(divide(multiply(worth.value, one), worth.quantity), quantum) for one in quantities)
    return sum(parts, ZERO)
