"""Starting, reporting, stopping and resuming jobs."""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from threading import Event, Thread
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access.models import User
from core.audit.acts import acting
from core.errors import DomainError, NotAllowedError
from core.jobs.enums import OPEN_STATUSES, JobStatus
from core.jobs.models import JobRow, JobRun
from core.jobs.registry import job_named

log = logging.getLogger(__name__)
SILENCE = dt.timedelta(seconds=20)
MOST_DEATHS = 3
"""Workers that may die over a job without its getting further: then the job is what kills them."""
BEAT_EVERY = 4.0
"""Seconds between two signs of life of a running job."""


class JobCancelledError(Exception):
    """Raised inside a job by `report` when somebody asked it to stop."""


def start_job(
    kind: str,
    *,
    company_id: int,
    user: User | None,
    now: dt.datetime,
    params: dict[str, Any] | None = None,
    total: int = 0,
) -> JobRun:
    """Queue a run; a worker takes it after the commit, or the sweeper does."""
    from core.jobs.tasks import hint_job  # noqa: PLC0415 - the tasks need this module

    job_named(kind)
    run = JobRun.objects.create(
        company_id=company_id, kind=kind, user=user, params=params or {}, total=total, beat_at=now
    )
    transaction.on_commit(lambda: hint_job(run.pk), robust=True)
    return run


def execute_job(run_id: int, *, now: dt.datetime) -> None:
    """Run a queued job to its end and write down what came out. A run that another worker holds is left alone."""
    with transaction.atomic():
        run = JobRun.objects.select_for_update(skip_locked=True).filter(pk=run_id, status=JobStatus.QUEUED).first()
        if run is None:
            return
        run.status, run.started_at, run.beat_at = JobStatus.RUNNING, now, now
        run.save(update_fields=["status", "started_at", "beat_at"])
    try:
        # What a job changes, its person changed.
        with acting(user=run.user_id, company=run.company_id, job=run.pk), _beating(run):
            _require_open_account(run)
            summary, status = job_named(run.kind)(run), JobStatus.DONE
    except JobCancelledError:
        summary, status = _("Stopped on request."), JobStatus.CANCELLED
    except DomainError as refusal:
        summary, status = str(refusal), JobStatus.FAILED
    except Exception:
        log.exception("job failed", extra={"job": run.kind, "run_id": run.pk})
        summary, status = (
            _("The job failed. An administrator finds run %(id)s in the log.") % {"id": run.pk},
            JobStatus.FAILED,
        )
    with transaction.atomic():
        JobRun.objects.filter(pk=run.pk).update(status=status, summary=summary, finished_at=timezone.now())


def _require_open_account(run: JobRun) -> None:
    """:raises NotAllowedError: the person who asked for the job has lost the account meanwhile."""
    with transaction.atomic():
        if run.user_id is not None and not User.objects.filter(pk=run.user_id, is_active=True).exists():
            raise NotAllowedError(_("The account of the person who asked for this is closed."))


@contextmanager
def _beating(run: JobRun) -> Iterator[None]:
    """Show that the run's worker lives, however long one transaction of the job takes: a job that cannot report, such
    as an import of all rows or none, would else be given to a second worker meanwhile.

    The thread has a connection of its own. A worker that dies takes it along; one that hangs, Celery's time limit ends.
    """
    over = Event()
    # The thread sees the job's company and nobody else's, as the job itself does.
    context = copy_context()
    thread = Thread(target=context.run, args=(_beat, run.pk, over), name=f"beat-{run.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(run_id: int, over: Event) -> None:
    while not over.wait(BEAT_EVERY):
        try:
            with transaction.atomic():
                JobRun.objects.filter(pk=run_id, status=JobStatus.RUNNING).update(beat_at=timezone.now())
        except DatabaseError as error:
            log.warning("no sign of life written", extra={"run_id": run_id, "error": str(error)})
        finally:
            connection.close()


def report(run: JobRun, *, done: int, total: int | None = None, summary: str = "") -> None:
    """Say how far a job is. Call it between batches, outside their transactions.

    :raises JobCancelledError: when somebody asked the job to stop.
    """
    if done > run.done:
        run.deaths = 0
    run.done = done
    if total is not None:
        run.total = total
    changes: dict[str, Any] = {
        "done": run.done,
        "total": run.total,
        "deaths": run.deaths,
        "beat_at": timezone.now(),
    }
    if summary:
        changes["summary"] = summary
    with transaction.atomic():
        JobRun.objects.filter(pk=run.pk).update(**changes)
        if JobRun.objects.filter(pk=run.pk, cancel_asked=True).exists():
            raise JobCancelledError


def record_row(run: JobRun, *, label: str, object_id: int | None, refusal: str = "") -> None:
    """Write down what became of one record."""
    JobRow.objects.create(
        company_id=run.company_id,
        run=run,
        label=label[:200],
        object_id=object_id,
        succeeded=not refusal,
        message=refusal,
    )


def cancel_job(*, run_id: int, user: User, now: dt.datetime) -> JobRun:
    """Ask a run to stop; it stops after its present batch. A finished run stays as it is."""
    with transaction.atomic():
        JobRun.objects.filter(pk=run_id, status__in=OPEN_STATUSES).update(cancel_asked=True)
        return JobRun.objects.get(pk=run_id)


def requeue_silent_jobs(*, now: dt.datetime) -> list[int]:
    """Runs whose worker died: back to the queue, because every job can be run again; one over which workers die without
    getting further is given up. Returns all runs to hint at."""
    silent = JobRun.objects.filter(status=JobStatus.RUNNING, beat_at__lt=now - SILENCE)
    silent.filter(deaths__gte=MOST_DEATHS - 1).update(
        status=JobStatus.FAILED,
        finished_at=now,
        summary=_("The job was given up: its worker died %(times)s times at the same place.") % {"times": MOST_DEATHS},
    )
    silent.update(status=JobStatus.QUEUED, deaths=F("deaths") + 1)
    waiting = JobRun.objects.filter(status=JobStatus.QUEUED, queued_at__lt=now - dt.timedelta(seconds=10))
    return list(waiting.values_list("pk", flat=True)[:50])
