"""Opening fiscal years, closing and reopening accounting periods."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core.company.models import Company
from core.errors import InvalidInputError
from core.events.outbox import record
from erp.ledger.calendar import fiscal_year_of, next_day, next_month
from erp.ledger.enums import PeriodStatus
from erp.ledger.events import PeriodClosed, PeriodReopened
from erp.ledger.models import AccountingPeriod, FiscalYear, PeriodChange

if TYPE_CHECKING:
    from core.access.models import User

AHEAD = dt.timedelta(days=60)


def open_fiscal_year(*, company_id: int, year: int, user: User | None, now: dt.datetime) -> FiscalYear:
    """Open the fiscal year that ends in the calendar year `year`, with a period for each of its months. Opening it
    again changes nothing.

    :raises InvalidInputError: when it would overlap a year that was opened under another fiscal calendar.
    """
    with transaction.atomic():
        company = Company.objects.select_for_update(of=("self",)).get(pk=company_id)
        existing = FiscalYear.objects.filter(company_id=company_id, year=year).first()
        if existing is not None:
            return existing
        start, end = fiscal_year_of(year, company.fiscal_year_start_month)
        if FiscalYear.objects.filter(company_id=company_id, start_date__lte=end, end_date__gte=start).exists():
            raise InvalidInputError(
                _("The fiscal year %(year)s would overlap another one.") % {"year": year},
                code="fiscal_years_overlap",
                field="year",
            )
        fiscal_year = FiscalYear.objects.create(
            company_id=company_id, year=year, start_date=start, end_date=end, created_by=user
        )
        _create_periods(fiscal_year, user)
    return fiscal_year


def open_coming_fiscal_years(*, now: dt.datetime, ahead: dt.timedelta = AHEAD) -> list[FiscalYear]:
    """Open the next fiscal year of every company whose last one ends soon, so that nobody is refused on its first day.

    The caller sees all companies.
    """
    last = FiscalYear.objects.values("company_id").annotate(year=Max("year"), end=Max("end_date"))
    ending = last.filter(end__lt=now.date() + ahead, end__gte=now.date() - ahead)
    return [open_fiscal_year(company_id=row["company_id"], year=row["year"] + 1, user=None, now=now) for row in ending]


def _create_periods(fiscal_year: FiscalYear, user: User | None) -> None:
    periods: list[AccountingPeriod] = []
    start = fiscal_year.start_date
    while start <= fiscal_year.end_date:
        following = next_month(start)
        periods.append(
            AccountingPeriod(
                company_id=fiscal_year.company_id,
                fiscal_year=fiscal_year,
                number=len(periods) + 1,
                start_date=start,
                end_date=following - dt.timedelta(days=1),
                created_by=user,
            )
        )
        start = following
    AccountingPeriod.objects.bulk_create(periods)


def close_period(*, accounting_period_id: int, user: User | None, now: dt.datetime) -> AccountingPeriod:
    """Close a period: from now on no entry may bear a date in it. Waits for postings that are under way. Closing it
    again changes nothing.

    :raises InvalidInputError: while an earlier period is open.
    """
    with transaction.atomic():
        period = _locked(accounting_period_id)
        if period.status == PeriodStatus.CLOSED:
            return period
        earlier = AccountingPeriod.objects.filter(
            company_id=period.company_id, status=PeriodStatus.OPEN, end_date__lt=period.start_date
        )
        first = earlier.order_by("start_date").first()
        if first is not None:
            raise InvalidInputError(
                _("Period %(period)s is still open.") % {"period": first},
                code="earlier_period_open",
                hint=_("Close periods in their order."),
            )
        _change(period, PeriodStatus.CLOSED, "", user, now)
        record(PeriodClosed(period.pk), company_id=period.company_id)
    return period


def reopen_period(*, accounting_period_id: int, reason: str, user: User | None, now: dt.datetime) -> AccountingPeriod:
    """Open a closed period again. Opening an open one changes nothing.

    :raises InvalidInputError: without a reason, or while a later period is closed.
    """
    if not reason.strip():
        raise InvalidInputError(_("Opening a period again needs a reason."), code="reason_required", field="reason")
    with transaction.atomic():
        period = _locked(accounting_period_id)
        if period.status == PeriodStatus.OPEN:
            return period
        later = AccountingPeriod.objects.filter(
            company_id=period.company_id, status=PeriodStatus.CLOSED, start_date__gte=next_day(period.end_date)
        )
        last = later.order_by("-start_date").first()
        if last is not None:
            raise InvalidInputError(
                _("The later period %(period)s is closed.") % {"period": last},
                code="later_period_closed",
                hint=_("Open the latest closed period first."),
            )
        _change(period, PeriodStatus.OPEN, reason.strip(), user, now)
        record(PeriodReopened(period.pk), company_id=period.company_id)
    return period


def _locked(period_id: int) -> AccountingPeriod:
    """A full lock: postings hold a key lock on their period until they commit, and this waits for it."""
    return AccountingPeriod.objects.select_for_update(of=("self",)).get(pk=period_id)


def _change(period: AccountingPeriod, status: PeriodStatus, reason: str, user: User | None, now: dt.datetime) -> None:
    period.status = status
    period.version += 1
    period.save(update_fields=["status", "version", "updated_at"])
    PeriodChange.objects.create(
        company_id=period.company_id, period=period, status=status, reason=reason, changed_at=now, changed_by=user
    )
