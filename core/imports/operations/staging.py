"""Reading files into staged rows."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInputError
from core.imports.dataset import Table
from core.imports.enums import Outcome, RunStatus
from core.imports.models import ImportQuestion, ImportRun, StagedRow
from core.imports.operations.locking import lock_run
from core.imports.readers import EXTRA, TableFormat, numbered_rows
from core.imports.registry import dataset_named

if TYPE_CHECKING:
    from core.access.models import User

STAGE_BATCH = 2000
KEY = 120
DIGEST = "#"
NumberedRows = list[tuple[int, dict[str, str]]]


def stage_files(
    *,
    company_id: int,
    dataset_code: str,
    files: Mapping[str, Path],
    user: "User | None",
    now: dt.datetime,
    options: Mapping[str, Any] | None = None,
    answers: Mapping[str, Mapping[str, str]] | None = None,
) -> ImportRun:
    """Read the files of a data set into staged rows. `files` maps table to path; a table without one is left out.

    :raises UnreadableFileError: a file is no table, or lacks a column.
    """
    dataset = dataset_named(dataset_code)
    with transaction.atomic():
        run = ImportRun.objects.create(
            company_id=company_id,
            dataset=dataset_code,
            label=str(dataset.label),
            user=user,
            status=RunStatus.STAGED,
            options={option.name: option.default for option in dataset.options} | dict(options or {}),
        )
        read: dict[Path, NumberedRows] = {}
        for table in dataset.tables:
            if table.name in files:
                path = files[table.name]
                read[path] = read.get(path) or list(numbered_rows(path))
                _stage_table(run, table, path.name, read[path])
        ImportQuestion.objects.bulk_create(
            ImportQuestion(company_id=company_id, run=run, topic=topic, value=value, answer=answer)
            for topic, given in (answers or {}).items()
            for value, answer in given.items()
        )
    return run


def _stage_table(run: ImportRun, table: Table, file_name: str, rows: NumberedRows) -> None:
    if rows and (missing := [name for name in (*table.key, *table.columns) if name not in rows[0][1]]):
        raise InvalidInputError(
            _("%(file)s has no column %(column)s.") % {"file": file_name, "column": missing[0]},
            code="missing_column",
            field="file",
            hint=_("Add the column, or choose the right file."),
        )
    if table.sort is not None:
        order = table.sort
        rows = sorted(rows, key=lambda entry: order(entry[1]))
    _write_rows(run, table, rows)


def stage_file(*, run_id: int, path: Path, now: dt.datetime) -> ImportRun:
    """Read an uploaded file anew into rows by field, as its columns are mapped. What was read before is forgotten."""
    with transaction.atomic():
        run = lock_run(run_id, RunStatus.UPLOADED, RunStatus.STAGED, RunStatus.CHECKED)
        run.rows.all().delete()
        run.questions.all().delete()
        fields = dict(run.columns.exclude(field="").values_list("name", "field"))
        written = TableFormat(run.upload.encoding, run.upload.delimiter)
        rows = (
            (number, {fields[name]: value.strip() for name, value in row.items() if name in fields} | _beyond(row))
            for number, row in numbered_rows(path, written)
        )
        (table,) = dataset_named(run.dataset).tables
        _write_rows(run, table, rows)
        run.status = RunStatus.STAGED
        run.save(update_fields=["status"])
    return run


def _beyond(row: Mapping[str, str]) -> dict[str, str]:
    return {EXTRA: row[EXTRA]} if EXTRA in row else {}


def _write_rows(run: ImportRun, table: Table, rows: Iterable[tuple[int, dict[str, str]]]) -> None:
    coming = iter(rows)
    while batch := [_staged(run, table, number, data) for number, data in islice(coming, STAGE_BATCH)]:
        StagedRow.objects.bulk_create(batch)


def _staged(run: ImportRun, table: Table, number: int, data: dict[str, str]) -> StagedRow:
    return StagedRow(
        company_id=run.company_id,
        run=run,
        table=table.name,
        number=number,
        key=key_of(table, data),
        data=data,
        outcome=Outcome.PENDING,
    )


def key_of(table: Table, data: Mapping[str, str]) -> str:
    """The row's identity in its source: its key columns, or where those say nothing a digest of the whole row."""
    for names in (table.key, table.or_key):
        key = "/".join(data.get(name, "").strip() for name in names)
        if key.strip("/") and len(key) <= KEY:
            return key
    text = "\x1f".join(f"{name}={value}" for name, value in sorted(data.items()))
    return f"{DIGEST}{hashlib.sha256(text.encode()).hexdigest()[:40]}"
