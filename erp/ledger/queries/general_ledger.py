"""The general ledger: the lines of accounts with a running balance, page by page.

A page begins where the last one ended (keyset), and its running balance begins with the balances, not with the lines
before it; so the thousandth page costs what the first does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import connection

from core.company.models import Company
from core.company.postgres.planning import planned_afresh
from core.documents.references import RecordRef
from core.whole_numbers import id_in
from erp.ledger.calendar import next_day
from erp.ledger.enums import Section
from erp.ledger.queries.chart import ChartRow, chart_rows
from erp.ledger.queries.trial_balance import year_start
from erp.ledger.queries.turnovers import NOTHING, ZERO, Turnover, turnovers_before


@dataclass(frozen=True, slots=True)
class LedgerCursor:
    """The last line of a page: the next one begins after it."""

    code: str
    entry_date: dt.date
    line_id: int

    def __str__(self) -> str:
        return f"{self.entry_date.isoformat()}_{self.line_id}_{self.code}"

    @classmethod
    def parse(cls, text: str) -> LedgerCursor:
        """:raises ValueError: when the text is no cursor."""
        day, line_id, code = text.split("_", 2)
        if (key := id_in(line_id)) is None:
            raise ValueError(text)
        return cls(code, dt.date.fromisoformat(day), key)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A journal line with the account's balance after it."""

    line_id: int
    entry_id: int
    entry_date: dt.date
    number: str
    description: str
    party_id: int | None
    party_name: str
    source: RecordRef
    source_number: str
    debit: Decimal
    credit: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class AccountLedger:
    """An account's part of the page.

    :ivar opening: balance before `date_from`; of an income or expense account since its fiscal year began.
    :ivar carried: balance before the first line of this page.
    :ivar turnover: of the whole time, not only of this page; so is `closing`.
    """

    account_id: int
    code: str
    name: str
    section: Section
    opening: Decimal
    carried: Decimal
    turnover: Turnover
    lines: tuple[LedgerLine, ...]

    @property
    def closing(self) -> Decimal:
        return self.opening + self.turnover.balance


@dataclass(frozen=True, slots=True)
class GeneralLedger:
    """One page."""

    company_id: int
    currency: str
    date_from: dt.date
    date_to: dt.date
    accounts: tuple[AccountLedger, ...]
    next: LedgerCursor | None


_PAGE = """
SELECT page.account_id, page.id, page.entry_id, page.entry_date, entry.number, page.description, entry.description,
       page.party_id, coalesce(party.name, ''), entry.source_label, entry.source_id, entry.source_number,
       page.debit, page.credit
FROM (
    SELECT account.code, line.*
    FROM (
        SELECT id, code FROM ledger_account
        WHERE company_id = %(company)s AND code >= %(code)s AND id = ANY(%(accounts)s)
        ORDER BY company_id, code
    ) account
    CROSS JOIN LATERAL (
        SELECT id, account_id, entry_id, entry_date, party_id, description, debit, credit FROM ledger_journalline
        WHERE account_id = account.id AND entry_date BETWEEN %(first)s AND %(last)s
          AND (entry_date, id) > (
              CASE WHEN account.code = %(code)s THEN %(after_date)s::date ELSE '-infinity'::date END,
              CASE WHEN account.code = %(code)s THEN %(after_id)s ELSE 0 END)
        ORDER BY entry_date, id LIMIT %(limit)s
    ) line
    ORDER BY account.code, line.entry_date, line.id LIMIT %(limit)s
) page
JOIN ledger_journalentry entry ON entry.id = page.entry_id
LEFT JOIN parties_party party ON party.id = page.party_id
ORDER BY page.code, page.entry_date, page.id
"""
_SAME_DAY = """
SELECT coalesce(sum(debit), 0), coalesce(sum(credit), 0) FROM ledger_journalline
WHERE account_id = %s AND entry_date = %s AND id <= %s
"""


