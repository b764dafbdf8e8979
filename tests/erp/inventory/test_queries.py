"""What is read of stock, on any day, against the plain sum of the moves."""

import datetime as dt
import random
from decimal import Decimal

import pytest

from core.company.models import Company
from erp.inventory.enums import LocationKind
from erp.inventory.models import Location, SnapshotQuantity, StockMove, StockSnapshot
from erp.inventory.operations import post_stock_transfer, take_snapshot, take_snapshots
from erp.inventory.queries import (
    cost_trail,
    item_movements,
    low_stock,
    stock_on_hand,
    stock_report,
    stock_tie_out,
    stock_values,
)
from erp.inventory.setup import create_warehouse
from tests.factories.inventory import (
    NOW,
    StockTransferFactory,
    company_with_stock,
    issue,
    place,
    receive,
    stocked_item,
    take_back,
)
from tests.scenarios.invariants import assert_all

pytestmark = pytest.mark.django_db


def by_hand(company: Company, day: dt.date) -> dict[tuple[int, int], Decimal]:
    ours = set(Location.objects.filter(company=company, kind__in=("internal", "transit")).values_list("pk", flat=True))
    found: dict[tuple[int, int], Decimal] = {}
    for move in StockMove.objects.filter(company=company, move_date__lte=day):
        for location, change in ((move.to_location_id, move.quantity), (move.from_location_id, -move.quantity)):
            if location in ours:
                key = (move.item_id, location)
                found[key] = found.get(key, Decimal(0)) + change
    return {key: quantity for key, quantity in found.items() if quantity}


def on(company: Company, day: dt.date | None) -> dict[tuple[int, int], Decimal]:
    return {(item, location): quantity for item, location, quantity in stock_on_hand(company_id=company.pk, as_of=day)}


def live(company: Company, days: range, seed: int) -> list[object]:
    """Receipts, issues and transfers over some days, in no order of days."""
    luck = random.Random(seed)  # noqa: S311  a test that repeats itself
    items = [stocked_item(company) for _ in range(3)]
    second = create_warehouse(company_id=company.pk, code=f"W{seed}", name="Second", user=None, now=NOW)
    for item in items:
        receive(item, 50, "2.00", on="2025-01-01")
    for _ in range(25):
        day = (dt.date(2025, 1, 1) + dt.timedelta(days=luck.choice(days))).isoformat()
        item = luck.choice(items)
        kind = luck.choice(["in", "out", "across"])
        if kind == "in":
            receive(item, luck.randint(1, 9), "3.00", on=day)
        elif kind == "out":
            issue(item, luck.randint(1, 2), on=day)
        else:
            across(item, second.stock_location_id, day)
    return items


def across(item, target: int, day: str) -> None:
    draft = StockTransferFactory(
        company=item.company,
        from_location_id=place(item.company),
        to_location_id=target,
        document_date=dt.date.fromisoformat(day),
        lines=[{"item_id": item.pk, "quantity": Decimal(1)}],
    )
    post_stock_transfer(stock_transfer_id=draft.pk, user=None, now=NOW)


def test_any_day_is_the_sum_of_its_moves_with_snapshots_and_moves_into_the_past():
    company = company_with_stock()
    live(company, range(150), seed=1)
    days = [dt.date(2024, 12, 31), *(dt.date(2025, month, day) for month in range(1, 8) for day in (1, 17, 28))]
    expected = {day: by_hand(company, day) for day in days}
    assert {day: on(company, day) for day in days} == expected
    assert take_snapshots(today=dt.date(2025, 7, 15), min_moves=5) > 1
    assert {day: on(company, day) for day in days} == expected
    live(company, range(150), seed=2)  # into days that snapshots lie behind
    expected = {day: by_hand(company, day) for day in days}
    assert {day: on(company, day) for day in days} == expected
    assert on(company, None) == by_hand(company, dt.date(2030, 1, 1))
    for snapshot in StockSnapshot.objects.all():
        rows = SnapshotQuantity.objects.filter(snapshot=snapshot).exclude(quantity=0)
        kept = {(row.item_id, row.location_id): row.quantity for row in rows}
        assert kept == by_hand(company, snapshot.date)
    assert_all(company)


def test_snapshots_are_taken_of_months_that_are_over_once():
    company = company_with_stock()
    item = stocked_item(company)
    receive(item, 5, "1", on="2026-01-10")
    receive(item, 5, "1", on="2026-02-10")
    first = take_snapshot(company_id=company.pk, today=dt.date(2026, 2, 20), min_moves=1)
    assert first.date == dt.date(2026, 1, 31)
    assert take_snapshot(company_id=company.pk, today=dt.date(2026, 2, 20), min_moves=1) is None
    assert take_snapshots(today=dt.date(2026, 3, 1), min_moves=1) == 1
    assert take_snapshots(today=dt.date(2026, 3, 1), min_moves=1) == 0
    assert list(SnapshotQuantity.objects.order_by("snapshot__date").values_list("quantity", flat=True)) == [5, 10]


