"""The rows of the bar that stock answers for: on hand by item and location, now and in the past, and availability.

`rows()` measures ours beside plain SQL, interleaved in the same run, and yields `(row, ours, floor, target)`. The floor
sums the moves, as one would without levels and snapshots. It makes a demo company of its own.
"""

import datetime as dt
import statistics
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from core.catalog.models import Unit
from core.company.models import Company, Currency
from core.company.tenancy import all_companies, use_companies
from erp.inventory.enums import LocationKind
from erp.inventory.operations import take_snapshot
from erp.inventory.posting.clock import read_clock
from erp.inventory.queries import availability, stock_on_hand
from erp.inventory.setup import create_warehouse, location, set_up_inventory, stock_location_id

Row = tuple[str, str, str, str]
NOW = dt.datetime(2026, 12, 31, 12, tzinfo=dt.UTC)
TODAY, LONG_AGO = dt.date(2027, 1, 1), dt.date(2026, 6, 15)
PLACES = 5

_ITEMS = """
    INSERT INTO catalog_item (company_id, version, external_id, created_at, updated_at, kind, sku, name, description,
        unit_id, list_price, cost, barcode, costing_method, is_sold, is_purchased, active)
    SELECT %(company)s, 1, '', now(), now(), 'stocked', 'S' || g, 'Item ' || g, '',
        %(unit)s, 10, 5, '', 'fifo', true, true, true FROM generate_series(1, %(items)s) g
"""
_MOVES = """
    INSERT INTO inventory_stockmove (company_id, item_id, from_location_id, to_location_id, quantity, move_date, value,
        unit_cost, source_label, source_id, source_number, purpose, position, line_label, posted_at)
    SELECT %(company)s, i.id,
        CASE WHEN g.n %% 10 < 6 THEN %(outside)s ELSE p.location END,
        CASE WHEN g.n %% 10 < 6 THEN p.location ELSE %(outside)s END,
        1 + g.n %% 3, date '2025-01-01' + (g.n * 73 + i.row * 7 %% 73)::int, 5, 5,
        'bench.stock', %(company)s * 10000000 + i.row * 50 + p.place * 10 + g.n, 'B', 'stock', 1, '', now()
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS row FROM catalog_item WHERE company_id = %(company)s) i,
        unnest(%(places)s::bigint[]) WITH ORDINALITY p (location, place), generate_series(0, 9) g (n)
    ORDER BY 6
"""
_LEVELS = """
    INSERT INTO inventory_stocklevel (company_id, item_id, location_id, on_hand, reserved)
    SELECT %(company)s, item_id, location_id, sum(quantity), 0 FROM (
        SELECT item_id, to_location_id AS location_id, quantity FROM inventory_stockmove WHERE company_id = %(company)s
        UNION ALL
        SELECT item_id, from_location_id, -quantity FROM inventory_stockmove WHERE company_id = %(company)s
    ) m WHERE location_id = ANY (%(places)s) GROUP BY item_id, location_id
"""
_FLOOR_ON_HAND = """
    SELECT m.item_id, v.location_id, sum(v.quantity) FROM inventory_stockmove m
    CROSS JOIN LATERAL (VALUES (m.to_location_id, m.quantity), (m.from_location_id, -m.quantity))
        AS v (location_id, quantity)
    WHERE m.company_id = %(company)s AND m.move_date <= %(as_of)s AND v.location_id = ANY (%(places)s)
    GROUP BY 1, 2 HAVING sum(v.quantity) <> 0
"""
_FLOOR_AVAILABLE = """
    SELECT item_id, sum(on_hand), sum(reserved), sum(on_hand - reserved) FROM inventory_stocklevel
    WHERE company_id = %(company)s GROUP BY item_id
"""


def rows(items: int = 10_000, rounds: int = 7) -> Iterator[Row]:
    """Every row; 5 locations and 10 moves an item and location."""
    with all_companies():
        company_id, places = big_stock(items)
    with use_companies([company_id]):  # as a request sees it
        yield on_hand_row("on hand by item and location, now", company_id, places, None, rounds)
        yield on_hand_row("the same half a year ago", company_id, places, LONG_AGO, rounds)
        yield availability_row(company_id, items, rounds)


def on_hand_row(name: str, company_id: int, places: list[int], as_of: dt.date | None, rounds: int) -> Row:
    asked = {"company": company_id, "as_of": as_of or dt.date(9999, 1, 1), "places": places}
    ours, floor = interleaved(
        lambda: stock_on_hand(company_id=company_id, as_of=as_of), lambda: read(_FLOOR_ON_HAND, asked), rounds
    )
    with transaction.atomic():
        answer = stock_on_hand(company_id=company_id, as_of=as_of)
    if sorted(answer) != sorted(read(_FLOOR_ON_HAND, asked)):
        raise AssertionError("the quick answer is not the sum of the moves")
    return name, f"{ours:.0f} ms", f"{floor:.0f} ms (sum of moves)", "≤ 60 ms"


def availability_row(company_id: int, items: int, rounds: int) -> Row:
    ours, floor = interleaved(
        lambda: availability(company_id=company_id), lambda: read(_FLOOR_AVAILABLE, {"company": company_id}), rounds
    )
    return f"available, reserved, incoming of {items:,} items", f"{ours:.0f} ms", f"{floor:.0f} ms", "≤ 150 ms"


def interleaved(ours: Callable[[], Any], floor: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """Medians in milliseconds, one of each in turn."""
    pairs = [(timed(ours), timed(floor)) for _ in range(rounds)]
    first, second = (statistics.median(side) for side in zip(*pairs, strict=True))
    return first, second


def timed(work: Callable[[], Any]) -> float:
    with transaction.atomic():
        start = time.perf_counter()
        work()
        return (time.perf_counter() - start) * 1000


def read(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def big_stock(items: int) -> tuple[int, list[int]]:
    """A demo company with items, locations, moves over two years, levels and snapshots: its id and its locations."""
    with transaction.atomic():
        euro = Currency.objects.get_or_create(code="EUR", defaults={"name": "Euro"})[0]
        code = f"bench-stock-{time.time_ns() % 10**7}"
        owner = Company.objects.create(code=code, name="Bench", country="DE", currency=euro, is_demo=True)
        unit = Unit.objects.create(company=owner, name="Piece", symbol="pc", category="count", factor=Decimal(1))
        houses = [set_up_inventory(company_id=owner.pk, user=None, now=NOW)]
        houses += [
            create_warehouse(company_id=owner.pk, code=f"W{n}", name=f"Warehouse {n}", user=None, now=NOW)
            for n in range(1, PLACES)
        ]
        places = [stock_location_id(house) for house in houses]
        outside = location(owner.pk, LocationKind.SUPPLIER).pk
        values: dict[str, Any] = {
            "company": owner.pk,
            "unit": unit.pk,
            "items": items,
            "places": places,
            "outside": outside,
        }
        with connection.cursor() as cursor:
            for statement in (_ITEMS, _MOVES, _LEVELS):
                cursor.execute(statement, values)
        read_clock(owner.pk)
    while take_snapshot(company_id=owner.pk, today=TODAY) is not None:
        pass
    return owner.pk, places
