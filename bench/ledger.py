"""The rows of the bar that the ledger answers for.

`rows()` measures ours beside plain SQL, interleaved in the same run, and yields `(row, ours, floor, target)`. Nothing
may surround it with a transaction: commits are part of what is measured. It makes demo companies of its own.
"""

import datetime as dt
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import count
from multiprocessing import get_context
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, connections, transaction

from config import env
from core.company.models import Company, Currency
from core.company.tenancy import all_companies, use_companies
from core.documents.references import RecordRef
from erp.ledger.enums import JournalKind
from erp.ledger.models import Account, AccountingPeriod, Journal
from erp.ledger.operations import fold_balances
from erp.ledger.posting import EntryInput, EntryLine, post_entries, post_entry
from erp.ledger.queries import balance_sheet, general_ledger, income_statement, trial_balance
from erp.ledger.setup import set_up_ledger

Row = tuple[str, str, str, str]
YEAR = 2026
FIRST, LAST = dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 31)
NOW = dt.datetime(YEAR, 12, 31, 12, tzinfo=dt.UTC)
_numbers = count(time.time_ns() % 10**12)


def rows(lines: int = 1_000_000) -> Iterator[Row]:
    """Every row; `lines` is the size of the book that the reports read."""
    with all_companies():
        yield single_posts()
        yield eight_writers()
        yield bulk_posts()
        owner = big_company(lines)
    with use_companies([owner.pk]):  # as a request sees it
        yield trial_balance_row(owner, lines)
        yield statements_row(owner, lines)
        yield general_ledger_row(owner, lines)


# Posting


def single_posts(rounds: int = 7, entries: int = 60) -> Row:
    owner = new_company("single")
    ids = account_ids(owner)
    _post_singly(owner.pk, ids, entries)
    with plain_tables() as plain:
        pairs = [(_post_singly(owner.pk, ids, entries), _plain_singly(plain, entries)) for _ in range(rounds)]
    ours, floor = (statistics.median(side) for side in zip(*pairs, strict=True))
    return "journal entry of 4 lines, one a commit", f"{ours:.0f}/s", f"{floor:.0f}/s", "≥ 200/s"


def eight_writers(entries: int = 60) -> Row:
    """Eight processes posting to the same accounts and the same journal."""
    owner = new_company("writers")
    ids = account_ids(owner)
    alone = _post_singly(owner.pk, ids, entries * 2)
    connections.close_all()
    processes = [get_context("fork").Process(target=_write, args=(owner.pk, ids, entries)) for _ in range(8)]
    start = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    together = 8 * entries / (time.perf_counter() - start)
    return "the same, 8 writers on the same accounts", f"{together:.0f}/s", f"{alone:.0f}/s (1 writer)", "no slower"


def bulk_posts(rounds: int = 5, entries: int = 4000) -> Row:
    owner = new_company("bulk")
    ids = account_ids(owner)
    with plain_tables() as plain:
        pairs = [(_post_in_bulk(owner.pk, ids, entries), _plain_bulk(plain, entries)) for _ in range(rounds)]
    ours, floor = (statistics.median(side) for side in zip(*pairs, strict=True))
    return "journal entries of 4 lines, in bulk", f"{ours:.0f}/s", f"{floor:.0f}/s (COPY)", "≥ 3,000/s"


def _write(company_id: int, ids: dict[str, int], entries: int) -> None:
    connections.close_all()
    next(_numbers)
    with all_companies():
        _post_singly(company_id, ids, entries)
    connections.close_all()


def _post_singly(company_id: int, ids: dict[str, int], entries: int) -> float:
    """Entries a second."""
    source = time.time_ns()
    start = time.perf_counter()
    for place in range(entries):
        with transaction.atomic():
            post_entry(
                company_id=company_id,
                journal=JournalKind.GENERAL,
                entry_date=_day(place),
                lines=four_lines(ids),
                source=RecordRef("bench.document", source + place),
                purpose="bench",
                user=None,
                now=NOW,
            )
    return entries / (time.perf_counter() - start)


def _post_in_bulk(company_id: int, ids: dict[str, int], entries: int) -> float:
    inputs = [
        EntryInput(JournalKind.GENERAL, _day(place), four_lines(ids), RecordRef("bench.bulk", next(_numbers)), "bench")
        for place in range(entries)
    ]
    start = time.perf_counter()
    post_entries(company_id=company_id, entries=inputs, user=None, now=NOW)
    return entries / (time.perf_counter() - start)


def four_lines(ids: dict[str, int]) -> list[EntryLine]:
    return [
        EntryLine(ids["1010"], debit=Decimal("119.00")),
        EntryLine(ids["6000"], debit=Decimal("1.00")),
        EntryLine(ids["4000"], credit=Decimal("100.00")),
        EntryLine(ids["2100"], credit=Decimal("20.00")),
    ]


