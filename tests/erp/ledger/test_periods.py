"""Fiscal years and periods: opening, closing in order, reopening with a reason."""

import datetime as dt
from itertools import pairwise

import pytest
from django.db import transaction

from core.errors import InvalidInputError
from core.events.models import OutboxEvent
from core.events.outbox import subscribe
from erp.ledger.enums import PeriodStatus
from erp.ledger.events import PeriodClosed, PeriodReopened
from erp.ledger.models import AccountingPeriod, FiscalYear, PeriodChange
from erp.ledger.operations import close_period, open_coming_fiscal_years, open_fiscal_year, reopen_period
from tests.factories.company import CompanyFactory, UserFactory
from tests.factories.ledger import NOW, company_with_ledger, period_of, posted

pytestmark = pytest.mark.django_db


def month(company, number):
    return period_of(company, dt.date(2026, number, 1))


def close(period, user=None):
    return close_period(accounting_period_id=period.pk, user=user, now=NOW)


def reopen(period, reason="Forgotten invoice", user=None):
    return reopen_period(accounting_period_id=period.pk, reason=reason, user=user, now=NOW)


def test_a_fiscal_year_has_a_period_for_each_month():
    company = CompanyFactory(fiscal_year_start_month=4)
    year = open_fiscal_year(company_id=company.pk, year=2026, user=None, now=NOW)
    assert (year.start_date, year.end_date) == (dt.date(2025, 4, 1), dt.date(2026, 3, 31))
    periods = list(year.periods.order_by("number"))
    assert [period.number for period in periods] == list(range(1, 13))
    assert (periods[0].start_date, periods[-1].end_date) == (year.start_date, year.end_date)
    assert all(later.start_date - earlier.end_date == dt.timedelta(days=1) for earlier, later in pairwise(periods))


def test_opening_a_year_twice_changes_nothing():
    company = CompanyFactory()
    first = open_fiscal_year(company_id=company.pk, year=2026, user=None, now=NOW)
    assert open_fiscal_year(company_id=company.pk, year=2026, user=None, now=NOW) == first
    assert AccountingPeriod.objects.count() == 12


def test_years_do_not_overlap():
    company = CompanyFactory()
    open_fiscal_year(company_id=company.pk, year=2026, user=None, now=NOW)
    company.fiscal_year_start_month = 4
    company.save()
    with pytest.raises(InvalidInputError) as refusal:
        open_fiscal_year(company_id=company.pk, year=2027, user=None, now=NOW)
    assert refusal.value.code == "fiscal_years_overlap"
    assert FiscalYear.objects.count() == 1


def test_the_coming_year_is_opened_in_time():
    soon, later = CompanyFactory(), CompanyFactory()
    open_fiscal_year(company_id=soon.pk, year=2026, user=None, now=NOW)
    open_fiscal_year(company_id=later.pk, year=2027, user=None, now=NOW)
    december = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    assert [year.year for year in open_coming_fiscal_years(now=december)] == [2027]
    assert open_coming_fiscal_years(now=december) == []
    assert set(FiscalYear.objects.filter(company=soon).values_list("year", flat=True)) == {2026, 2027}


def test_closing_and_reopening_leave_their_trace():
    subscribe(PeriodClosed, _ignore)
    subscribe(PeriodReopened, _ignore)
    company, user = company_with_ledger(first_year=2026), UserFactory()
    january = close(month(company, 1), user)
    assert (january.status, january.version) == (PeriodStatus.CLOSED, 2)
    january = reopen(january, "  Forgotten invoice ", user)
    assert (january.status, january.version) == (PeriodStatus.OPEN, 3)
    changes = PeriodChange.objects.filter(period=january).order_by("id")
    assert [(change.status, change.reason, change.changed_by, change.changed_at) for change in changes] == [
        ("closed", "", user, NOW),
        ("open", "Forgotten invoice", user, NOW),
    ]
    events = OutboxEvent.objects.filter(company=company).order_by("id").values_list("kind", "payload")
    assert list(events) == [
        ("erp.ledger.PeriodClosed", {"accounting_period_id": january.pk}),
        ("erp.ledger.PeriodReopened", {"accounting_period_id": january.pk}),
    ]


def _ignore(event):
    """Somebody who listens, so that events are written at all."""


def test_doing_it_twice_changes_nothing():
    company = company_with_ledger(first_year=2026)
    january = month(company, 1)
    assert reopen(january).version == 1
    assert (close(january).version, close(january).version) == (2, 2)
    assert (reopen(january).version, reopen(january).version) == (3, 3)
    assert PeriodChange.objects.count() == 2


def test_periods_close_in_their_order():
    company = company_with_ledger(first_year=2026)
    with pytest.raises(InvalidInputError) as refusal, transaction.atomic():
        close(month(company, 2))
    assert refusal.value.code == "earlier_period_open"
    assert "2026-01" in str(refusal.value)
    assert month(company, 2).status == PeriodStatus.OPEN


def test_the_latest_closed_period_opens_first():
    company = company_with_ledger(first_year=2026)
    close(month(company, 1))
    close(month(company, 2))
    with pytest.raises(InvalidInputError) as refusal, transaction.atomic():
        reopen(month(company, 1))
    assert refusal.value.code == "later_period_closed"
    reopen(month(company, 2))
    assert reopen(month(company, 1)).status == PeriodStatus.OPEN


def test_reopening_needs_a_reason():
    company = company_with_ledger(first_year=2026)
    january = close(month(company, 1))
    with pytest.raises(InvalidInputError) as refusal:
        reopen(january, "   ")
    assert (refusal.value.code, refusal.value.field) == ("reason_required", "reason")
    assert month(company, 1).status == PeriodStatus.CLOSED


def test_a_reopened_period_takes_entries_again():
    company = company_with_ledger(first_year=2026)
    reopen(close(month(company, 1)))
    assert posted(company, on=dt.date(2026, 1, 3)).number == "GEN-2026-00001"
