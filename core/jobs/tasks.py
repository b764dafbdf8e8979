"""Celery tasks of the machinery: run a job, and the tick that drives everything periodic."""

import logging

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from core.company.tenancy import all_companies, use_companies
from core.events.tasks import sweep
from core.jobs.heartbeat import beat
from core.jobs.models import JobRun
from core.jobs.operations import execute_job, requeue_silent_jobs
from core.jobs.schedules import run_due_schedules

log = logging.getLogger(__name__)


def hint_job(run_id: int) -> None:
    """Ask a worker to take the run now; without a broker the tick will."""
    try:
        run_job.apply_async((run_id,), retry=False, ignore_result=True)
    except Exception as error:
        log.warning("no hint sent, the tick will start the job", extra={"run_id": run_id, "error": str(error)})


@shared_task
def run_job(run_id: int) -> None:
    """Run one job within its own company."""
    with all_companies(), transaction.atomic():
        company_id = JobRun.objects.values_list("company_id", flat=True).filter(pk=run_id).first()
    if company_id is not None:
        with use_companies([company_id]):
            execute_job(run_id, now=timezone.now())


@shared_task
def tick() -> None:
    """Every 15 seconds: sign of life, lost hints, dead workers' jobs, schedules that are due."""
    now = timezone.now()
    with all_companies():
        beat("worker", now=now)
        with transaction.atomic():
            waiting = requeue_silent_jobs(now=now)
        run_due_schedules(now=now)
    for run_id in waiting:
        hint_job(run_id)
    sweep()
