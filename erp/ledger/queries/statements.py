"""Balance sheet and income statement, built from the kinds of accounts.

Amounts stand as a reader expects them: assets and expenses positive in debit, everything else positive in credit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.company.models import Company
from erp.ledger.calendar import next_day
from erp.ledger.charts import ResultLine, income_layout
from erp.ledger.enums import AccountKind, ChartTemplate, Result, Section
from erp.ledger.models import Chart
from erp.ledger.queries.chart import ChartRow, chart_rows
from erp.ledger.queries.trial_balance import year_start
from erp.ledger.queries.turnovers import NOTHING, ZERO, turnovers_before

Text = str | Promise
Amount = Callable[[ChartRow], Decimal]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One account's amount. Computed rows have no account; `since` and `until` bound what they are made of."""

    account_id: int | None
    code: str
    name: str
    amount: Decimal
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class StatementGroup:
    """The accounts of one kind."""

    kind: AccountKind
    rows: tuple[StatementRow, ...]

    @property
    def label(self) -> Text:
        return self.kind.label

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.rows), ZERO)


@dataclass(frozen=True, slots=True)
class StatementSection:
    """Assets, liabilities or equity."""

    section: Section
    groups: tuple[StatementGroup, ...]

    @property
    def label(self) -> Text:
        return self.section.label

    @property
    def total(self) -> Decimal:
        return sum((group.total for group in self.groups), ZERO)


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """What the company owns and owes at the end of a day.

    Equity holds two computed rows: the earnings of the running fiscal year, and those of earlier years that no closing
    entry has moved to retained earnings yet.
    """

    company_id: int
    currency: str
    as_of: dt.date
    year_start: dt.date
    assets: StatementSection
    liabilities: StatementSection
    equity: StatementSection
    earnings: Decimal

    @property
    def sections(self) -> tuple[StatementSection, ...]:
        return self.assets, self.liabilities, self.equity

    @property
    def account_ids(self) -> set[int]:
        """The accounts that have a row."""
        groups = (group for section in self.sections for group in section.groups)
        return {row.account_id for group in groups for row in group.rows if row.account_id is not None}

    @property
    def liabilities_and_equity(self) -> Decimal:
        return self.liabilities.total + self.equity.total

    @property
    def is_balanced(self) -> bool:
        return self.assets.total == self.liabilities_and_equity


@dataclass(frozen=True, slots=True)
class Subtotal:
    """A result line of the income statement. `kinds` are all that it is made of, also by way of the results above."""

    result: Result
    kinds: tuple[AccountKind, ...]
    amount: Decimal

    @property
    def label(self) -> Text:
        return self.result.label


@dataclass(frozen=True, slots=True)
class IncomeStatement:
    """What was earned and spent in a time. `parts` are groups and the results between them, in reading order."""

    company_id: int
    currency: str
    date_from: dt.date
    date_to: dt.date
    parts: tuple[StatementGroup | Subtotal, ...]

    @property
    def groups(self) -> tuple[StatementGroup, ...]:
        return tuple(part for part in self.parts if isinstance(part, StatementGroup))

    @property
    def net_profit(self) -> Decimal:
        return self.result(Result.NET_PROFIT)

    @property
    def account_ids(self) -> set[int]:
        """The accounts that have a row."""
        return {row.account_id for group in self.groups for row in group.rows if row.account_id is not None}

    @property
    def subtotals(self) -> tuple[Subtotal, ...]:
        return tuple(part for part in self.parts if isinstance(part, Subtotal))

    def result(self, name: str) -> Decimal:
        """A result by its name.

        :raises StopIteration: the template of the company's chart has no such line.
        """
        return next(part.amount for part in self.subtotals if part.result == name)

    def total(self, kind: AccountKind) -> Decimal:
        """The total of a kind; zero when it has no movement."""
        return next((group.total for group in self.groups if group.kind == kind), ZERO)


