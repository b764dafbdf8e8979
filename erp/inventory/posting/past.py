"""Goods that leave on a day of the past: what they cost then, and whether they were there on that day and ever since.

Stock that is there now may have come later. Taking it out before would leave a quantity or a value below zero on the
days between, in reports of days that somebody has read already. What was issued since keeps the cost it was booked at,
so an issue of the past takes only what had come by then and nobody has taken; what cannot be had so is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from erp.inventory.costing import NO_CHANGE, ZERO, ItemStock, StockChange
from erp.inventory.errors import NotInStockThenError, WorthLessThanNothingError
from erp.inventory.posting.inputs import KnownItem

# Goods that leave today find no later rows and cost one look into the index.
_LATER = """
    SELECT item_id, entry_date, sum(quantity), sum(value) FROM inventory_valueentry
    WHERE item_id = ANY (%s) AND entry_date > %s GROUP BY item_id, entry_date
"""

Row = tuple[int, dt.date, Decimal, Decimal]


@dataclass(slots=True)
class Past:
    """Changes of stock on days after the first day of a posting: item → day, quantity, value."""

    changes: dict[int, list[tuple[dt.date, Decimal, Decimal]]]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Past:
        found = cls({})
        for row in rows:
            found.add(*row)
        return found

    def add(self, item_id: int, on: dt.date, quantity: Decimal, value: Decimal) -> None:
        """Another change, of the posting itself when it has several days."""
        self.changes.setdefault(item_id, []).append((on, quantity, value))

    def after(self, item_id: int, on: dt.date) -> list[StockChange]:
        """What changed after the end of the day `on`, then after the end of each later day on which something did; the
        last is nothing, because it is now."""
        total, sums = NO_CHANGE, [NO_CHANGE]
        for _day, quantity, value in sorted(
            (row for row in self.changes.get(item_id, ()) if row[0] > on), reverse=True
        ):
            total = StockChange(total.quantity + quantity, total.value + value)
            sums.append(total)
        return sums[::-1]


def read_past(item_ids: Collection[int], since: dt.date) -> Past:
    """What changed after the day `since`; the valuations' locks cover it."""
    if not item_ids:
        return Past({})
    with connection.cursor() as cursor:
        cursor.execute(_LATER, [sorted(item_ids), since])
        return Past.of(cursor.fetchall())


def require_there_then(
    item: KnownItem, quantity: Decimal, stock: ItemStock, later: Sequence[StockChange], on: dt.date
) -> None:
    """Before it is taken. On a day since which nothing changed the levels have the word.

    :raises NotInStockThenError: it had not come yet, or what had come is gone since.
    """
    if later == [NO_CHANGE]:
        return
    available = min(stock.takeable(on), *(stock.quantity - change.quantity for change in later))
    if quantity > available:
        raise NotInStockThenError(item.name, on, wanted=quantity, available=max(available, ZERO))


def require_worth_something(item: KnownItem, stock: ItemStock, later: Sequence[StockChange], on: dt.date) -> None:
    """After it was taken.

    :raises WorthLessThanNothingError: on a day since, value would be below zero, or there without goods.
    """
    for change in later:
        left = stock.value - change.value
        if left < 0 or (left and stock.quantity == change.quantity):
            raise WorthLessThanNothingError(item.name, on)
