"""Balances equal a full scan of the lines, whatever is folded and wherever the cut lies."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.ledger.calendar import fiscal_year_of, fiscal_year_start, next_month
from erp.ledger.models import BalanceDelta, DayBalance, JournalLine, MonthBalance
from erp.ledger.operations import fold_balances
from erp.ledger.posting import EntryLine, post_entries
from erp.ledger.queries import account_balance, balance_differences, trial_balance
from erp.ledger.queries.turnovers import NOTHING, turnovers_before
from tests.factories.ledger import NOW, account, accounts, company_with_ledger, entry_input, posted

pytestmark = pytest.mark.django_db
DAYS = st.dates(dt.date(2025, 11, 15), dt.date(2026, 3, 15))


def scanned(company, cut):
    """Debit and credit of every account before a day, line by line."""
    lines = JournalLine.objects.filter(company=company, entry_date__lt=cut)
    sums = lines.values_list("account_id").annotate(debit=Sum("debit"), credit=Sum("credit"))
    return {pk: (debit, credit) for pk, debit, credit in sums}


def read(company, *cuts):
    return [
        {pk: (turnover.debit, turnover.credit) for pk, turnover in cut.items()}
        for cut in turnovers_before(company.pk, cuts)
    ]


@given(
    entries=st.lists(
        st.tuples(DAYS, st.integers(0, 4), st.integers(0, 4), st.decimals("0.01", "9999.99", places=2), st.booleans()),
        min_size=1,
        max_size=25,
    ),
    cuts=st.lists(DAYS, min_size=1, max_size=4),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_balances_are_the_sum_of_the_lines(entries, cuts):
    with transaction.atomic():
        company = company_with_ledger()
        ids = accounts(company, "1010", "3000", "4000", "5000", "6000")
        for day, debit, credit, amount, folds in entries:
            lines = [EntryLine(ids[debit], debit=amount), EntryLine(ids[credit], credit=amount)]
            post_entries(company_id=company.pk, entries=[entry_input(company, day, lines=lines)], user=None, now=NOW)
            if folds:
                fold_balances()
        assert read(company, *cuts) == [scanned(company, cut) for cut in cuts]
        assert balance_differences(company_id=company.pk) == []
        fold_balances()
        assert BalanceDelta.objects.count() == 0
        assert read(company, *cuts) == [scanned(company, cut) for cut in cuts]
        assert balance_differences(company_id=company.pk) == []
        transaction.set_rollback(True)


def test_cuts_at_every_edge_of_a_month():
    company = company_with_ledger()
    for day in (dt.date(2026, 1, 31), dt.date(2026, 2, 1), dt.date(2026, 2, 28), dt.date(2026, 3, 1)):
        posted(company, on=day)
    cuts = [dt.date(2026, 1, 31), dt.date(2026, 2, 1), dt.date(2026, 2, 2), dt.date(2026, 3, 1), dt.date(2026, 3, 2)]
    for _ in range(2):
        assert read(company, *cuts) == [scanned(company, cut) for cut in cuts]
        fold_balances()
    assert (DayBalance.objects.count(), MonthBalance.objects.count()) == (8, 6)


def test_cuts_come_in_the_order_asked_and_may_repeat():
    company = company_with_ledger()
    posted(company, on=dt.date(2026, 2, 10))
    late, early = dt.date(2026, 2, 11), dt.date(2026, 2, 10)
    (bank,) = accounts(company, "1010")
    cuts = turnovers_before(company.pk, [late, early, late])
    assert [cut.get(bank, NOTHING).balance for cut in cuts] == [Decimal(100), Decimal(0), Decimal(100)]


def test_one_account_is_read_alone():
    company = company_with_ledger()
    posted(company)
    (bank,) = accounts(company, "1010")
    (cut,) = turnovers_before(company.pk, [dt.date(2026, 4, 1)], bank)
    assert list(cut) == [bank]
    fold_balances()
    assert turnovers_before(company.pk, [dt.date(2026, 4, 1)], bank) == [cut]


def test_folding_twice_changes_nothing():
    company = company_with_ledger()
    posted(company)
    assert (fold_balances(), fold_balances()) == (2, 0)
    assert account_balance(company_id=company.pk, account_id=account(company, "1010").pk, as_of=NOW.date()) == 100


def test_companies_do_not_mix():
    company, other = company_with_ledger(), company_with_ledger()
    posted(company, "10.00")
    posted(other, "20.00")
    fold_balances()
    balances = [trial_balance(company_id=one.pk, as_of=NOW.date()).total_debit for one in (company, other)]
    assert balances == [Decimal(10), Decimal(20)]


def test_a_difference_between_balances_and_lines_is_found():
    company = company_with_ledger()
    posted(company)
    fold_balances()
    DayBalance.objects.filter(account__code="1010").update(debit=Decimal(99))
    (difference,) = balance_differences(company_id=company.pk)
    assert difference == (account(company, "1010").pk, dt.date(2026, 3, 1), Decimal(1), Decimal(0))


@pytest.mark.parametrize(
    ("day", "first_month", "start"),
    [
        (dt.date(2026, 3, 31), 1, dt.date(2026, 1, 1)),
        (dt.date(2026, 3, 31), 4, dt.date(2025, 4, 1)),
        (dt.date(2026, 4, 1), 4, dt.date(2026, 4, 1)),
    ],
)
def test_the_fiscal_year_of_a_day(day, first_month, start):
    assert fiscal_year_start(day, first_month) == start


def test_fiscal_years_and_months():
    assert fiscal_year_of(2026, 1) == (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert fiscal_year_of(2026, 7) == (dt.date(2025, 7, 1), dt.date(2026, 6, 30))
    assert next_month(dt.date(2025, 12, 5)) == dt.date(2026, 1, 1)
