"""Posting: the one writer of journal entries and journal lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from django.db import transaction

from core.company.postgres.planning import planned_afresh
from core.documents.references import RecordRef
from erp.ledger.enums import JournalKind
from erp.ledger.models import JournalEntry
from erp.ledger.posting.checks import kept_lines
from erp.ledger.posting.context import Context, read_context
from erp.ledger.posting.inputs import ZERO, EntryInput, EntryLine
from erp.ledger.posting.writing import Draft, number_and_write_headers, write_lines

if TYPE_CHECKING:
    from core.access.models import User

BATCH = 1000
"""Entries written by one statement: enough to be fast, few enough to stay small in memory."""
MANY = 20
"""From so many on a plan for their number pays."""


def post_entry(
    *,
    company_id: int,
    journal: JournalKind | int,
    entry_date: dt.date,
    lines: Sequence[EntryLine],
    source: RecordRef,
    purpose: str,
    source_number: str = "",
    description: str = "",
    user: User | None,
    now: dt.datetime,
) -> JournalEntry:
    """Post one entry. Posting the same (source, purpose) again returns the entry that exists and writes nothing.

    Runs in the caller's transaction; a refusal takes that back up to its nearest savepoint.

    :param journal: a kind, for its default journal, or the id of a journal.
    :raises UnbalancedEntryError: debit and credit differ, or there is nothing to post.
    :raises PeriodClosedError: the date lies in a closed period. :raises NoPeriodError: in none.
    :raises InactiveAccountError: an account that takes no lines.
    :raises InvalidLineError: a line that its account or the currency does not allow.
    :raises NoJournalError: no active journal of the kind.
    """
    entry = EntryInput(journal, entry_date, lines, source, purpose, source_number, description)
    return post_entries(company_id=company_id, entries=[entry], user=user, now=now)[0]


def post_entries(
    *, company_id: int, entries: Sequence[EntryInput], user: User | None, now: dt.datetime
) -> list[JournalEntry]:
    """Post many entries at once, all or none. Numbers follow the order given, within each journal and year.

    :returns: the entries in the order given; those that existed already as they are.
    :raises DomainError: as `post_entry`, for the first entry that is refused.
    """
    posted: list[JournalEntry] = []
    plans = planned_afresh() if len(entries) >= MANY else nullcontext()
    with transaction.atomic(savepoint=False), plans:
        for start in range(0, len(entries), BATCH):
            posted += _post_batch(company_id, entries[start : start + BATCH], user, now)
    return posted


def _post_batch(
    company_id: int, entries: Sequence[EntryInput], user: User | None, now: dt.datetime
) -> list[JournalEntry]:
    context = read_context(company_id, entries)
    drafts: dict[tuple[str, int, str], Draft] = {}
    for entry, pk in zip(entries, context.ids, strict=True):
        if entry.key not in context.posted and entry.key not in drafts:
            drafts[entry.key] = _draft(entry, pk, context, user, now)
    if drafts:
        write_lines(company_id, list(drafts.values()))
        number_and_write_headers(company_id, drafts.values())
    existing = JournalEntry.objects.in_bulk(context.posted.values()) if context.posted else {}
    return [
        drafts[entry.key].entry if entry.key in drafts else existing[context.posted[entry.key]] for entry in entries
    ]


def _draft(entry: EntryInput, pk: int, context: Context, user: User | None, now: dt.datetime) -> Draft:
    lines = kept_lines(entry, context)
    journal = context.journal(entry.journal)
    header = JournalEntry(
        id=pk,
        company_id=context.company_id,
        journal_id=journal.id,
        period_id=context.open_period(entry.entry_date).id,
        year=entry.entry_date.year,
        entry_date=entry.entry_date,
        description=entry.description[:300],
        source_label=entry.source.label,
        source_id=entry.source.id,
        source_number=entry.source_number,
        purpose=entry.purpose,
        reverses_id=entry.reverses_id,
        reason=entry.reason,
        line_count=len(lines),
        total_amount=sum((line.debit for line in lines), ZERO),
        posted_at=now,
        posted_by=user,
    )
    header._state.adding = False
    header._state.db = "default"
    return Draft(header, journal, lines)
