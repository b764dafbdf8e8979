"""The demo company, from nothing to two years of business, as a job that everybody in the company can watch.

What is done is counted in the transaction that does it, under a lock of its own. So an interrupted load goes on where
it stopped, two at once do nothing twice, and a finished one does nothing.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company
from core.company.tenancy import all_companies, use_companies
from core.errors import InvalidInputError
from core.events.outbox import postponed
from core.jobs.enums import JobStatus
from core.jobs.models import JobRun
from core.jobs.operations import JobCancelledError, execute_job
from core.jobs.registry import job
from erp.banking.models import CashAccount
from integration.demo.life import live
from integration.demo.masters import Size, make_masters, read_masters
from integration.demo.month import PARTS, Month
from integration.demo.people import give_password, make_people
from integration.setup import set_up_company

KIND = "integration.seed_demo"
NAME = "Lumen & Oak Trading"
MONTHS = 24
# The papers of the past are printed when the load has left the processor to others.
PAPERS_WAIT = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for, as the run keeps it: an interrupted load goes on with the day on which it began."""

    seed: int
    scale: Decimal
    months: int
    today: dt.date

    @classmethod
    def of(cls, run: JobRun) -> "Plan":
        kept = run.params
        today = dt.date.fromisoformat(kept["today"])
        return cls(int(kept["seed"]), Decimal(kept["scale"]), int(kept["months"]), today)

    def kept(self) -> dict[str, str]:
        """Plain values for the run."""
        values = {"seed": self.seed, "scale": self.scale, "months": self.months, "today": self.today}
        return {name: str(value) for name, value in values.items()}

    def firsts(self) -> list[dt.date]:
        """The first day of every month."""
        number = self.today.year * 12 + self.today.month - 1
        return [dt.date(n // 12, n % 12 + 1, 1) for n in range(number - self.months + 1, number + 1)]

    def parts(self) -> Iterator[tuple[int, dt.date, int]]:
        """Number and first day of the month, and the part; those to come are left out."""
        for number, first in enumerate(self.firsts()):
            for part, day in enumerate(PARTS):
                if first + dt.timedelta(days=day - 1) <= self.today:
                    yield number, first, part


def seed_demo(*, code: str, plan: Plan, logins: Path) -> JobRun:
    """Make the demo company of this code, or finish it; the run says what came out.

    :param logins: where the note with the password is written.
    :raises InvalidInputError: a company of this code exists and is no demo company.
    """
    run = begin_demo(code=code, plan=plan, logins=logins)
    with use_companies([run.company_id]):
        execute_job(run.pk, now=timezone.now())
        with transaction.atomic():
            run.refresh_from_db()
    return run


def begin_demo(*, code: str, plan: Plan, logins: Path) -> JobRun:
    """The empty company, its people, and the one run that fills it, queued again when it was interrupted."""
    with all_companies():
        company = _company(code, plan)
        with transaction.atomic():
            people = make_people(company)
        give_password(people, logins)
        with transaction.atomic():
            run, _new = JobRun.objects.get_or_create(
                company=company,
                kind=KIND,
                defaults={
                    "user": people[Role.DIRECTOR],
                    "params": plan.kept(),
                    "total": len(list(plan.parts())) + 1,
                    "beat_at": timezone.now(),
                },
            )
            # Whoever holds a run that says "running" is gone, or does nothing twice: see `_step`.
            JobRun.objects.filter(pk=run.pk).exclude(status=JobStatus.DONE).update(
                status=JobStatus.QUEUED, cancel_asked=False
            )
    return run


def _company(code: str, plan: Plan) -> Company:
    with transaction.atomic():
        company = set_up_company(
            code=code, name=NAME, country="DE", currency_code="EUR", first_year=plan.firsts()[0].year,
            user=None, now=Month.at(plan.today), is_demo=True,
        )  # fmt: skip
        if not company.is_demo:
            raise InvalidInputError(f"{company} is no demo company.", field="company", hint="Choose another code.")
        _letterhead(company)
    return company


def _letterhead(company: Company) -> None:
    """What the papers say of us: address, tax number, bank account. The numbers are nobody's."""
    company.legal_name, company.tax_number = f"{NAME} GmbH", "DE 000 000 000"
    company.address, company.email = "Hafenstraße 1\n20457 Hamburg\nGermany", "office@demo.example"
    company.save()
    ours = CashAccount.objects.filter(company=company, is_default=True)
    ours.update(bank_name="Demo Bank", iban="DE00 0000 0000 0000 0000 00", bic="DEMODEXXXXX")


@job(KIND, lasts=True)
def load_demo(run: JobRun) -> str:
    """Live through all that is not done yet."""
    plan = Plan.of(run)
    with transaction.atomic():
        company = Company.objects.get(pk=run.company_id)
        people = {role: User.objects.get(memberships__company=company, memberships__role=role) for role in Role}
    parts = list(plan.parts())
    size = Size().times(plan.scale)
    for step in range(run.done, len(parts) + 1):
        with postponed(PAPERS_WAIT), transaction.atomic():
            if not _claim(run, step):
                continue
            if step == 0:
                now = Month.at(plan.firsts()[0])
                make_masters(company, size, seed=plan.seed, owner=people[Role.SALESPERSON], now=now)
            else:
                number, first, part = parts[step - 1]
                masters = read_masters(company)
                live(Month(company, first, part, number, plan.months, plan.today, plan.seed, size, people, masters))
            JobRun.objects.filter(pk=run.pk).update(done=step + 1, beat_at=timezone.now())
        _stop_if_asked(run)
    return _("The demo company is complete.")


def _claim(run: JobRun, step: int) -> bool:
    """Take the step, unless somebody else has done it meanwhile; whoever is doing it is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [KIND, run.company_id])
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(settings.LOCK_TIMEOUT_MS)])
    done: int = JobRun.objects.values_list("done", flat=True).get(pk=run.pk)
    return done == step


def _stop_if_asked(run: JobRun) -> None:
    with transaction.atomic():
        if JobRun.objects.filter(pk=run.pk, cancel_asked=True).exists():
            raise JobCancelledError