def _day(place: int) -> dt.date:
    return FIRST + dt.timedelta(days=place % 365)


# Plain SQL: the same rows in tables without keys between them, checks, numbers or hashes


def owner_connection() -> psycopg.Connection[Any]:
    owner = env.database(settings.DATABASE_OWNER_URL)
    return psycopg.connect(
        host=owner["HOST"],
        port=owner["PORT"],
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=connection.settings_dict["NAME"],
        autocommit=True,
    )


@contextmanager
def plain_tables() -> Iterator[psycopg.Connection[Any]]:
    """A connection of the owner role with two plain tables; gone afterwards."""
    with owner_connection() as plain:
        plain.execute("CREATE TABLE bench_entry (id bigserial PRIMARY KEY, number text, entry_date date)")
        plain.execute(
            "CREATE TABLE bench_line (id bigserial PRIMARY KEY, entry_id bigint, account_id bigint,"
            " debit numeric(20,4), credit numeric(20,4), entry_date date)"
        )
        try:
            yield plain
        finally:
            plain.execute("DROP TABLE bench_entry, bench_line")


def _plain_singly(plain: psycopg.Connection[Any], entries: int) -> float:
    start = time.perf_counter()
    for place in range(entries):
        with plain.transaction():
            day = _day(place)
            row = plain.execute(
                "INSERT INTO bench_entry (number, entry_date) VALUES (%s, %s) RETURNING id", [str(place), day]
            ).fetchone()
            values = [(row[0], n, Decimal(n), Decimal(0), day) for n in range(4)]  # type: ignore[index]
            plain.execute(
                "INSERT INTO bench_line (entry_id, account_id, debit, credit, entry_date)"
                " VALUES (%s,%s,%s,%s,%s), (%s,%s,%s,%s,%s), (%s,%s,%s,%s,%s), (%s,%s,%s,%s,%s)",
                [value for line in values for value in line],
            )
    return entries / (time.perf_counter() - start)


