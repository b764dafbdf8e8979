"""What came and went of an item, with a running quantity; and what runs low."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from core.company.postgres.planning import planned_afresh
from core.fields import ZERO
from erp.inventory.queries.levels import availability

_MOVEMENTS = """
    WITH flow AS (
        SELECT m.id, m.move_date, m.source_number, m.value,
            CASE WHEN t.kind IN ('internal', 'transit') THEN m.quantity ELSE 0 END
                - CASE WHEN f.kind IN ('internal', 'transit') THEN m.quantity ELSE 0 END AS change
        FROM inventory_stockmove m
        JOIN inventory_location f ON f.id = m.from_location_id JOIN inventory_location t ON t.id = m.to_location_id
        WHERE m.company_id = %(company)s AND m.item_id = %(item)s AND m.move_date <= %(to)s
    ), running AS (
        SELECT *, sum(change) OVER (ORDER BY move_date, id) AS quantity_after FROM flow WHERE change <> 0
    )
    SELECT id, move_date, source_number, change, value, quantity_after FROM running
    WHERE move_date >= %(from)s ORDER BY move_date, id
"""
_REORDER_POINTS = """
    SELECT id, sku, name, reorder_point FROM catalog_item
    WHERE company_id = %(company)s AND active AND kind = 'stocked' AND reorder_point IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of an item's quantity in our stock, with the quantity behind it in the order of days."""

    move_id: int
    date: dt.date
    number: str
    change: Decimal
    value: Decimal
    quantity_after: Decimal


@dataclass(frozen=True, slots=True)
class LowStock:
    """An item whose available and incoming goods together lie at or below its reorder point."""

    item_id: int
    sku: str
    name: str
    available: Decimal
    incoming: Decimal
    reorder_point: Decimal

    @property
    def missing(self) -> Decimal:
        """What is missing to the reorder point."""
        return self.reorder_point - self.available - self.incoming


@planned_afresh()
def item_movements(*, company_id: int, item_id: int, date_from: dt.date, date_to: dt.date) -> list[Movement]:
    """The item's movements of these days; moves within our stock change nothing and are left out."""
    values: dict[str, Any] = {"company": company_id, "item": item_id, "from": date_from, "to": date_to}
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS, values)
        return [Movement(*row) for row in cursor.fetchall()]


@planned_afresh()
def low_stock(*, company_id: int, limit: int | None = None) -> list[LowStock]:
    """Items to be ordered, the scarcest first: projected = available + incoming ≤ reorder point."""
    with connection.cursor() as cursor:
        cursor.execute(_REORDER_POINTS, {"company": company_id})
        items: Sequence[tuple[int, str, str, Decimal]] = cursor.fetchall()
    found = availability(company_id=company_id, item_ids=[row[0] for row in items]) if items else {}
    low = [
        LowStock(pk, sku, name, found[pk].available, found[pk].incoming, point)
        for pk, sku, name, point in items
        if found[pk].available + found[pk].incoming <= point
    ]
    low.sort(key=lambda one: (-(one.missing / one.reorder_point) if one.reorder_point else ZERO, one.sku))
    return low[:limit]