def test_filters_of_on_hand():
    company = company_with_stock()
    first, second = stocked_item(company), stocked_item(company)
    receive(first, 5, "1")
    receive(second, 6, "1")
    here = place(company)
    assert stock_on_hand(company_id=company.pk, item_ids=[second.pk]) == [(second.pk, here, Decimal(6))]
    assert stock_on_hand(company_id=company.pk, as_of=dt.date(2026, 3, 5), location_ids=[here + 999]) == []


def test_value_on_a_day_and_the_ledger_beside_it():
    company = company_with_stock()
    item = stocked_item(company)
    receive(item, 10, "8.00", on="2026-03-01")
    receive(item, 10, "9.50", on="2026-03-10")
    issue(item, 12, on="2026-03-15")
    days = {dt.date(2026, 2, 28): None, dt.date(2026, 3, 1): (10, 80), dt.date(2026, 3, 12): (20, 175)}
    for day, expected in days.items():
        worth = stock_values(company_id=company.pk, as_of=day).get(item.pk)
        assert (worth and (worth.quantity, worth.value)) == expected
        assert stock_tie_out(company_id=company.pk, as_of=day).difference == 0
    tie = stock_tie_out(company_id=company.pk, as_of=dt.date(2026, 3, 31))
    assert (tie.stock, tie.ledger, tie.difference) == (Decimal("76.00"), Decimal("76.00"), 0)
    assert stock_values(company_id=company.pk)[item.pk].value == Decimal("76.00")


def test_the_cost_trail_of_an_issue():
    item = stocked_item(company_with_stock())
    first, second = receive(item, 10, "8.00"), receive(item, 10, "9.50", on="2026-03-10")
    trail = cost_trail(issue(item, 12, on="2026-03-15").pk)
    assert [(part.receipt, part.quantity, part.value) for part in trail] == [
        (first, Decimal(10), Decimal("80.00")),
        (second, Decimal(2), Decimal("19.00")),
    ]


def test_stk_05_movements_with_a_running_quantity():
    item = stocked_item(company_with_stock())
    receive(item, 10, "1", on="2026-01-01")
    out = issue(item, 1, on="2026-01-01")
    issue(item, 2, on="2026-01-10")
    take_back(out, 1, on="2026-01-12")
    found = item_movements(
        company_id=item.company_id, item_id=item.pk, date_from=dt.date(2026, 1, 5), date_to=dt.date(2026, 1, 31)
    )
    assert [(one.date.day, one.change, one.quantity_after) for one in found] == [(10, -2, 7), (12, 1, 8)]


def test_low_stock_counts_what_is_on_its_way_and_puts_the_scarcest_first():
    company = company_with_stock()
    plenty = stocked_item(company, sku="A", reorder_point=Decimal(5))
    short = stocked_item(company, sku="B", reorder_point=Decimal(10))
    empty = stocked_item(company, sku="C", reorder_point=Decimal(2))
    stocked_item(company, sku="D")
    receive(plenty, 6, "1")
    receive(short, 9, "1")
    low = low_stock(company_id=company.pk)
    assert [(one.item_id, one.missing) for one in low] == [(empty.pk, Decimal(2)), (short.pk, Decimal(1))]
    assert len(low_stock(company_id=company.pk, limit=1)) == 1


def test_the_report_tells_items_quantities_and_value():
    company = company_with_stock()
    item = stocked_item(company, sku="A-1", name="Anvil")
    receive(item, 10, "8.00")
    other = create_warehouse(company_id=company.pk, code="W2", name="Second", user=None, now=NOW)
    across(item, other.stock_location_id, "2026-03-02")
    report = stock_report(company_id=company.pk)
    assert [(row.sku, row.on_hand, row.value, row.availability.available) for row in report.rows] == [
        ("A-1", Decimal(10), Decimal("80.00"), Decimal(10))
    ]
    assert report.value == Decimal("80.00")
    there = stock_report(company_id=company.pk, warehouse_id=other.pk, as_of=dt.date(2026, 3, 2))
    assert [(row.on_hand, row.value, row.availability) for row in there.rows] == [(Decimal(1), Decimal("8.00"), None)]
    assert stock_report(company_id=company.pk, text="bolt").rows == []
    assert stock_report(company_id=company.pk, as_of=dt.date(2026, 2, 1)).rows == []


def test_moves_outside_do_not_count():
    company = company_with_stock()
    item = stocked_item(company)
    receive(item, 1, "1")
    outside = place(company, LocationKind.SUPPLIER)
    assert outside not in {location for _item, location, _quantity in stock_on_hand(company_id=company.pk)}
