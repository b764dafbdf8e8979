"""A job that works in one long transaction is alive all the same, and is given to no second worker."""

import datetime as dt
import time

import pytest
from django.db import transaction
from django.utils import timezone

from core.company.tenancy import use_companies
from core.jobs import operations
from core.jobs.enums import JobStatus
from core.jobs.models import JobRun
from core.jobs.operations import MOST_DEATHS, SILENCE, execute_job, report, requeue_silent_jobs, start_job
from core.jobs.registry import job
from tests.factories.company import CompanyFactory, UserFactory

SEEN: list[list[int]] = []


@job("tests.one_transaction")
def one_transaction(run: JobRun) -> str:
    """Waits for a sign of life that it did not give itself, then asks whether another worker would take the run."""
    with transaction.atomic():
        begun = run.beat_at
        for _ in range(200):
            time.sleep(0.01)
            beat = JobRun.objects.values_list("beat_at", flat=True).get(pk=run.pk)
            if beat > begun:
                break
        silent_since_the_start = begun + SILENCE + dt.timedelta(milliseconds=5)
        SEEN.append(requeue_silent_jobs(now=silent_since_the_start))
    return "done"


@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_does_not_lose_its_job(monkeypatch):
    monkeypatch.setattr(operations, "BEAT_EVERY", 0.02)
    SEEN.clear()
    company, now = CompanyFactory(), timezone.now()
    with use_companies([company.pk]):
        with transaction.atomic():
            run = start_job("tests.one_transaction", company_id=company.pk, user=None, now=now)
        JobRun.objects.filter(pk=run.pk).update(status=JobStatus.QUEUED)
        execute_job(run.pk, now=now)
        with transaction.atomic():
            run.refresh_from_db()
    assert SEEN == [[]]
    assert (run.status, run.summary) == (JobStatus.DONE, "done")


@job("tests.nothing")
def nothing(run: JobRun) -> str:
    return "done"


def begun(user=None):
    company, now = CompanyFactory(), timezone.now()
    run = start_job("tests.nothing", company_id=company.pk, user=user, now=now)
    JobRun.objects.filter(pk=run.pk).update(status=JobStatus.QUEUED)
    return run, now


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_is_given_up():
    run, now = begun()
    seen = []
    for _time in range(MOST_DEATHS):
        JobRun.objects.filter(pk=run.pk).update(status=JobStatus.RUNNING, beat_at=now)
        requeue_silent_jobs(now=now + SILENCE + dt.timedelta(seconds=1))
        run.refresh_from_db()
        seen.append(run.status)
    assert seen == [JobStatus.QUEUED, JobStatus.QUEUED, JobStatus.FAILED]
    assert "3" in run.summary


@pytest.mark.django_db
def test_a_job_that_gets_further_starts_counting_anew():
    run, _now = begun()
    JobRun.objects.filter(pk=run.pk).update(deaths=2)
    run.refresh_from_db()
    report(run, done=1)
    run.refresh_from_db()
    assert (run.done, run.deaths) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("is_active", "status"), [(True, JobStatus.DONE), (False, JobStatus.FAILED)])
def test_a_closed_account_runs_nothing(is_active, status):
    run, now = begun(UserFactory(is_active=is_active))
    execute_job(run.pk, now=now)
    run.refresh_from_db()
    assert run.status == status
