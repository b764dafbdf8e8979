"""Writing the checked rows."""

import datetime as dt
from collections.abc import Callable, Iterator

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import WrongStateError
from core.imports.dataset import Dataset, ImportContext, Step
from core.imports.enums import WRITTEN, DuplicatePolicy, Outcome, RowPolicy, RunStatus
from core.imports.models import ImportFigure, ImportRun, StagedRow
from core.imports.operations.locking import context_of, lock_run
from core.imports.operations.saving import save_rows
from core.imports.queries import open_questions
from core.imports.registry import dataset_named

Progress = Callable[[int, int, str], None]
AT_ONCE = 5_000
"""Rows that are written in one transaction when it is all or none; more would hold locks for too long."""


class OpenQuestionsError(WrongStateError):
    """Values cannot be mapped yet."""

    code = "open_questions"


class RowsRefusedError(WrongStateError):
    """Rows are refused, and it was all or none."""

    code = "rows_refused"


def commit_run(
    *,
    run_id: int,
    now: dt.datetime,
    rows_policy: str = RowPolicy.GOOD,
    duplicates_policy: str = DuplicatePolicy.SKIP,
    progress: Progress | None = None,
) -> ImportRun:
    """Write the checked rows, step by step. With RowPolicy.ALL in one transaction, which one refused row takes back;
    with RowPolicy.GOOD a transaction a batch, and refused rows stay out and are reported. An interrupted run goes on
    where it stopped; one that is imported stays as it is.

    :raises OpenQuestionsError: a value has no explanation yet; nothing is written.
    :raises RowsRefusedError: it is all or none, and a row is refused; nothing is written.
    """
    with transaction.atomic():
        run = lock_run(run_id, RunStatus.CHECKED, RunStatus.COMMITTING, RunStatus.DONE)
        if run.status == RunStatus.DONE:
            return run
        if run.status == RunStatus.CHECKED:
            _begin(run, rows_policy, duplicates_policy)
        dataset, context = dataset_named(run.dataset), context_of(run, now)
    try:
        if run.rows_policy == RowPolicy.ALL:
            with transaction.atomic():
                _commit_steps(dataset, run, context, progress or _silent)
                _require_all(run)
                _finish(dataset, run, context)
        else:
            _commit_steps(dataset, run, context, progress or _silent)
            _finish(dataset, run, context)
    except RowsRefusedError as refusal:
        _go_back(run, refusal)
        raise
    return run


def require_ready(run: ImportRun, rows_policy: str) -> None:
    """:raises OpenQuestionsError: a value has no explanation. :raises RowsRefusedError: all or none cannot be."""
    if open_questions(run).exists():
        raise OpenQuestionsError(_("Some values have no meaning yet."), hint=_("Answer the open questions first."))
    if rows_policy == RowPolicy.ALL:
        _require_all(run)
        if run.rows.filter(outcome__in=WRITTEN).count() > AT_ONCE:
            raise RowsRefusedError(
                _("All or none is possible up to %s rows.") % AT_ONCE, hint=_("Import the good rows alone.")
            )


def _begin(run: ImportRun, rows_policy: str, duplicates_policy: str) -> None:
    require_ready(run, rows_policy)
    run.rows_policy, run.duplicates_policy = RowPolicy(rows_policy), DuplicatePolicy(duplicates_policy)
    if run.duplicates_policy == DuplicatePolicy.CREATE:
        run.rows.filter(outcome=Outcome.DUPLICATE, can_create=True).update(outcome=Outcome.NEW)
    run.status = RunStatus.COMMITTING
    run.save(update_fields=["status", "rows_policy", "duplicates_policy"])


def _require_all(run: ImportRun) -> None:
    if refused := run.rows.filter(outcome=Outcome.ERROR).count():
        raise RowsRefusedError(
            ngettext("%s row is refused; nothing was written.", "%s rows are refused; nothing was written.", refused)
            % refused,
            hint=_("Correct the file, or import the good rows alone."),
            params={"rows": list(run.rows.filter(outcome=Outcome.ERROR).values_list("pk", "message")[:1000])},
        )


def _go_back(run: ImportRun, refusal: RowsRefusedError) -> None:
    """Everything was taken back; keep why, and let the user decide again."""
    with transaction.atomic():
        for pk, message in refusal.params.pop("rows", ()):
            StagedRow.objects.filter(pk=pk).update(outcome=Outcome.ERROR, message=message)
        ImportRun.objects.filter(pk=run.pk, status=RunStatus.COMMITTING).update(status=RunStatus.CHECKED)


def _finish(dataset: Dataset, run: ImportRun, context: ImportContext) -> None:
    with transaction.atomic():
        run.status, run.finished_at = RunStatus.DONE, context.now
        run.report = [*context.report, *dataset.notes(context)]
        run.save(update_fields=["status", "finished_at", "report"])
        ImportFigure.objects.bulk_create(
            ImportFigure(
                company_id=run.company_id,
                run=run,
                label=figure.label,
                in_source=figure.in_source,
                in_book=figure.in_book,
                places=figure.places,
                url=figure.url,
            )
            for figure in dataset.proof(context)
        )


def _commit_steps(dataset: Dataset, run: ImportRun, context: ImportContext, progress: Progress) -> None:
    with transaction.atomic():
        total = run.rows.filter(outcome__in=WRITTEN).count()
        done = run.rows.filter(outcome=Outcome.NEW, record_id__isnull=False).count()
    for step in dataset.steps():
        for rows in _batches(run, step):
            with transaction.atomic():
                step.commit(rows, context)
                save_rows(rows)
            done += len(rows)
            progress(done, total, step.table)
        with transaction.atomic():
            step.finish(context)


def _batches(run: ImportRun, step: Step) -> Iterator[list[StagedRow]]:
    """Rows still to be written. A batch reads after the one before it was written, so an interrupted run resumes; rows
    of one key are not torn apart where they make one record together."""
    last = 0
    while True:
        with transaction.atomic():
            waiting = run.rows.filter(table=step.table, pk__gt=last).filter(outcome__in=WRITTEN).order_by("pk")
            rows = list(waiting[: step.batch_size])
            if rows and step.groups:
                keys = {row.key for row in rows}
                rows += [row for row in waiting.filter(key__in=keys) if row.pk > rows[-1].pk]
        if not rows:
            return
        last = rows[min(step.batch_size, len(rows)) - 1].pk
        todo = [row for row in rows if row.before is None and (row.outcome == Outcome.UPDATE or row.record is None)]
        if todo:
            yield todo


def _silent(done: int, total: int, table: str) -> None:
    """Nobody watches."""
