"""The general ledger: running balances, pages, and all accounts in one run."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.ledger.operations import fold_balances
from erp.ledger.queries import LedgerCursor, general_ledger
from tests.factories.ledger import accounts, company_with_ledger, posted

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 3, 31)


@pytest.fixture
def book():
    """Bank: 1000 of last year, then 1, 2, ... 9 on four days; half of it folded."""
    company = company_with_ledger()
    posted(company, "1000.00", on=dt.date(2025, 6, 1))
    for number in range(1, 10):
        posted(company, f"{number}.00", on=dt.date(2026, 2, 1 + number // 3), credit="4000", source_number=f"D{number}")
        if number == 5:
            fold_balances()
    return company


def bank_of(company):
    return accounts(company, "1010")[0]


def pages(company, limit, account_id=None):
    after, found = None, []
    while True:
        page = general_ledger(
            company_id=company.pk, date_from=FIRST, date_to=LAST, account_id=account_id, after=after, limit=limit
        )
        found.append(page)
        if page.next is None:
            return found
        after = LedgerCursor.parse(str(page.next))


def test_a_page_runs_on_from_the_opening_balance(book):
    page = general_ledger(company_id=book.pk, date_from=FIRST, date_to=LAST, account_id=bank_of(book))
    (section,) = page.accounts
    assert (section.code, section.opening, section.carried, section.closing) == ("1010", 1000, 1000, 1045)
    assert (section.turnover.debit, section.turnover.credit) == (45, 0)
    assert [(line.debit, line.balance) for line in section.lines[:3]] == [(1, 1001), (2, 1003), (3, 1006)]
    first = section.lines[0]
    assert (first.number, first.source_number, first.source.label) == ("GEN-2026-00001", "D1", "testing.document")
    assert (page.next, page.currency) == (None, "EUR")


@pytest.mark.parametrize("limit", [1, 2, 4, 9])
def test_pages_put_together_are_the_whole(book, limit):
    whole = general_ledger(company_id=book.pk, date_from=FIRST, date_to=LAST, account_id=bank_of(book)).accounts[0]
    parts = pages(book, limit, bank_of(book))
    assert [line for page in parts for line in page.accounts[0].lines] == list(whole.lines)
    assert [page.accounts[0].opening for page in parts] == [whole.opening] * len(parts)
    for page in parts:
        section = page.accounts[0]
        assert section.lines[0].balance == section.carried + section.lines[0].debit - section.lines[0].credit


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_all_accounts_run_in_the_order_of_their_codes(book, limit):
    parts = pages(book, limit)
    lines = [(section.code, line) for page in parts for section in page.accounts for line in section.lines]
    assert [code for code, _line in lines] == ["1010"] * 9 + ["4000"] * 9
    last = {code: line.balance for code, line in lines}
    assert last == {"1010": 1045, "4000": -45}


def test_an_income_account_begins_its_year_at_zero(book):
    posted(book, "500.00", on=dt.date(2025, 12, 1), credit="4000")
    (revenue,) = accounts(book, "4000")
    for page in pages(book, 4, revenue):
        (section,) = page.accounts
        assert (section.opening, section.closing) == (0, -45)
    assert page.accounts[0].lines[-1].balance == -45


def test_an_account_without_lines_still_shows_its_balance(book):
    page = general_ledger(company_id=book.pk, date_from=dt.date(2026, 3, 1), date_to=LAST, account_id=bank_of(book))
    (section,) = page.accounts
    assert (section.opening, section.carried, section.closing, section.lines, page.next) == (1045, 1045, 1045, (), None)


def test_without_an_account_only_those_that_moved_are_shown(book):
    page = general_ledger(company_id=book.pk, date_from=dt.date(2026, 3, 1), date_to=LAST)
    assert page.accounts == ()


def test_a_later_page_costs_no_more_statements(book):
    wanted = {"company_id": book.pk, "date_from": FIRST, "date_to": LAST, "account_id": bank_of(book), "limit": 2}
    first = general_ledger(**wanted)
    with CaptureQueriesContext(connection) as one:
        general_ledger(**wanted)
    with CaptureQueriesContext(connection) as later:
        general_ledger(**wanted, after=first.next)
    assert (len(one), len(later)) == (5, 6)


@pytest.mark.parametrize("text", ["", "x", "2026-01-01_1", "2026-13-01_1_1010", "2026-01-01_x_1010"])
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(ValueError):
        LedgerCursor.parse(text)
