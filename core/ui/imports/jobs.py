"""Imports in the background. Each can be started again after a crash: checking begins anew, writing and undoing go on
where they stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.audit.acts import acting
from core.imports.enums import RowPolicy
from core.imports.models import ImportRun
from core.imports.operations import Progress, check_run, commit_run, undo_run
from core.imports.queries import outcome_totals
from core.jobs.models import JobRun
from core.jobs.operations import report
from core.jobs.registry import job
from core.ui.imports.operations import CHECK, COMMIT, UNDO, stage_and_check


@contextmanager
def _as_user(job_run: JobRun) -> Iterator[int]:
    """In the language and under the name of whoever asked. :returns: the import's id."""
    language = job_run.user.language if job_run.user else ""
    with translation.override(language or None), acting(user=job_run.user_id):
        yield int(job_run.params["run"])


def _progress(job_run: JobRun) -> Progress:
    def tell(done: int, total: int, table: str) -> None:
        report(job_run, done=done, total=total)

    return tell


@job(CHECK)
def check_job(job_run: JobRun) -> str:
    with _as_user(job_run) as run_id:
        if job_run.params.get("staged"):
            check_run(run_id=run_id, now=timezone.now())
        else:
            with transaction.atomic():
                stage_and_check(ImportRun.objects.get(pk=run_id), now=timezone.now())
        return _summary(run_id)


@job(COMMIT)
def commit_job(job_run: JobRun) -> str:
    with _as_user(job_run) as run_id:
        params = job_run.params
        # All or none is one transaction, in which nobody else could see how far it is.
        watch = None if params["rows_policy"] == RowPolicy.ALL else _progress(job_run)
        commit_run(
            run_id=run_id,
            now=timezone.now(),
            rows_policy=params["rows_policy"],
            duplicates_policy=params["duplicates_policy"],
            progress=watch,
        )
        return _summary(run_id)


@job(UNDO)
def undo_job(job_run: JobRun) -> str:
    with _as_user(job_run) as run_id:
        return str(undo_run(run_id=run_id, now=timezone.now(), progress=_progress(job_run)).report[-1])


def _summary(run_id: int) -> str:
    """How many rows of each outcome."""
    with transaction.atomic():
        totals = outcome_totals(ImportRun.objects.get(pk=run_id))
    return ", ".join(f"{count} {label}" for label, count in totals) or _("There was nothing to do.")
