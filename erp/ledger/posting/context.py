"""What a posting must know before it may write, read in one statement."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from core.documents.sequences import NumberPlan
from erp.ledger.enums import JournalKind, PeriodStatus
from erp.ledger.errors import NoJournalError, NoPeriodError, PeriodClosedError
from erp.ledger.posting.inputs import EntryInput

# The periods are locked against closing until the transaction ends; posters do not wait for each other.
_READ = """
SELECT json_build_object(
    'currency', (
        SELECT json_build_array(k.code, k.minor_units)
        FROM company_company c JOIN company_currency k ON k.code = c.currency_id WHERE c.id = %(company)s),
    'journals', (
        SELECT json_agg(json_build_array(id, kind, code, is_default))
        FROM ledger_journal WHERE company_id = %(company)s AND active),
    'periods', (
        SELECT json_agg(json_build_array(id, start_date, end_date, status)) FROM (
            SELECT id, start_date, end_date, status FROM ledger_accountingperiod
            WHERE company_id = %(company)s AND start_date <= %(last)s AND end_date >= %(first)s
            FOR KEY SHARE) period),
    'accounts', (
        SELECT json_agg(json_build_array(id, code, active AND NOT is_group, party_required, currency_id))
        FROM ledger_account WHERE company_id = %(company)s AND id = ANY(%(accounts)s)),
    'posted', (
        SELECT json_agg(json_build_array(e.source_label, e.source_id, e.purpose, e.id))
        FROM unnest(%(labels)s::text[], %(sources)s::bigint[], %(purposes)s::text[]) AS k(label, source, purpose)
        JOIN ledger_journalentry e
            ON e.source_id = k.source AND e.source_label = k.label AND e.purpose = k.purpose),
    'ids', (
        SELECT json_agg(nextval(pg_get_serial_sequence('ledger_journalentry', 'id')))
        FROM generate_series(1, %(count)s))
)
"""


@dataclass(frozen=True, slots=True)
class JournalFacts:
    """A journal as far as a posting needs it."""

    id: int
    kind: str
    code: str
    is_default: bool

    @property
    def plan(self) -> NumberPlan:
        return NumberPlan(f"ledger.{self.code}", f"{self.code}-{{year}}-{{number:05d}}")


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    id: int
    start: dt.date
    end: dt.date
    is_open: bool


@dataclass(frozen=True, slots=True)
class AccountFacts:
    code: str
    is_usable: bool
    party_required: bool
    currency: str | None


@dataclass(frozen=True, slots=True)
class Context:
    """Currency, journals, locked periods and accounts of one company, for a set of entries.

    :ivar posted: entries that exist already, by their key.
    :ivar ids: fresh primary keys, one an entry.
    """

    company_id: int
    currency: str
    quantum: Decimal
    journals: tuple[JournalFacts, ...]
    periods: tuple[PeriodFacts, ...]
    accounts: dict[int, AccountFacts]
    posted: dict[tuple[str, int, str], int]
    ids: tuple[int, ...]

    def journal(self, wanted: JournalKind | int) -> JournalFacts:
        """:raises NoJournalError: when there is no active one."""
        for journal in self.journals:
            if (journal.is_default and journal.kind == wanted) or journal.id == wanted:
                return journal
        raise NoJournalError(
            _("There is no active journal for %(wanted)s.") % {"wanted": wanted},
            field="journal",
            hint=_("Mark one as the default of its kind under Finance, Journals."),
        )

    def open_period(self, on: dt.date) -> PeriodFacts:
        """:raises NoPeriodError: when no period holds the day. :raises PeriodClosedError: when it is closed."""
        period = next((period for period in self.periods if period.start <= on <= period.end), None)
        if period is None:
            raise NoPeriodError(
                _("No accounting period holds %(date)s.") % {"date": on},
                field="entry_date",
                hint=_("Open its fiscal year under Finance, Fiscal years."),
            )
        if not period.is_open:
            raise PeriodClosedError(
                _("The accounting period of %(date)s is closed.") % {"date": on},
                field="entry_date",
                hint=_("Use a date in an open period, or have the period opened again."),
                params={"date": str(on)},
            )
        return period


def read_context(company_id: int, entries: Sequence[EntryInput]) -> Context:
    """Read and lock what these entries need."""
    dates = [entry.entry_date for entry in entries]
    values: dict[str, Any] = {
        "company": company_id,
        "first": min(dates),
        "last": max(dates),
        "accounts": list({line.account_id for entry in entries for line in entry.lines}),
        "labels": [entry.source.label for entry in entries],
        "sources": [entry.source.id for entry in entries],
        "purposes": [entry.purpose for entry in entries],
        "count": len(entries),
    }
    with connection.cursor() as cursor:
        cursor.execute(_READ, values)
        found = cursor.fetchone()[0]
    return _parse(company_id, found if isinstance(found, dict) else json.loads(found))


def _parse(company_id: int, found: dict[str, list[Any]]) -> Context:
    currency, minor_units = found["currency"]
    day = dt.date.fromisoformat
    return Context(
        company_id=company_id,
        currency=currency,
        quantum=Decimal(1).scaleb(-minor_units),
        journals=tuple(JournalFacts(*row) for row in found["journals"] or ()),
        periods=tuple(
            PeriodFacts(pk, day(start), day(end), status == PeriodStatus.OPEN)
            for pk, start, end, status in found["periods"] or ()
        ),
        accounts={pk: AccountFacts(*row) for pk, *row in found["accounts"] or ()},
        posted={(label, source, purpose): pk for label, source, purpose, pk in found["posted"] or ()},
        ids=tuple(found["ids"] or ()),
    )
