"""The demo company, from nothing to two years of business. Every month is one transaction and marked when done, so an
interrupted run goes on where it stopped, and a finished one does nothing."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from core.access.enums import Role
from core.company.models import Company
from core.company.tenancy import all_companies, use_companies
from core.errors import InvalidInputError
from core.jobs.enums import JobStatus
from core.jobs.models import JobRun
from core.jobs.operations import report
from erp.inventory.models import StockAdjustment
from erp.inventory.operations import post_opening_stock
from integration.demo.buying import buy
from integration.demo.masters import Masters, Size, make_masters
from integration.demo.month import Month
from integration.demo.people import give_password, make_people
from integration.demo.selling import collect, sell
from integration.demo.support import support
from integration.setup import set_up_company

KIND = "integration.seed_demo"
MONTHS = 24
Progress = Callable[[int, int], None]


def seed_demo(
    *,
    code: str,
    seed: int,
    scale: Decimal,
    today: dt.date,
    logins: Path,
    months: int = MONTHS,
    progress: Progress = lambda done, total: None,
) -> Company:
    """Make the demo company of this code, or finish it.

    :param logins: where the note with the password is written.
    :raises InvalidInputError: a company of this code exists and is no demo company.
    """
    firsts = _months(today, months)
    with all_companies():
        company = _company(code, firsts[0])
        with transaction.atomic():
            people = make_people(company)
        give_password(people, logins)
    with use_companies([company.pk]):
        run = _run(company, people[Role.DIRECTOR].pk, len(firsts))
        if run.status == JobStatus.DONE:
            return company
        size = Size().times(scale)
        with transaction.atomic():
            masters = make_masters(company, size, seed=seed, owner=people[Role.SALESPERSON], now=Month.at(firsts[0]))
        month = Month(company, firsts[0], today, seed, size, people, masters)
        _open_stock(month, masters)
        for number, first in enumerate(firsts):
            if number >= run.done:
                _live(replace(month, first=first))
                report(run, done=number + 1, total=len(firsts))
            progress(number + 1, len(firsts))
        _finish(run)
    return company


def _months(today: dt.date, count: int) -> list[dt.date]:
    number = today.year * 12 + today.month - 1
    return [dt.date(n // 12, n % 12 + 1, 1) for n in range(number - count + 1, number + 1)]


def _company(code: str, first: dt.date) -> Company:
    with transaction.atomic():
        company = set_up_company(
            code=code, name="Lumen & Oak Trading", country="DE", currency_code="EUR", first_year=first.year,
            user=None, now=Month.at(first), is_demo=True,
        )  # fmt: skip
        if not company.is_demo:
            raise InvalidInputError(f"{company} is no demo company.", field="company", hint="Choose another code.")
    return company


def _run(company: Company, user_id: int, total: int) -> JobRun:
    """The one run of the company; whatever ended without finishing goes on."""
    with transaction.atomic():
        run, _new = JobRun.objects.get_or_create(
            company=company, kind=KIND, defaults={"user_id": user_id, "total": total, "started_at": timezone.now()}
        )
        if run.status != JobStatus.DONE:
            run.status, run.beat_at = JobStatus.RUNNING, timezone.now()
            run.save(update_fields=["status", "beat_at"])
    return run


def _open_stock(month: Month, masters: Masters) -> None:
    external_id = "demo:opening"
    with transaction.atomic():
        if StockAdjustment.objects.filter(company=month.company, external_id=external_id).exists():
            return
        rng = month.rng("opening")
        lines = [
            {"item_id": item.pk, "quantity": Decimal(rng.randint(4, 20)), "unit_cost": item.cost}
            for item in masters.items
        ]
        post_opening_stock(
            company_id=month.company.pk, document_date=month.first, lines=lines, external_id=external_id,
            user=month.people[Role.WAREHOUSE], now=month.at(month.first),
        )  # fmt: skip


def _live(month: Month) -> None:
    with transaction.atomic():
        collect(month)
        buy(month)
        sell(month)
        support(month)


def _finish(run: JobRun) -> None:
    with transaction.atomic():
        JobRun.objects.filter(pk=run.pk).update(
            status=JobStatus.DONE, finished_at=timezone.now(), summary="The demo company is complete."
        )
