"""Trial balance, balance sheet and income statement: exact figures of a small book over two years."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.ledger.enums import AccountKind, Section
from erp.ledger.operations import fold_balances
from erp.ledger.queries import balance_sheet, income_statement, trial_balance
from tests.factories.ledger import company_with_ledger, posted

pytestmark = pytest.mark.django_db
END = dt.date(2026, 3, 31)


@pytest.fixture
def book():
    """2025: capital 1000, sales 500, rent 200. 2026: sales 300 (cost 120), interest 10, tax 30; in April sales 77."""
    company = company_with_ledger()
    last_year, this_year = dt.date(2025, 6, 1), dt.date(2026, 2, 10)
    posted(company, "1000.00", on=last_year)
    posted(company, "500.00", on=last_year, credit="4000")
    posted(company, "200.00", on=last_year, debit="6030", credit="1010")
    posted(company, "300.00", on=this_year, credit="4000")
    posted(company, "120.00", on=this_year, debit="5000", credit="1240")
    posted(company, "10.00", on=END, debit="7000", credit="1010")
    posted(company, "30.00", on=END, debit="7100", credit="2130")
    posted(company, "77.00", on=dt.date(2026, 4, 1), credit="4000")
    return company


def rows_of(balance):
    return [(row.code, row.opening, row.debit, row.credit, row.closing) for row in balance.rows]


@pytest.mark.parametrize("folded", [False, True])
def test_the_trial_balance_of_a_year(book, folded):
    if folded:
        fold_balances()
    balance = trial_balance(company_id=book.pk, as_of=END)
    assert (balance.date_from, balance.date_to, balance.currency) == (dt.date(2026, 1, 1), END, "EUR")
    assert rows_of(balance) == [
        ("1010", 1300, 300, 10, 1590),
        ("1240", 0, 0, 120, -120),
        ("2130", 0, 0, 30, -30),
        ("3000", -1000, 0, 0, -1000),
        ("4000", 0, 0, 300, -300),
        ("5000", 0, 120, 0, 120),
        ("7000", 0, 10, 0, 10),
        ("7100", 0, 30, 0, 30),
        ("", -300, 0, 0, -300),
    ]
    assert (balance.total_opening, balance.total_debit, balance.total_credit) == (0, 460, 460)
    assert balance.total_debit_balance == balance.total_credit_balance == 1750
    assert (balance.closing("1010"), balance.closing("9999")) == (1590, 0)


def test_the_trial_balance_of_some_days(book):
    balance = trial_balance(company_id=book.pk, date_from=dt.date(2026, 3, 1), date_to=END)
    rows = {row.code: (row.opening, row.debit, row.credit) for row in balance.rows}
    assert rows["4000"] == (-300, 0, 0)
    assert rows["1010"] == (1600, 0, 10)
    assert rows[""] == (-300, 0, 0)
    assert balance.total_opening == 0
    assert balance.total_debit == balance.total_credit == 40


def test_a_trial_balance_needs_an_end(book):
    with pytest.raises(TypeError):
        trial_balance(company_id=book.pk, date_from=END)


def test_the_first_year_has_no_earlier_earnings(book):
    balance = trial_balance(company_id=book.pk, as_of=dt.date(2025, 12, 31))
    assert [row.code for row in balance.rows] == ["1010", "3000", "4000", "6030"]
    assert balance.total_opening == balance.total_debit_balance - balance.total_credit_balance == 0


def test_a_day_outside_the_opened_years_goes_by_the_calendar(book):
    balance = trial_balance(company_id=book.pk, as_of=dt.date(2029, 5, 5))
    assert balance.date_from == dt.date(2029, 1, 1)
    assert balance.total_debit_balance == balance.total_credit_balance


@pytest.mark.parametrize("folded", [False, True])
def test_the_balance_sheet(book, folded):
    if folded:
        fold_balances()
    sheet = balance_sheet(company_id=book.pk, as_of=END)
    found = {
        section.section: [(group.kind, [(row.code, row.amount) for row in group.rows]) for group in section.groups]
        for section in sheet.sections
    }
    assert found == {
        Section.ASSETS: [(AccountKind.BANK_CASH, [("1010", 1590)]), (AccountKind.INVENTORY, [("1240", -120)])],
        Section.LIABILITIES: [(AccountKind.TAX_LIABILITY, [("2130", 30)])],
        Section.EQUITY: [
            (AccountKind.CAPITAL, [("3000", 1000)]),
            (AccountKind.RETAINED_EARNINGS, [("", 300), ("", 140)]),
        ],
    }
    assert (sheet.assets.total, sheet.liabilities.total, sheet.equity.total) == (1470, 30, 1440)
    assert (sheet.earnings, sheet.is_balanced, sheet.liabilities_and_equity) == (140, True, 1470)
    computed = sheet.equity.groups[-1].rows
    assert [(row.since, row.until) for row in computed] == [(None, dt.date(2025, 12, 31)), (dt.date(2026, 1, 1), END)]


def test_a_closing_entry_takes_the_place_of_the_computed_earnings(book):
    last = dt.date(2025, 12, 31)
    posted(book, "500.00", on=last, debit="4000", credit="3100")
    posted(book, "200.00", on=last, debit="3100", credit="6030")
    sheet = balance_sheet(company_id=book.pk, as_of=END)
    retained = sheet.equity.groups[-1]
    assert [(row.code, row.amount) for row in retained.rows] == [("3100", 300), ("", 140)]
    assert sheet.is_balanced


@pytest.mark.parametrize("folded", [False, True])
def test_the_income_statement(book, folded):
    if folded:
        fold_balances()
    statement = income_statement(company_id=book.pk, date_from=dt.date(2026, 1, 1), date_to=END)
    assert [(group.kind, group.total) for group in statement.groups] == [
        (AccountKind.REVENUE, 300),
        (AccountKind.COST_OF_SALES, 120),
        (AccountKind.FINANCE_COST, 10),
        (AccountKind.INCOME_TAX, 30),
    ]
    results = ("gross_profit", "operating_profit", "profit_before_tax", "net_profit")
    assert [statement.result(name) for name in results] == [180, 180, 170, 140]
    assert (statement.net_profit, statement.total(AccountKind.REVENUE), statement.total(AccountKind.OTHER_INCOME)) == (
        140,
        300,
        0,
    )


def test_profit_is_the_change_of_equity(book):
    """INV-6: from any day to any later one."""
    for start, end in [
        (dt.date(2025, 1, 1), END),
        (dt.date(2026, 1, 1), END),
        (dt.date(2026, 2, 1), dt.date(2026, 4, 9)),
    ]:
        before = balance_sheet(company_id=book.pk, as_of=start - dt.timedelta(days=1)).equity.total
        after = balance_sheet(company_id=book.pk, as_of=end).equity.total
        profit = income_statement(company_id=book.pk, date_from=start, date_to=end).net_profit
        paid_in = Decimal(1000) if start.year == 2025 else Decimal(0)
        assert after - before == profit + paid_in


def test_an_empty_book_has_empty_reports():
    company = company_with_ledger()
    assert trial_balance(company_id=company.pk, as_of=END).rows == ()
    assert balance_sheet(company_id=company.pk, as_of=END).is_balanced
    assert income_statement(company_id=company.pk, date_from=END, date_to=END).net_profit == 0


def test_reports_take_few_statements_however_large_the_book(book):
    for report, most in (
        (lambda: trial_balance(company_id=book.pk, as_of=END), 4),
        (lambda: balance_sheet(company_id=book.pk, as_of=END), 4),
        (lambda: income_statement(company_id=book.pk, date_from=END, date_to=END), 4),
    ):
        with CaptureQueriesContext(connection) as queries:
            report()
        assert len(queries) == most
