"""Proofs that the book is whole: the hash chain, and balances against the lines they sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Prefetch

from core.company.postgres.planning import planned_afresh
from erp.ledger.chain import START, entry_hash, line_parts
from erp.ledger.models import JournalEntry, JournalLine

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What verifying a journal's year found.

    :ivar checked: entries looked at, up to and including a broken one.
    :ivar broken_number: the first entry that is not what it was when it was posted, or whose predecessor is missing.
    """

    journal_id: int
    year: int
    checked: int
    broken_number: str | None

    @property
    def is_whole(self) -> bool:
        return self.broken_number is None


@planned_afresh()
def verify_chain(*, journal_id: int, year: int) -> ChainReport:
    """Recompute the hashes of a journal's year in order; also notices a gap in the numbers."""
    lines = Prefetch("lines", JournalLine.objects.order_by("position"))
    entries = JournalEntry.objects.filter(journal_id=journal_id, year=year).order_by("sequence").prefetch_related(lines)
    last_hash, checked = START, 0
    for entry in entries.iterator(chunk_size=CHUNK):
        checked += 1
        parts = (line_parts(line, line.currency_id) for line in entry.lines.all())
        if entry.sequence != checked or entry.chain_hash != entry_hash(last_hash, entry, parts):
            return ChainReport(journal_id, year, checked, entry.number)
        last_hash = entry.chain_hash
    return ChainReport(journal_id, year, checked, None)


def verify_chains(*, company_id: int) -> list[ChainReport]:
    """Every journal and year of a company."""
    series = JournalEntry.objects.filter(company_id=company_id).values_list("journal_id", "year").distinct()
    return [verify_chain(journal_id=journal, year=year) for journal, year in series.order_by("journal_id", "year")]


_DIFFERENCES = """
SELECT account_id, month, sum(debit), sum(credit) FROM (
    SELECT account_id, date_trunc('month', entry_date)::date AS month, sum(debit) AS debit, sum(credit) AS credit
    FROM ledger_journalline WHERE company_id = %(company)s GROUP BY 1, 2
    UNION ALL
    SELECT account_id, month, -debit, -credit FROM ledger_monthbalance WHERE company_id = %(company)s
    UNION ALL
    SELECT account_id, date_trunc('month', date)::date, -debit, -credit
    FROM ledger_balancedelta WHERE company_id = %(company)s
) part GROUP BY 1, 2 HAVING sum(debit) <> 0 OR sum(credit) <> 0
UNION ALL
SELECT account_id, date, sum(debit), sum(credit) FROM (
    SELECT account_id, entry_date AS date, sum(debit) AS debit, sum(credit) AS credit
    FROM ledger_journalline WHERE company_id = %(company)s GROUP BY 1, 2
    UNION ALL
    SELECT account_id, date, -debit, -credit FROM ledger_daybalance WHERE company_id = %(company)s
    UNION ALL
    SELECT account_id, date, -debit, -credit FROM ledger_balancedelta WHERE company_id = %(company)s
) part GROUP BY 1, 2 HAVING sum(debit) <> 0 OR sum(credit) <> 0
"""


@planned_afresh()
def balance_differences(*, company_id: int) -> list[tuple[Any, ...]]:
    """Accounts and dates whose balances are not the sum of their lines, with debit and credit of the difference.
    Empty in a sound book. Reads every line: for checks, not for screens."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, {"company": company_id})
        return list(cursor.fetchall())