def _plain_bulk(plain: psycopg.Connection[Any], entries: int) -> float:
    start = time.perf_counter()
    with plain.transaction(), plain.cursor() as cursor:
        with cursor.copy("COPY bench_entry (number, entry_date) FROM STDIN") as copy:
            for place in range(entries):
                copy.write_row((str(place), _day(place)))
        with cursor.copy("COPY bench_line (entry_id, account_id, debit, credit, entry_date) FROM STDIN") as copy:
            for place in range(entries * 4):
                copy.write_row((place // 4, place % 4, Decimal(1), Decimal(0), _day(place)))
    return entries / (time.perf_counter() - start)


# Reports


def trial_balance_row(owner: Company, lines: int) -> Row:
    with transaction.atomic():
        ours, rollup, scan = interleaved(
            lambda: trial_balance(company_id=owner.pk, as_of=dt.date(YEAR, 11, 17)),
            lambda: _fetch(_ROLLUP, owner.pk),
            lambda: _fetch(_SCAN, owner.pk),
        )
    floor = f"{rollup:.1f} ms from rollups, {scan:.0f} ms by scan"
    return f"trial balance, {lines:,} lines", f"{ours:.1f} ms", floor, "≤ 15 ms"


def statements_row(owner: Company, lines: int) -> Row:
    def both() -> None:
        balance_sheet(company_id=owner.pk, as_of=dt.date(YEAR, 11, 17))
        income_statement(company_id=owner.pk, date_from=FIRST, date_to=dt.date(YEAR, 11, 17))

    with transaction.atomic():
        ours, floor = interleaved(both, lambda: _fetch(_ROLLUP, owner.pk))
    name = f"balance sheet and income statement, {lines:,} lines"
    return name, f"{ours:.1f} ms", f"{floor:.1f} ms from rollups", "≤ 40 ms"


def general_ledger_row(owner: Company, lines: int, size: int = 50) -> Row:
    """First page of the account, and a page far behind it."""
    bank = account_ids(owner)["1010"]
    wanted: dict[str, Any] = {
        "company_id": owner.pk,
        "account_id": bank,
        "date_from": FIRST,
        "date_to": LAST,
        "limit": size,
    }
    with transaction.atomic():
        far = general_ledger(**wanted | {"limit": min(size * 999, lines // 120)}).next
        first, thousandth, floor = interleaved(
            lambda: general_ledger(**wanted),
            lambda: general_ledger(**wanted, after=far),
            lambda: _fetch(_LINES, bank),
        )
    return (
        f"general ledger, {lines:,} lines: first page, page far behind",
        f"{first:.1f} ms, {thousandth:.1f} ms",
        f"{floor:.1f} ms",
        "≤ 10 ms, and as fast",
    )


_ROLLUP = "SELECT account_id, sum(debit), sum(credit) FROM ledger_monthbalance WHERE company_id = %s GROUP BY 1"
_SCAN = "SELECT account_id, sum(debit), sum(credit) FROM ledger_journalline WHERE company_id = %s GROUP BY 1"
_LINES = "SELECT * FROM ledger_journalline WHERE account_id = %s ORDER BY entry_date, id LIMIT 50"


def _fetch(statement: str, value: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [value])
        cursor.fetchall()


def interleaved(*functions: Callable[[], object], runs: int = 9) -> list[float]:
    """Median milliseconds of each, taken in turns, after one warm-up."""
    times: list[list[float]] = [[] for _ in functions]
    for run in range(runs + 1):
        for taken, function in zip(times, functions, strict=True):
            start = time.perf_counter()
            function()
            if run:
                taken.append((time.perf_counter() - start) * 1000)
    return [statistics.median(taken) for taken in times]


# Companies


def new_company(code: str) -> Company:
    """A company with a ledger."""
    with transaction.atomic():
        euro = Currency.objects.get_or_create(code="EUR", defaults={"name": "Euro", "minor_units": 2})[0]
        made = Company.objects.create(
            code=f"{code}-{time.time_ns() % 10**9}", name="Bench", country="DE", currency=euro, is_demo=True
        )
        set_up_ledger(company_id=made.pk, template="ifrs", user=None, now=NOW, first_year=YEAR)
    return made


def account_ids(owner: Company) -> dict[str, int]:
    """Accounts that take lines without a party, by code."""
    with transaction.atomic():
        found = Account.objects.filter(company=owner, is_group=False, party_required=False)
        return dict(found.values_list("code", "pk"))


_BIG_LINES = """
INSERT INTO ledger_journalline
    (company_id, entry_id, entry_date, line_count, position, account_id, description, debit, credit)
SELECT %(company)s, %(base)s + n, %(first)s::date + (n %% 365)::int, 4, p,
       (%(accounts)s::bigint[])[1 + (n * 7 + p * 13) %% array_length(%(accounts)s::bigint[], 1)], '',
       CASE WHEN p <= 2 THEN 10 + n %% 90 ELSE 0 END, CASE WHEN p > 2 THEN 10 + n %% 90 ELSE 0 END
FROM generate_series(%(start)s, %(stop)s - 1) n, generate_series(1, 4) p
"""
_BIG_ENTRIES = """
INSERT INTO ledger_journalentry
    (company_id, id, journal_id, period_id, year, sequence, number, entry_date, description, source_label, source_id,
     source_number, purpose, reason, line_count, total_amount, posted_at, chain_hash)
SELECT %(company)s, %(base)s + n, %(journal)s,
       (%(periods)s::bigint[])[extract(month FROM %(first)s::date + (n %% 365)::int)], %(year)s, n + 1,
       'BIG-' || n, %(first)s::date + (n %% 365)::int, '', 'bench.big', %(base)s + n, '', 'bench', '', 4,
       2 * (10 + n %% 90), now(), ''
FROM generate_series(%(start)s, %(stop)s - 1) n
"""


def big_company(lines: int, batch: int = 25_000) -> Company:
    """A company whose general journal holds `lines` journal lines over one year, written by SQL past our posting but
    not past the database's checks, and folded as the background would."""
    owner = new_company("big")
    with transaction.atomic(), connection.cursor() as cursor:
        # Nobody else draws ids meanwhile, so they are in a row.
        cursor.execute(
            "SELECT min(nextval(pg_get_serial_sequence('ledger_journalentry', 'id'))) FROM generate_series(1, %s)",
            [lines // 4],
        )
        (base,) = cursor.fetchone()
        values = {
            "company": owner.pk,
            "base": base,
            "year": YEAR,
            "first": FIRST,
            "accounts": list(account_ids(owner).values()),
            "periods": list(
                AccountingPeriod.objects.filter(company=owner).order_by("number").values_list("pk", flat=True)
            ),
            "journal": Journal.objects.get(company=owner, kind=JournalKind.GENERAL).pk,
        }
    for start in range(0, lines // 4, batch):
        values |= {"start": start, "stop": min(start + batch, lines // 4)}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_BIG_LINES, values)
            cursor.execute(_BIG_ENTRIES, values)
    fold_balances()
    with owner_connection() as plain:  # what autovacuum does within a minute or two
        for table in ("journalline", "journalentry", "balancedelta", "daybalance", "monthbalance"):
            plain.execute(f"VACUUM ANALYZE ledger_{table}")
    return owner