def general_ledger(
    *,
    company_id: int,
    date_from: dt.date,
    date_to: dt.date,
    account_id: int | None = None,
    after: LedgerCursor | None = None,
    limit: int = 100,
) -> GeneralLedger:
    """One page of the ledger of an account, or of all accounts that moved, in the order of codes, dates and lines.

    :param after: the cursor of the page before.
    """
    company = Company.objects.get(pk=company_id)
    reader = _Reader(company, date_from, date_to, account_id, after)
    rows = reader.lines(limit)
    page, rest = rows[:limit], rows[limit:]
    accounts = tuple(reader.sections(page)) if page else tuple(reader.untouched())
    last = page[-1] if page else None
    following = LedgerCursor(reader.codes[last[0]], last[3], last[1]) if rest and last else None
    return GeneralLedger(company_id, company.currency_id, date_from, date_to, accounts, following)


class _Reader:
    """Reads one page: the cuts once, the lines once."""

    def __init__(
        self,
        company: Company,
        date_from: dt.date,
        date_to: dt.date,
        account_id: int | None,
        after: LedgerCursor | None,
    ) -> None:
        self.company_id, self.date_from, self.date_to, self.after = company.pk, date_from, date_to, after
        cuts = [year_start(company, date_from), date_from, next_day(date_to), after.entry_date if after else date_from]
        self.earlier, self.before, self.to_end, self.to_page = turnovers_before(company.pk, cuts, account_id)
        rows = chart_rows(company.pk, account_id)
        self.accounts = {account.pk: account for account in rows if account_id or self.turnover(account.pk)}
        self.codes = {pk: account.code for pk, account in self.accounts.items()}

    def turnover(self, account_id: int) -> Turnover | None:
        moved = self.to_end.get(account_id, NOTHING) - self.before.get(account_id, NOTHING)
        return None if moved == NOTHING else moved

    @planned_afresh()
    def lines(self, limit: int) -> list[tuple[Any, ...]]:
        after = self.after
        values: dict[str, Any] = {
            "company": self.company_id,
            "accounts": list(self.accounts),
            "code": after.code if after else "",
            "after_date": after.entry_date if after else self.date_from,
            "after_id": after.line_id if after else 0,
            "first": self.date_from,
            "last": self.date_to,
            "limit": limit + 1,
        }
        with connection.cursor() as cursor:
            cursor.execute(_PAGE, values)
            return list(cursor.fetchall())

    def opening(self, account: ChartRow) -> Decimal:
        return self.before.get(account.pk, NOTHING).balance - self._year_base(account)

    def _year_base(self, account: ChartRow) -> Decimal:
        """What earlier years left on an income or expense account; it does not count any more."""
        return ZERO if account.section.in_balance_sheet else self.earlier.get(account.pk, NOTHING).balance

    @planned_afresh()
    def carried(self, account: ChartRow) -> Decimal:
        after = self.after
        if after is None or after.code != account.code:
            return self.opening(account)
        with connection.cursor() as cursor:
            cursor.execute(_SAME_DAY, [account.pk, after.entry_date, after.line_id])
            same_day = Turnover(*cursor.fetchone())
        return self.to_page.get(account.pk, NOTHING).balance + same_day.balance - self._year_base(account)

    def sections(self, rows: list[tuple[Any, ...]]) -> Iterable[AccountLedger]:
        for account_id, group in groupby(rows, key=lambda row: row[0]):
            account = self.accounts[account_id]
            carried = self.carried(account)
            yield self._section(account, carried, tuple(_running(carried, group)))

    def untouched(self) -> Iterable[AccountLedger]:
        """A chosen account without lines still shows its balance."""
        for account in self.accounts.values():
            yield self._section(account, self.carried(account), ())

    def _section(self, account: ChartRow, carried: Decimal, lines: tuple[LedgerLine, ...]) -> AccountLedger:
        return AccountLedger(
            account_id=account.pk,
            code=account.code,
            name=account.name,
            section=account.section,
            opening=self.opening(account),
            carried=carried,
            turnover=self.turnover(account.pk) or NOTHING,
            lines=lines,
        )


def _running(balance: Decimal, rows: Iterable[tuple[Any, ...]]) -> Iterable[LedgerLine]:
    for row in rows:
        _account, line_id, entry_id, day, number, text, entry_text, party, party_name, label, source, source_number = (
            row[:12]
        )
        debit, credit = row[12:]
        balance += debit - credit
        yield LedgerLine(
            line_id=line_id,
            entry_id=entry_id,
            entry_date=day,
            number=number,
            description=text or entry_text,
            party_id=party,
            party_name=party_name,
            source=RecordRef(label, source),
            source_number=source_number,
            debit=debit,
            credit=credit,
            balance=balance,
        )
