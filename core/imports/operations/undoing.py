"""Taking an import back."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.imports.enums import WRITTEN, RunStatus
from core.imports.models import ImportRun, StagedRow
from core.imports.operations.committing import Progress
from core.imports.operations.locking import context_of, lock_run
from core.imports.registry import dataset_named


def undo_run(*, run_id: int, now: dt.datetime, progress: Progress | None = None) -> ImportRun:
    """Take an import back, last step first. What cannot go stays, with a note on its row; the report counts both. One
    that is undone stays as it is.

    :raises WrongStateError: nothing of it was imported.
    """
    with transaction.atomic():
        run = lock_run(run_id, RunStatus.DONE, RunStatus.COMMITTING, RunStatus.UNDOING, RunStatus.UNDONE)
        if run.status == RunStatus.UNDONE:
            return run
        run.status = RunStatus.UNDOING
        run.save(update_fields=["status"])
        context = context_of(run, now)
        written = run.rows.filter(outcome__in=WRITTEN, record_id__isnull=False)
        total, done = written.count(), 0
    for step in reversed(dataset_named(run.dataset).steps()):
        with transaction.atomic():
            rows = list(written.filter(table=step.table).order_by("-pk"))
        for start in range(0, len(rows), step.batch_size):
            batch = rows[start : start + step.batch_size]
            with transaction.atomic():
                step.undo(batch, context)
                StagedRow.objects.bulk_update(batch, ["undo_note"], batch_size=1000)
            done += len(batch)
            if progress:
                progress(done, total, step.table)
    with transaction.atomic():
        left = run.rows.exclude(undo_note="").count()
        run.status = RunStatus.UNDONE
        text = ngettext(
            "Undone; %s row keeps something, with its reason.",
            "Undone; %s rows keep something, each with its reason.",
            left,
        )
        run.report = [*run.report, text % left if left else _("Undone; nothing of it is left.")]
        run.save(update_fields=["status", "report"])
    return run
