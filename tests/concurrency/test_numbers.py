"""Gapless numbers with sixteen posters and random rollbacks; the same test fails when the lock is taken away."""

import datetime as dt
import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from core.company.tenancy import all_companies
from core.documents import sequences
from erp.ledger.models import JournalEntry
from erp.ledger.operations import close_period
from erp.ledger.posting import writing
from erp.ledger.queries import balance_differences, verify_chain
from tests.factories.ledger import NOW, company_with_ledger, period_of, posted

pytestmark = pytest.mark.django_db(transaction=True)
POSTERS, EACH = 16, 8


class ChangedMindError(Exception):
    """What takes a posting back after its number was drawn."""


def together(work: Callable[[int], None], posters: int = POSTERS) -> list[BaseException]:
    """Run `work(n)` in threads that start at once; returns what they raised."""
    barrier, raised = threading.Barrier(posters), []

    def run(n: int) -> None:
        try:
            with all_companies():
                barrier.wait()
                work(n)
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(posters)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return raised


def post_many(company: Any, n: int) -> None:
    """Posts EACH entries; one in four attempts is taken back."""
    chance = random.Random(n)  # noqa: S311  (no secret)
    done = 0
    while done < EACH:
        try:
            with transaction.atomic():
                posted(company)
                if chance.random() < 0.25:
                    raise ChangedMindError
            done += 1
        except ChangedMindError:
            pass


def sequences_of(company: Any) -> list[int]:
    with transaction.atomic():
        return list(JournalEntry.objects.filter(company=company).order_by("id").values_list("sequence", flat=True))


@pytest.fixture
def company() -> Any:
    with transaction.atomic():
        return company_with_ledger()


def test_numbers_have_no_gap_and_no_double(company):
    assert together(lambda n: post_many(company, n)) == []
    assert sorted(sequences_of(company)) == list(range(1, POSTERS * EACH + 1))
    with transaction.atomic():
        entry = JournalEntry.objects.filter(company=company).first()
        assert verify_chain(journal_id=entry.journal_id, year=2026).is_whole
        assert balance_differences(company_id=company.pk) == []


_DRAW_WITHOUT_LOCK = """
    SELECT coalesce(max(last_number), 0) + %(count)s, %(on)s::date FROM documents_sequence
    WHERE company_id = %(company)s AND code = %(code)s AND year = %(year)s
"""
_REMEMBER = """
    INSERT INTO documents_sequence (company_id, code, year, last_number, last_date)
    VALUES (%(company)s, %(code)s, %(year)s, %(last)s, %(on)s)
    ON CONFLICT (company_id, code, year) DO UPDATE SET last_number = excluded.last_number
"""


def draw_without_lock(_statement, series, plan, *, company_id, on, count):
    """What drawing would be if it read the last number first and wrote it back after."""
    values = {"company": company_id, "code": plan.code, "year": on.year, "on": on, "count": count}
    with connection.cursor() as cursor:
        cursor.execute(_DRAW_WITHOUT_LOCK, values)
        (last, _date) = cursor.fetchone()
        cursor.execute("SELECT ledger_last_hash(%s, %s)", series)
        read = cursor.fetchone()
        cursor.execute("SELECT pg_sleep(0.01)")
        cursor.execute(_REMEMBER, values | {"last": last})
    return range(last - count + 1, last + 1), read


def test_the_test_fails_without_the_lock(company, monkeypatch):
    monkeypatch.setattr(writing, "draw_and_read", draw_without_lock)
    raised = together(lambda n: posted_in_one(company), posters=8)
    assert raised, "without the lock two posters draw the same number"
    assert all(isinstance(error, DatabaseError) for error in raised)


def posted_in_one(company):
    with transaction.atomic():
        posted(company)


def test_drawing_holds_no_lock_after_the_commit(company):
    posted_in_one(company)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM documents_sequence WHERE company_id = %s FOR UPDATE NOWAIT", [company.pk])
        assert cursor.fetchall() == [(1,)]
    assert sequences.draw_and_read is writing.draw_and_read


def test_closing_waits_for_postings_under_way(company):
    """A poster that found the period open commits before it closes; whoever comes later is refused."""
    with transaction.atomic():
        for month in range(1, 13):
            period = period_of(company, dt.date(2025, month, 1))
            close_period(accounting_period_id=period.pk, user=None, now=NOW)
    january = period_of_committed(company)
    posting, closed = threading.Event(), threading.Event()
    order: list[str] = []

    def work(n: int) -> None:
        if n == 0:
            with transaction.atomic():
                posted(company, on=january.start_date)
                posting.set()
                closed.wait(timeout=0.5)
                order.append("posted")
        else:
            posting.wait(timeout=10)
            close_period(accounting_period_id=january.pk, user=None, now=NOW)
            order.append("closed")
            closed.set()

    assert together(work, posters=2) == []
    assert order == ["posted", "closed"]


def period_of_committed(company):
    with transaction.atomic():
        return period_of(company, dt.date(2026, 1, 1))
