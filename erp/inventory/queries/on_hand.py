"""What was on hand at the end of a day, by item and location.

The way to any day starts at a known figure, the levels of now or a snapshot, whichever lies nearer, and adds or takes
off the moves between."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from core.company.postgres.planning import planned_afresh

OnHand = tuple[int, int, Decimal]
"""Item, location, quantity in the item's unit."""

_BASES = """
    SELECT id, date FROM inventory_stocksnapshot WHERE company_id = %(company)s
    UNION ALL
    SELECT NULL, max(move_date) FROM inventory_stockmove WHERE company_id = %(company)s
"""
_LEVELS = """
    SELECT item_id, location_id, on_hand AS quantity FROM inventory_stocklevel
    WHERE company_id = %(company)s AND on_hand <> 0
        AND (%(items)s::bigint[] IS NULL OR item_id = ANY (%(items)s::bigint[]))
        AND (%(locations)s::bigint[] IS NULL OR location_id = ANY (%(locations)s::bigint[]))
"""
_SNAPSHOT = """
    SELECT item_id, location_id, quantity FROM inventory_snapshotquantity
    WHERE snapshot_id = %(snapshot)s AND quantity <> 0
        AND (%(items)s::bigint[] IS NULL OR item_id = ANY (%(items)s::bigint[]))
        AND (%(locations)s::bigint[] IS NULL OR location_id = ANY (%(locations)s::bigint[]))
"""
_BETWEEN = """
    SELECT m.item_id, v.location_id, sum(v.quantity) AS quantity FROM inventory_stockmove m
    CROSS JOIN LATERAL (VALUES (m.to_location_id, m.quantity), (m.from_location_id, -m.quantity))
        AS v (location_id, quantity)
    WHERE m.company_id = %(company)s AND m.move_date > %(from)s AND m.move_date <= %(to)s
        AND v.location_id = ANY (ARRAY(
            SELECT id FROM inventory_location WHERE company_id = %(company)s AND kind IN ('internal', 'transit')
        ))
        AND (%(items)s::bigint[] IS NULL OR m.item_id = ANY (%(items)s::bigint[]))
        AND (%(locations)s::bigint[] IS NULL OR v.location_id = ANY (%(locations)s::bigint[]))
    GROUP BY m.item_id, v.location_id
"""


@planned_afresh()
def stock_on_hand(
    *,
    company_id: int,
    as_of: dt.date | None = None,
    item_ids: Sequence[int] | None = None,
    location_ids: Sequence[int] | None = None,
) -> list[OnHand]:
    """Quantities at the end of `as_of`, or now; zero is left out."""
    values = {"company": company_id, "items": _array(item_ids), "locations": _array(location_ids)}
    with connection.cursor() as cursor:
        statement, more = (_LEVELS, {}) if as_of is None else _from_nearest(company_id, as_of)
        cursor.execute(statement, {**values, **more})
        return list(cursor.fetchall())


def _from_nearest(company_id: int, as_of: dt.date) -> tuple[str, dict[str, Any]]:
    """The statement from the nearest base to the day, and its values."""
    with connection.cursor() as cursor:
        cursor.execute(_BASES, {"company": company_id})
        bases = [(snapshot, date) for snapshot, date in cursor.fetchall() if date is not None]
    if not bases:
        return _LEVELS, {}
    snapshot, date = min(bases, key=lambda base: abs((base[1] - as_of).days))
    base = _LEVELS if snapshot is None else _SNAPSHOT
    if date == as_of or (snapshot is None and date < as_of):
        return base, {"snapshot": snapshot}
    sign = "+" if date < as_of else "-"
    statement = f"""
        WITH base AS ({base}), moved AS ({_BETWEEN})
        SELECT coalesce(b.item_id, m.item_id), coalesce(b.location_id, m.location_id),
            coalesce(b.quantity, 0) {sign} coalesce(m.quantity, 0)
        FROM base b FULL JOIN moved m ON m.item_id = b.item_id AND m.location_id = b.location_id
        WHERE coalesce(b.quantity, 0) {sign} coalesce(m.quantity, 0) <> 0
    """  # noqa: S608  put together from the constants above
    return statement, {"snapshot": snapshot, "from": min(date, as_of), "to": max(date, as_of)}


def _array(ids: Sequence[int] | None) -> list[int] | None:
    return None if ids is None else list(ids)
