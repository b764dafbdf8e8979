"""The company's stock clock: shared by postings, and what a posting into the past owes to the snapshots behind it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from erp.inventory.models import StockClock
from erp.inventory.posting.locks import LockedLevel, Pair

_READ = """
    SELECT c.minor_units, k.snapshot_date FROM inventory_stockclock k
    JOIN company_company o ON o.id = k.company_id JOIN company_currency c ON c.code = o.currency_id
    WHERE k.company_id = %s FOR KEY SHARE OF k
"""
_CORRECT = """
    INSERT INTO inventory_snapshotquantity (company_id, snapshot_id, item_id, location_id, quantity)
    SELECT s.company_id, s.id, d.item, d.location, d.quantity
    FROM inventory_stocksnapshot s, unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS d (item, location, quantity)
    WHERE s.company_id = %s AND s.date >= %s
    ON CONFLICT (snapshot_id, item_id, location_id) DO UPDATE
    SET quantity = inventory_snapshotquantity.quantity + excluded.quantity
"""


@dataclass(frozen=True, slots=True)
class Clock:
    """:ivar minor_unit: the smallest amount of the company's currency; read along, because every posting needs it."""

    minor_unit: Decimal
    snapshot_date: dt.date | None


def read_clock(company_id: int) -> Clock:
    """The clock, held against new snapshots until the transaction ends."""
    rows = _read(company_id)
    if not rows:
        StockClock.objects.bulk_create([StockClock(company_id=company_id)], ignore_conflicts=True)
        rows = _read(company_id)
    ((minor_units, snapshot_date),) = rows
    return Clock(Decimal(1).scaleb(-minor_units), snapshot_date)


def _read(company_id: int) -> list[tuple[int, dt.date | None]]:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [company_id])
        return list(cursor.fetchall())


def correct_snapshots(company_id: int, clock: Clock, on: dt.date, levels: Mapping[Pair, LockedLevel]) -> None:
    """Carry moves of a day that snapshots already lie behind into those snapshots."""
    if clock.snapshot_date is None or on > clock.snapshot_date:
        return
    changed = [(pair, level.on_hand_change) for pair, level in levels.items() if level.on_hand_change]
    columns = zip(*((item, place, change) for (item, place), change in changed), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_CORRECT, [*map(list, columns), company_id, on])
