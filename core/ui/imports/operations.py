"""The verbs of the wizard and the API: upload, read differently, check, answer, commit, undo. Small files are worked at
once, larger ones by a job; either way the run shows how far it is."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from core.access.models import User
from core.company.models import Company
from core.errors import InvalidInputError, NotAllowedError, WrongStateError
from core.imports.enums import WRITTEN, DuplicatePolicy, RowPolicy, RunStatus
from core.imports.inspection import Inspection, inspect
from core.imports.models import ImportFile, ImportRun
from core.imports.operations import answer_questions, check_run, commit_run, stage_file, undo_run
from core.imports.operations.committing import require_ready
from core.imports.operations.locking import lock_run
from core.imports.readers import TableFormat
from core.imports.registry import dataset_named, find_dataset
from core.jobs.enums import OPEN_STATUSES
from core.jobs.models import JobRun
from core.jobs.operations import start_job
from core.ui.imports.columns import map_columns, remember_formats, suggest_columns
from core.ui.imports.kind import ResourceImport
from core.ui.resource import Caller

MAX_UPLOAD = 20 * 1024 * 1024
AT_ONCE_ROWS = 100
CHECK, COMMIT, UNDO = "imports.check", "imports.commit", "imports.undo"
KINDS = (CHECK, COMMIT, UNDO)


class BusyImportError(WrongStateError):
    """A job is at work on this import."""

    code = "import_busy"


def kind_of(run: ImportRun) -> ResourceImport | None:
    """The kind of an uploaded import; None for the data sets, which come by command."""
    dataset = find_dataset(run.dataset)
    return dataset if isinstance(dataset, ResourceImport) else None


def job_of(run: ImportRun) -> JobRun | None:
    """The latest job of this import."""
    jobs = JobRun.objects.filter(company_id=run.company_id, kind__in=KINDS, params__run=run.pk)
    return jobs.order_by("-pk").first()


def upload_import(*, company_id: int, user: User, now: dt.datetime, dataset: str, file: Any) -> ImportRun:
    """Take a file in: read it once to the end, keep it, and propose which column is what. Nothing is imported yet.

    :raises NotAllowedError: the user may not create such records.
    :raises UnreadableFileError: it is too large, or no table.
    """
    kind = dataset_named(dataset)
    company = Company.objects.select_related("currency").get(pk=company_id)
    if not isinstance(kind, ResourceImport) or not kind.may_import(Caller(user=user, company=company, now=now)):
        raise NotAllowedError(_("Your role does not include importing this."), field="dataset")
    if file.size > MAX_UPLOAD:
        raise InvalidInputError(
            _("The file is larger than %s MB.") % (MAX_UPLOAD // 1024 // 1024),
            field="file",
            hint=_("Split it, or ask an administrator to import it by command."),
        )
    name = PurePath(str(file.name).replace("\\", "/")).name[-200:]
    with on_disk(file, name) as path:
        found = inspect(path)
    with transaction.atomic():
        run = ImportRun.objects.create(
            company=company,
            dataset=dataset,
            label=name,
            user=user,
            status=RunStatus.UPLOADED,
            options={option.name: option.default for option in kind.options},
        )
        _keep(run, file, name, found)
        suggest_columns(run, kind, found)
    return run


def _keep(run: ImportRun, file: Any, name: str, found: Inspection) -> None:
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    ImportFile.objects.create(
        company_id=run.company_id,
        run=run,
        name=name,
        file=File(file, name=f"{run.pk}{PurePath(name).suffix.lower()}"),
        size=file.size,
        sha256=digest.hexdigest(),
        encoding=found.written.encoding,
        delimiter=found.written.delimiter,
        row_count=found.rows,
    )


@contextmanager
def on_disk(file: Any, name: str) -> Iterator[Path]:
    """A file as a path, wherever it is stored; what its name says of its kind is kept."""
    with tempfile.TemporaryDirectory(prefix="onebook-import-") as folder:
        path = Path(folder) / f"upload{PurePath(name).suffix.lower()}"
        with path.open("wb") as target:
            file.seek(0)
            for chunk in file.chunks():
                target.write(chunk)
        yield path


def reread_import(
    *, import_run_id: int, user: User, now: dt.datetime, encoding: str = "", delimiter: str = ""
) -> ImportRun:
    """Read the file in another encoding or with another separator; the columns are proposed anew.

    :raises WrongStateError: it is imported already. :raises UnreadableFileError: it cannot be read so.
    """
    with transaction.atomic():
        run = _waiting(import_run_id)
        upload = run.upload
        with upload.file.open("rb") as stored, on_disk(stored, upload.name) as path:
            found = inspect(path, TableFormat(encoding or upload.encoding, delimiter or upload.delimiter))
        upload.encoding, upload.delimiter = found.written.encoding, found.written.delimiter
        upload.row_count = found.rows
        upload.save(update_fields=["encoding", "delimiter", "row_count"])
        run.columns.all().delete()
        run.rows.all().delete()
        run.questions.all().delete()
        run.status = RunStatus.UPLOADED
        run.save(update_fields=["status"])
        kind = kind_of(run)
        if kind is not None:
            suggest_columns(run, kind, found)
    return run


def _waiting(run_id: int) -> ImportRun:
    run = lock_run(run_id, RunStatus.UPLOADED, RunStatus.STAGED, RunStatus.CHECKED)
    if not ImportFile.objects.filter(run=run).exists():
        raise WrongStateError(_("This import has no file of its own; it came by command."))
    _require_idle(run)
    return run


def _require_idle(run: ImportRun) -> None:
    job = job_of(run)
    if job is not None and job.status in OPEN_STATUSES:
        raise BusyImportError(_("A job is working on this import."), hint=_("Wait until it is done, or stop it."))


def check_import(
    *,
    import_run_id: int,
    user: User,
    now: dt.datetime,
    columns: Mapping[int, str] | None = None,
    decimal_mark: str = "",
    date_order: str = "",
    options: Mapping[str, str] | None = None,
) -> ImportRun:
    """Take the columns as mapped (position → field) and try every row: the dry run. Writes no record.

    :raises InvalidInputError: a field that is needed has no column, or nobody said how numbers or days are written.
    :raises WrongStateError: it is imported already.
    """
    with transaction.atomic():
        run = _waiting(import_run_id)
        kind = kind_of(run)
        if kind is None:
            raise WrongStateError(_("This import has no file of its own; it came by command."))
        map_columns(run, kind, columns)
        remember_formats(run, kind, decimal_mark, date_order)
        run.options = {**run.options, **(options or {})}
        run.save(update_fields=["decimal_mark", "date_order", "options"])
        if run.upload.row_count > AT_ONCE_ROWS:
            _start(CHECK, run, user, now, run.upload.row_count)
        else:
            stage_and_check(run, now=now)
    run.refresh_from_db()
    return run


def stage_and_check(run: ImportRun, *, now: dt.datetime) -> None:
    """The dry run from the file on."""
    with run.upload.file.open("rb") as stored, on_disk(stored, run.upload.name) as path:
        stage_file(run_id=run.pk, path=path, now=now)
    check_run(run_id=run.pk, now=now)


def answer_import(
    *, import_run_id: int, user: User, now: dt.datetime, answers: Mapping[int, str] | None = None
) -> ImportRun:
    """Explain values (question → answer) and check again.

    :raises InvalidInputError: an answer is none of the choices. :raises WrongStateError: it is not checked.
    """
    with transaction.atomic():
        run = lock_run(import_run_id, RunStatus.CHECKED)
        _require_idle(run)
        if run.rows.count() > AT_ONCE_ROWS:
            answer_questions(run_id=run.pk, answers=answers or {}, now=now, check=False)
            _start(CHECK, run, user, now, run.rows.count(), staged=True)
        else:
            answer_questions(run_id=run.pk, answers=answers or {}, now=now)
    run.refresh_from_db()
    return run


def commit_import(
    *,
    import_run_id: int,
    user: User,
    now: dt.datetime,
    rows_policy: str = RowPolicy.ALL,
    duplicates_policy: str = DuplicatePolicy.SKIP,
) -> ImportRun:
    """Write the checked rows.

    :raises OpenQuestionsError: values have no meaning yet. :raises RowsRefusedError: all or none, and a row is refused.
    :raises WrongStateError: it is not checked.
    """
    with transaction.atomic():
        run = lock_run(import_run_id, RunStatus.CHECKED, RunStatus.COMMITTING, RunStatus.DONE)
        if run.status == RunStatus.DONE:
            return run
        _require_idle(run)
        count = run.rows.filter(outcome__in=WRITTEN).count()
        if count <= AT_ONCE_ROWS:
            return commit_run(run_id=run.pk, now=now, rows_policy=rows_policy, duplicates_policy=duplicates_policy)
        require_ready(run, rows_policy)
        _start(COMMIT, run, user, now, count, rows_policy=str(rows_policy), duplicates_policy=str(duplicates_policy))
    return run


def undo_import(*, import_run_id: int, user: User, now: dt.datetime) -> ImportRun:
    """Take the import back. One that is undone stays as it is.

    :raises WrongStateError: nothing of it was imported.
    """
    with transaction.atomic():
        run = lock_run(import_run_id, RunStatus.DONE, RunStatus.COMMITTING, RunStatus.UNDOING, RunStatus.UNDONE)
        if run.status == RunStatus.UNDONE:
            return run
        _require_idle(run)
        count = run.rows.filter(outcome__in=WRITTEN, record_id__isnull=False).count()
        if count <= AT_ONCE_ROWS:
            return undo_run(run_id=run.pk, now=now)
        _start(UNDO, run, user, now, count)
    return run


def _start(kind: str, run: ImportRun, user: User, now: dt.datetime, total: int, **params: Any) -> None:
    start_job(
        kind,
        company_id=run.company_id,
        user=user,
        now=now,
        params={"resource": "imports", "run": run.pk, **params},
        total=total,
    )
