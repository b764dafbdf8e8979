"""The statements that write entries. Lines first, then number and header, so that the lock on the number is short.

An entry's lines may stand before its header because every foreign key is checked at commit; the header seals them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.db import connection

from core.documents.sequences import DRAW, draw_and_read
from erp.ledger.chain import START, entry_hash, line_parts
from erp.ledger.models import JournalEntry
from erp.ledger.posting.context import JournalFacts
from erp.ledger.posting.inputs import EntryLine


@dataclass(slots=True)
class Draft:
    """An entry on its way: everything but number and hash."""

    entry: JournalEntry
    journal: JournalFacts
    lines: list[EntryLine]

    @property
    def series(self) -> tuple[int, int]:
        return self.journal.id, self.entry.year


_LINES = """
INSERT INTO ledger_journalline
    (company_id, entry_id, entry_date, line_count, position, account_id, party_id, description, debit, credit,
     tax_id, tax_base, currency_id, currency_amount)
SELECT %s, * FROM unnest(
    %s::bigint[], %s::date[], %s::smallint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::text[],
    %s::numeric[], %s::numeric[], %s::bigint[], %s::numeric[], %s::text[], %s::numeric[])
"""
_HEADERS = """
INSERT INTO ledger_journalentry
    (company_id, id, journal_id, period_id, year, sequence, number, entry_date, description, source_label, source_id,
     source_number, purpose, reverses_id, reason, line_count, total_amount, posted_at, posted_by_id, chain_hash)
SELECT %s, * FROM unnest(
    %s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[], %s::integer[], %s::text[], %s::date[], %s::text[],
    %s::text[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::smallint[], %s::numeric[],
    %s::timestamptz[], %s::bigint[], %s::text[])
"""
_HEADER_FIELDS = (
    "id", "journal_id", "period_id", "year", "sequence", "number", "entry_date", "description", "source_label",
    "source_id", "source_number", "purpose", "reverses_id", "reason", "line_count", "total_amount", "posted_at",
    "posted_by_id", "chain_hash",
)  # fmt: skip
_header_values = attrgetter(*_HEADER_FIELDS)
_DRAW = f"{DRAW}, ledger_last_hash(%s, %s)"


def write_lines(company_id: int, drafts: Sequence[Draft]) -> None:
    """Insert the lines of all drafts by one statement."""
    rows = [
        (
            draft.entry.id,
            draft.entry.entry_date,
            draft.entry.line_count,
            position,
            line.account_id,
            line.party_id,
            line.description[:300],
            line.debit,
            line.credit,
            line.tax_id,
            line.tax_base,
            line.currency_code,
            line.currency_amount,
        )
        for draft in drafts
        for position, line in enumerate(draft.lines, 1)
    ]
    _insert(_LINES, company_id, rows)


def number_and_write_headers(company_id: int, drafts: Iterable[Draft]) -> None:
    """Draw the numbers, chain the hashes and insert the headers. Series are locked in one order, so posters of several
    cannot block each other."""
    ordered = sorted(drafts, key=attrgetter("series"))
    for _series, group in groupby(ordered, key=attrgetter("series")):
        _number(company_id, list(group))
    _insert(_HEADERS, company_id, [_header_values(draft.entry) for draft in ordered])


def _number(company_id: int, drafts: list[Draft]) -> None:
    plan = drafts[0].journal.plan
    latest = max(draft.entry.entry_date for draft in drafts)
    # The end of the chain is read under the number's lock, so nobody else can append to it meanwhile.
    numbers, (found,) = draw_and_read(
        _DRAW, drafts[0].series, plan, company_id=company_id, on=latest, count=len(drafts)
    )
    last_hash = found or START
    for draft, sequence in zip(drafts, numbers, strict=True):
        entry = draft.entry
        entry.sequence, entry.number = sequence, plan.text(sequence, entry.entry_date)
        last_hash = entry_hash(last_hash, entry, (line_parts(line, line.currency_code) for line in draft.lines))
        entry.chain_hash = last_hash


def _insert(statement: str, company_id: int, rows: list[tuple]) -> None:  # type: ignore[type-arg]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [company_id, *columns])
