"""The days that a preset means."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise

import pytest

from core.company.models import Company
from erp.ledger.operations import open_fiscal_year
from erp.ledger.queries import balance_sheet, general_ledger, income_statement, trial_balance, year_start
from erp.ledger.reports.forms import presets
from reporting.forms import days_of
from reporting.periods import Period, Preset, period_of
from tests.factories.ledger import NOW, company_with_ledger, posted

DAY = dt.date(2026, 2, 14)


@pytest.mark.parametrize(
    ("year_start", "preset", "first", "last"),
    [
        ("2026-01-01", "month", "2026-02-01", "2026-02-28"),
        ("2026-01-01", "last_month", "2026-01-01", "2026-01-31"),
        ("2026-01-01", "quarter", "2026-01-01", "2026-03-31"),
        ("2026-01-01", "year", "2026-01-01", "2026-12-31"),
        ("2026-01-01", "last_year", "2025-01-01", "2025-12-31"),
        ("2026-01-01", "12_months", "2025-03-01", "2026-02-28"),
        ("2025-04-01", "quarter", "2026-01-01", "2026-03-31"),
        ("2025-04-01", "year", "2025-04-01", "2026-03-31"),
        ("2025-04-01", "last_year", "2024-04-01", "2025-03-31"),
        ("2025-03-01", "quarter", "2025-12-01", "2026-02-28"),
        ("2026-02-01", "quarter", "2026-02-01", "2026-04-30"),
    ],
)
def test_presets(year_start: str, preset: str, first: str, last: str) -> None:
    """Years and quarters are those of the fiscal year, as in the statements."""
    found = period_of(preset, DAY, dt.date.fromisoformat(year_start))
    assert found == Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.django_db
def test_a_fiscal_year_from_april_is_the_year_of_statements_and_dashboards() -> None:
    """Until 31 March 2026 the earnings of the year before are carried in equity, from April those of this one too. A
    sale of 100 on 31 March and one of 40 on 1 April lie in two years everywhere."""
    company = company_with_ledger(first_year=2025, fiscal_year_start_month=4)
    open_fiscal_year(company_id=company.pk, year=2027, user=None, now=NOW)
    for day, amount in (("2025-03-31", 7), ("2026-03-31", 100), ("2026-04-01", 40)):
        posted(company, amount, on=dt.date.fromisoformat(day), debit="1010", credit="4000")
    april = dt.date(2026, 4, 2)
    assert days_of(Preset.YEAR, company, april) == Period(dt.date(2026, 4, 1), dt.date(2027, 3, 31))
    assert presets(april, year_start(company, april))[0].date_from == dt.date(2026, 4, 1)
    assert [earned(company, dt.date(2026, 3, 31)), earned(company, april)] == [(7, 100), (107, 40)]
    balance = trial_balance(company_id=company.pk, as_of=april)
    assert (balance.date_from, balance.closing("4000"), balance.closing("")) == (dt.date(2026, 4, 1), -40, -107)
    ledger = general_ledger(company_id=company.pk, date_from=dt.date(2026, 4, 1), date_to=april)
    assert [(account.code, account.opening, account.closing) for account in ledger.accounts] == [
        ("1010", 107, 147), ("4000", 0, -40),
    ]  # fmt: skip


def earned(company: Company, on: dt.date) -> tuple[Decimal, Decimal]:
    """What the balance sheet of the day carries from earlier years and from the running one; the income statement of
    the year says the same."""
    sheet = balance_sheet(company_id=company.pk, as_of=on)
    income = income_statement(company_id=company.pk, date_from=sheet.year_start, date_to=on)
    assert sheet.is_balanced
    assert income.net_profit == sheet.earnings
    return sheet.equity.total - sheet.earnings, sheet.earnings


def test_whole_months_come_before_whole_months() -> None:
    quarter = Period(dt.date(2026, 1, 1), dt.date(2026, 3, 31))
    assert quarter.previous == Period(dt.date(2025, 10, 1), dt.date(2025, 12, 31))
    week = Period(dt.date(2026, 2, 8), dt.date(2026, 2, 14))
    assert week.previous == Period(dt.date(2026, 2, 1), dt.date(2026, 2, 7))


@pytest.mark.parametrize(
    ("first", "last", "count", "names"),
    [
        ("2026-02-01", "2026-02-28", 28, ("1 Feb", "28 Feb")),
        ("2026-01-15", "2026-03-10", 3, ("Jan 26", "Mar 26")),
        ("1996-07-04", "2001-05-06", 20, ("Q3 1996", "Q2 2001")),
        ("2001-06-01", "2026-11-25", 26, ("2001", "2026")),
    ],
)
def test_the_steps_of_a_period_are_the_period(first: str, last: str, count: int, names: tuple[str, str]) -> None:
    period = Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    steps = period.steps
    assert (steps[0].date_from, steps[-1].date_to, len(steps)) == (period.date_from, period.date_to, count)
    assert all(after.date_from == step.date_to + dt.timedelta(days=1) for step, after in pairwise(steps))
    assert (steps[0].name(period.grain), steps[-1].name(period.grain)) == names


def test_all_time_of_a_new_company_is_twelve_months() -> None:
    assert period_of("all", DAY, DAY) == period_of("12_months", DAY, DAY)
