"""The trial balance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.company.models import Company
from erp.ledger.calendar import fiscal_year_start, next_day
from erp.ledger.enums import AccountKind
from erp.ledger.models import FiscalYear
from erp.ledger.queries.chart import ChartRow, chart_rows
from erp.ledger.queries.turnovers import NOTHING, ZERO, Cut, Turnover, turnovers_before


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """An account, or with no account the computed earnings of earlier years.

    `opening` and `closing` are signed, debit positive; `debit` and `credit` are the turnover between them.
    """

    account_id: int | None
    code: str
    name: str
    kind: str
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Accounts with a balance or a turnover, in the order of their codes. Every total nets to zero.

    :ivar date_from: the first day whose turnover counts; opening balances are those of the day before.
    """

    company_id: int
    currency: str
    date_from: dt.date
    date_to: dt.date
    rows: tuple[TrialBalanceRow, ...]

    @property
    def total_opening(self) -> Decimal:
        return sum((row.opening for row in self.rows), ZERO)

    @property
    def total_debit(self) -> Decimal:
        return sum((row.debit for row in self.rows), ZERO)

    @property
    def total_credit(self) -> Decimal:
        return sum((row.credit for row in self.rows), ZERO)

    @property
    def total_debit_balance(self) -> Decimal:
        """The sum of the closing balances that stand in debit; equals the sum of those in credit."""
        return sum((row.closing for row in self.rows if row.closing > 0), ZERO)

    @property
    def total_credit_balance(self) -> Decimal:
        return -sum((row.closing for row in self.rows if row.closing < 0), ZERO)

    def closing(self, code: str) -> Decimal:
        """The closing balance of an account by its code; zero when it has none."""
        return next((row.closing for row in self.rows if row.code == code), ZERO)


def year_start(company: Company, on: dt.date) -> dt.date:
    """The first day of the fiscal year that holds `on`: the one that was opened, else by the company's calendar."""
    years = FiscalYear.objects.filter(company=company, start_date__lte=on, end_date__gte=on)
    opened = years.values_list("start_date", flat=True).first()
    return opened or fiscal_year_start(on, company.fiscal_year_start_month)


def trial_balance(
    *,
    company_id: int,
    as_of: dt.date | None = None,
    date_from: dt.date | None = None,
    date_to: dt.date | None = None,
) -> TrialBalance:
    """Opening balance, turnover and closing balance of every account.

    Income and expense accounts start at zero with the fiscal year of `date_from`. What earlier years earned and no
    closing entry has moved to equity yet stands in a computed row of its own, so that the sum is always zero.

    :param as_of: short for the time from the start of its fiscal year to this day.
    """
    company = Company.objects.get(pk=company_id)
    end = date_to or as_of
    if end is None:
        raise TypeError("trial_balance needs as_of or date_to")
    start = year_start(company, end) if date_from is None else date_from
    begin = start if date_from is None else year_start(company, start)
    earlier, before, after = turnovers_before(company_id, [begin, start, next_day(end)])
    rows = list(_rows(chart_rows(company_id), earlier, before, after))
    return TrialBalance(company_id, company.currency_id, start, end, tuple(rows))


def _rows(accounts: Iterable[ChartRow], earlier: Cut, before: Cut, after: Cut) -> Iterable[TrialBalanceRow]:
    past = ZERO
    for account in accounts:
        opening = before.get(account.pk, NOTHING)
        moved = after.get(account.pk, NOTHING) - opening
        if not account.section.in_balance_sheet:
            carried = earlier.get(account.pk, NOTHING)
            past += carried.balance
            opening = opening - carried
        if opening.balance or moved != NOTHING:
            yield _row(account, opening.balance, moved)
    if past:
        name = _("Earnings of earlier years, not yet closed")
        yield TrialBalanceRow(None, "", name, AccountKind.RETAINED_EARNINGS, past, ZERO, ZERO)


def _row(account: ChartRow, opening: Decimal, moved: Turnover) -> TrialBalanceRow:
    return TrialBalanceRow(account.pk, account.code, account.name, account.kind, opening, moved.debit, moved.credit)


def account_balance(*, company_id: int, account_id: int, as_of: dt.date) -> Decimal:
    """The balance of an account at the end of a day, debit positive, from the beginning of the book."""
    (cut,) = turnovers_before(company_id, [next_day(as_of)], account_id)
    return cut.get(account_id, NOTHING).balance