def balance_sheet(*, company_id: int, as_of: dt.date, keep: Collection[int] = ()) -> BalanceSheet:
    """The balance sheet at the end of a day.

    :param keep: accounts that have a row even with nothing on them, and so do the computed ones then: for a sheet that
        stands beside another.
    """
    company = Company.objects.get(pk=company_id)
    start = year_start(company, as_of)
    at_start, at_end = turnovers_before(company_id, [start, next_day(as_of)])
    accounts = chart_rows(company_id)
    results = [account for account in accounts if not account.section.in_balance_sheet]
    earlier = -sum((at_start.get(account.pk, NOTHING).balance for account in results), ZERO)
    earnings = -sum((at_end.get(account.pk, NOTHING).balance for account in results), ZERO) - earlier
    computed = [
        StatementRow(None, "", _("Earnings of earlier years, not yet closed"), earlier, None, start - dt.timedelta(1)),
        StatementRow(None, "", _("Earnings of the current year"), earnings, start, as_of),
    ]
    computed = [row for row in computed if row.amount or keep]

    def section(section: Section, extra: Sequence[StatementRow] = ()) -> StatementSection:
        chosen = [account for account in accounts if account.section == section]
        groups = _groups(chosen, lambda account: at_end.get(account.pk, NOTHING).balance, keep)
        if extra:
            groups = _with_rows(groups, AccountKind.RETAINED_EARNINGS, extra)
        return StatementSection(section, groups)

    return BalanceSheet(
        company_id=company_id,
        currency=company.currency_id,
        as_of=as_of,
        year_start=start,
        assets=section(Section.ASSETS),
        liabilities=section(Section.LIABILITIES),
        equity=section(Section.EQUITY, computed),
        earnings=earnings,
    )


def income_statement(
    *, company_id: int, date_from: dt.date, date_to: dt.date, keep: Collection[int] = ()
) -> IncomeStatement:
    """The income statement of a time, both days included.

    :param keep: accounts that have a row even with nothing on them, for a statement that stands beside another.
    """
    company = Company.objects.get(pk=company_id)
    before, after = turnovers_before(company_id, [date_from, next_day(date_to)])
    accounts = [account for account in chart_rows(company_id) if not account.section.in_balance_sheet]
    groups = {
        group.kind: group
        for group in _groups(
            accounts, lambda account: (after.get(account.pk, NOTHING) - before.get(account.pk, NOTHING)).balance, keep
        )
    }
    layout = income_layout(chart_template(company_id))
    return IncomeStatement(company_id, company.currency_id, date_from, date_to, tuple(_income_parts(groups, layout)))


def chart_template(company_id: int) -> ChartTemplate:
    """The template of the company's chart; the generic one for a company without a ledger."""
    found = Chart.objects.filter(company_id=company_id).values_list("template", flat=True).first()
    return ChartTemplate(found or ChartTemplate.IFRS)


def _income_parts(
    groups: dict[AccountKind, StatementGroup], layout: Iterable[ResultLine]
) -> Iterable[StatementGroup | Subtotal]:
    amount, so_far = ZERO, tuple[AccountKind, ...]()
    for line in layout:
        for kind in line.kinds:
            if kind in groups:
                amount += groups[kind].total if kind.section == Section.INCOME else -groups[kind].total
                yield groups[kind]
        so_far += line.kinds
        yield Subtotal(line.result, so_far, amount)


def _groups(accounts: Iterable[ChartRow], balance: Amount, keep: Collection[int]) -> tuple[StatementGroup, ...]:
    """Accounts with an amount, or to be kept, by kind, in the order of the kinds."""
    rows: dict[AccountKind, list[StatementRow]] = {kind: [] for kind in AccountKind}
    for account in accounts:
        kind = account.kind
        amount = balance(account) if kind.section.is_debit else -balance(account)
        if amount or account.pk in keep:
            rows[kind].append(StatementRow(account.pk, account.code, account.name, amount))
    return tuple(StatementGroup(kind, tuple(found)) for kind, found in rows.items() if found)


def _with_rows(
    groups: tuple[StatementGroup, ...], kind: AccountKind, extra: Sequence[StatementRow]
) -> tuple[StatementGroup, ...]:
    """The groups with rows added to one kind, which comes last when it was empty."""
    found = {group.kind: group.rows for group in groups}
    found[kind] = (*found.get(kind, ()), *extra)
    return tuple(StatementGroup(kind, rows) for kind, rows in found.items())
