"""Twelve people want the last goods at the same moment, with real commits. Without the lock they are not told so, but
stopped by the database's own check."""

import datetime as dt
import random
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from core.company.tenancy import all_companies
from core.documents.references import RecordRef
from erp.inventory import reservations
from erp.inventory.enums import LocationKind
from erp.inventory.errors import InsufficientStockError
from erp.inventory.models import Reservation, StockLevel, StockMove
from erp.inventory.operations import take_snapshot
from erp.inventory.posting import MoveInput, locks, moves, post_moves
from erp.inventory.queries import stock_on_hand
from erp.inventory.reservations import Want, reserve
from erp.inventory.setup import default_warehouse
from tests.factories.inventory import (
    NOW,
    company_with_stock,
    issue,
    place,
    receive,
    some_document,
    stocked_item,
)
from tests.scenarios.invariants import assert_all

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 12


def together(work: Callable[[int], Any], threads: int = THREADS) -> tuple[list[Any], list[BaseException]]:
    """Run `work(n)` in threads that start at once; returns what they answered and what they raised."""
    barrier, answers, raised = threading.Barrier(threads), [], []

    def run(n: int) -> None:
        try:
            with all_companies():
                barrier.wait()
                answers.append(work(n))
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    started = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join(timeout=120)
    return answers, raised


@pytest.fixture
def item() -> Any:
    with transaction.atomic():
        found = stocked_item(company_with_stock())
        receive(found, 10, "8.00")
        return found


def assert_books(company: Any) -> None:
    with transaction.atomic():
        assert_all(company)


@pytest.fixture
def last_unit(item: Any) -> Any:
    with transaction.atomic():
        issue(item, 9)
    return item


def issue_one(item: Any) -> Callable[[int], Decimal]:
    inside, outside = ends(item)

    def work(n: int) -> Decimal:
        with transaction.atomic():
            (posted,) = post_moves(
                company_id=item.company_id,
                move_date=dt.date(2026, 3, 1),
                moves=[MoveInput(item.pk, Decimal(1), inside, outside)],
                source=RecordRef("testing.race", n + 1),
                user=None,
                now=NOW,
            )
        return posted.value

    return work


def ends(item: Any) -> tuple[int, int]:
    with transaction.atomic():
        return place(item.company), place(item.company, LocationKind.CUSTOMER)


def test_the_last_unit_leaves_once(last_unit):
    answers, raised = together(issue_one(last_unit))
    assert answers == [Decimal("-8.00")]
    assert [type(error) for error in raised] == [InsufficientStockError] * (THREADS - 1)
    with transaction.atomic():
        assert StockLevel.objects.get(item=last_unit, location=place(last_unit.company)).on_hand == 0
        assert StockMove.objects.filter(source_label="testing.race").count() == 1
    assert_books(last_unit.company)


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody reads the level before anybody writes it; the rest goes on as before."""
    read, met = threading.Barrier(THREADS), threading.local()

    def levels(items: Any, places: Any) -> Any:
        rows = StockLevel.objects.filter(item_id__in=items, location_id__in=places)
        fields = ("item_id", "location_id", "id", "on_hand", "reserved")
        found = {(i, p): locks.LockedLevel(pk, on, reserved) for i, p, pk, on, reserved in rows.values_list(*fields)}
        if not getattr(met, "once", False):
            met.once = True
            read.wait(timeout=30)
        return found

    monkeypatch.setattr(locks, "lock_existing_levels", levels)
    monkeypatch.setattr(reservations, "lock_existing_levels", levels)


def test_without_the_lock_the_last_unit_would_leave_twice(last_unit, monkeypatch):
    without_locks(monkeypatch)
    assert moves.lock_levels is locks.lock_levels
    _answers, raised = together(issue_one(last_unit))
    assert not any(isinstance(error, InsufficientStockError) for error in raised), (
        "the lock was not the one that refuses"
    )
    assert raised
    assert all(isinstance(error, DatabaseError | ArithmeticError) for error in raised)


def reserve_seven(item: Any) -> Callable[[int], Decimal]:
    with transaction.atomic():
        warehouse = default_warehouse(item.company_id).pk

    def work(n: int) -> Decimal:
        line = RecordRef("testing.line", n + 1)
        with transaction.atomic():
            wants = [Want(line, item.pk, Decimal(7))]
            return reserve(company_id=item.company_id, warehouse_id=warehouse, wants=wants, now=NOW)[line]

    return work


def test_stk_14_ten_are_reserved_and_not_one_more(item):
    answers, raised = together(reserve_seven(item))
    assert raised == []
    assert sorted(answers) == [Decimal(0)] * (THREADS - 2) + [Decimal(3), Decimal(7)]
    with transaction.atomic():
        assert sum(Reservation.objects.values_list("quantity", flat=True)) == Decimal(10)
    assert_books(item.company)


def test_without_the_lock_more_would_be_reserved_than_is_there(item, monkeypatch):
    without_locks(monkeypatch)
    answers, raised = together(reserve_seven(item))
    assert sorted(answers) != [Decimal(0)] * (THREADS - 2) + [Decimal(3), Decimal(7)]
    assert raised
    assert all(isinstance(error, DatabaseError) for error in raised)


def test_many_items_in_any_order_never_deadlock(item):
    with transaction.atomic():
        items = [item, *(stocked_item(item.company) for _ in range(4))]
        for one in items:
            receive(one, 100, "2.00")
    inside, outside = ends(item)

    def work(n: int) -> int:
        luck = random.Random(n)  # noqa: S311  a test that repeats itself
        for _round in range(4):
            chosen = luck.sample(items, 4)
            with transaction.atomic():
                post_moves(
                    company_id=item.company_id,
                    move_date=dt.date(2026, 3, 1),
                    moves=[MoveInput(one.pk, Decimal(1), inside, outside) for one in chosen],
                    source=some_document(),
                    user=None,
                    now=NOW,
                )
        return n

    answers, raised = together(work)
    assert (sorted(answers), raised) == (list(range(THREADS)), [])
    with transaction.atomic():
        gone = StockMove.objects.filter(to_location_id=outside).count()
    assert gone == THREADS * 4 * 4
    assert_books(item.company)


def test_first_receipts_of_a_new_item_meet(item):
    with transaction.atomic():
        fresh = stocked_item(item.company)

    def work(n: int) -> Decimal:
        with transaction.atomic():
            return receive(fresh, 1, "2.00").value

    answers, raised = together(work)
    assert (answers, raised) == ([Decimal("2.00")] * THREADS, [])
    with transaction.atomic():
        assert StockLevel.objects.get(item=fresh).on_hand == THREADS
    assert_books(item.company)


def test_a_snapshot_taken_between_postings_misses_none(item):
    def work(n: int) -> Any:
        if n % 4 == 0:
            return take_snapshot(company_id=item.company_id, today=dt.date(2026, 4, 10), min_moves=1)
        with transaction.atomic():
            return receive(item, 1, "2.00", on="2026-03-20")

    _answers, raised = together(work)
    assert raised == []
    with transaction.atomic():
        now = stock_on_hand(company_id=item.company_id)
        assert stock_on_hand(company_id=item.company_id, as_of=dt.date(2026, 3, 31)) == now
        assert now[0][2] == 10 + THREADS - THREADS // 4
