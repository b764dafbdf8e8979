"""Reversal: the one way to correct a posted entry."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core.documents.references import RecordRef
from core.errors import InvalidInputError
from erp.ledger.enums import PeriodStatus
from erp.ledger.errors import AlreadyReversedError, NoPeriodError
from erp.ledger.models import AccountingPeriod, JournalEntry
from erp.ledger.posting.entries import post_entries
from erp.ledger.posting.inputs import EntryInput, EntryLine

if TYPE_CHECKING:
    from core.access.models import User

PURPOSE = "reversal"


def reverse_entry(
    *, entry_id: int, on: dt.date | None = None, reason: str, user: User | None, now: dt.datetime
) -> JournalEntry:
    """Post the mirror of an entry. Reversing it again returns the reversal that exists.

    :param on: the reversal's date. Without one it bears the entry's own date while that period is open, else the first
        day of the first open period after it.
    :raises AlreadyReversedError: when the entry is itself a reversal.
    :raises InvalidInputError: without a reason, or for a date before the entry's.
    :raises PeriodClosedError, NoPeriodError: as `post_entry`.
    """
    with transaction.atomic(savepoint=False):
        entry = JournalEntry.objects.get(pk=entry_id)
        _refuse(entry, on, reason)
        mirror = EntryInput(
            journal=entry.journal_id,
            entry_date=on or reversal_date(entry),
            lines=[_as_input(line).mirrored() for line in entry.lines.order_by("position")],
            source=RecordRef.of(entry),
            purpose=PURPOSE,
            source_number=entry.number,
            description=_("Reversal of %(number)s") % {"number": entry.number},
            reverses_id=entry.pk,
            reason=reason.strip(),
        )
        return post_entries(company_id=entry.company_id, entries=[mirror], user=user, now=now)[0]


def reversal_date(entry: JournalEntry) -> dt.date:
    """The entry's own date if that period is open, else the first day of the first open period after it.

    :raises NoPeriodError: when every later period is closed too.
    """
    periods = AccountingPeriod.objects.filter(
        company_id=entry.company_id, status=PeriodStatus.OPEN, end_date__gte=entry.entry_date
    )
    start = periods.order_by("start_date").values_list("start_date", flat=True).first()
    if start is None:
        raise NoPeriodError(
            _("There is no open period after %(date)s.") % {"date": entry.entry_date},
            hint=_("Open the next fiscal year under Finance, Fiscal years."),
        )
    return max(start, entry.entry_date)


def _refuse(entry: JournalEntry, on: dt.date | None, reason: str) -> None:
    if not reason.strip():
        raise InvalidInputError(_("A reversal needs a reason."), code="reason_required", field="reason")
    if entry.reverses_id is not None:
        raise AlreadyReversedError(
            _("%(number)s is itself a reversal.") % {"number": entry.number}, hint=_("Post a new entry instead.")
        )
    if on is not None and on < entry.entry_date:
        raise InvalidInputError(
            _("A reversal is not dated before the entry it reverses."), code="date_before_entry", field="on"
        )


def _as_input(line: object) -> EntryLine:
    names = ("account_id", "debit", "credit", "party_id", "description", "tax_id", "tax_base")
    values = {name: getattr(line, name) for name in names}
    return EntryLine(**values, currency_code=line.currency_id, currency_amount=line.currency_amount)  # type: ignore[attr-defined]
