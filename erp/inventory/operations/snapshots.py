"""Taking snapshots of stock at month ends: background work that keeps questions about the past short."""

import calendar
import datetime as dt
from typing import Any

from django.db import connection, transaction

from core.company.postgres.planning import planned_afresh
from erp.inventory.models import StockClock, StockSnapshot

MIN_MOVES = 5_000
"""Fewer moves than this are summed up faster than a snapshot is read."""

_MONTHS = """
    SELECT date_trunc('month', move_date)::date, count(*) FROM inventory_stockmove
    WHERE company_id = %(company)s AND move_date < %(before)s
        AND (%(after)s::date IS NULL OR move_date > %(after)s::date)
    GROUP BY 1 ORDER BY 1
"""
_FILL = """
    INSERT INTO inventory_snapshotquantity (company_id, snapshot_id, item_id, location_id, quantity)
    SELECT %(company)s, %(snapshot)s, q.item_id, q.location_id, sum(q.quantity)
    FROM (
        SELECT item_id, location_id, quantity FROM inventory_snapshotquantity WHERE snapshot_id = %(previous)s
        UNION ALL
        SELECT m.item_id, v.location_id, v.quantity FROM inventory_stockmove m
        CROSS JOIN LATERAL (VALUES (m.to_location_id, m.quantity), (m.from_location_id, -m.quantity))
            AS v (location_id, quantity)
        WHERE m.company_id = %(company)s AND m.move_date <= %(date)s
            AND v.location_id = ANY (ARRAY(
                SELECT id FROM inventory_location WHERE company_id = %(company)s AND kind IN ('internal', 'transit')
            ))
            AND (%(after)s::date IS NULL OR m.move_date > %(after)s::date)
    ) q
    GROUP BY q.item_id, q.location_id HAVING sum(q.quantity) <> 0
"""


def take_snapshots(*, today: dt.date, min_moves: int = MIN_MOVES) -> int:
    """Snapshots of all companies for the months that are over. Returns how many were taken."""
    with transaction.atomic():
        companies = list(StockClock.objects.order_by("company_id").values_list("company_id", flat=True))
    taken = 0
    for company_id in companies:
        while take_snapshot(company_id=company_id, today=today, min_moves=min_moves) is not None:
            taken += 1
    return taken


def take_snapshot(*, company_id: int, today: dt.date, min_moves: int = MIN_MOVES) -> StockSnapshot | None:
    """The next snapshot: at the end of the first month that is over by `today` and brings the moves since the last
    snapshot to `min_moves`. None when there is no such month.

    Postings of the company wait while it is taken.
    """
    with transaction.atomic():
        clock = StockClock.objects.select_for_update().filter(company_id=company_id).first()
        date = _next_date(clock, today, min_moves) if clock is not None else None
        if clock is None or date is None:
            return None
        previous = StockSnapshot.objects.filter(company_id=company_id).order_by("-date").first()
        snapshot = StockSnapshot.objects.create(company_id=company_id, date=date)
        values: dict[str, Any] = {
            "company": company_id,
            "snapshot": snapshot.pk,
            "date": date,
            "after": clock.snapshot_date,
        }
        with connection.cursor() as cursor:
            cursor.execute(_FILL, {**values, "previous": previous.pk if previous else None})
        clock.snapshot_date = date
        clock.save(update_fields=["snapshot_date"])
    return snapshot


@planned_afresh()
def _next_date(clock: StockClock, today: dt.date, min_moves: int) -> dt.date | None:
    values: dict[str, Any] = {"company": clock.company_id, "before": today.replace(day=1), "after": clock.snapshot_date}
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, values)
        months = cursor.fetchall()
    moves = 0
    for month, count in months:
        moves += count
        if moves >= min_moves:
            last: dt.date = month.replace(day=calendar.monthrange(month.year, month.month)[1])
            return last
    return None
