"""An import step by step: stage, check (the dry run), answer, commit in batches, undo.

Staging and checking write nothing but the staged rows. Committing writes each batch in a transaction of its own and is
resumable: a row that has its record is not written again.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInputError, WrongStateError
from core.imports.dataset import Dataset, ImportContext, Step, Table
from core.imports.enums import WRITTEN, Outcome, RunStatus
from core.imports.models import ImportQuestion, ImportRun, StagedRow
from core.imports.queries import answers_of, open_questions, previous_rows
from core.imports.readers import read_table
from core.imports.registry import dataset_named

if TYPE_CHECKING:
    from core.access.models import User

Progress = Callable[[int, int, str], None]
STAGE_BATCH = 2000


class OpenQuestionsError(WrongStateError):
    """Values cannot be mapped yet."""

    code = "open_questions"


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
    """Read the files into staged rows. `files` maps table to path; a table without a file is left out.

    :raises UnreadableFileError: a file is no table, or lacks a column.
    """
    dataset = dataset_named(dataset_code)
    with transaction.atomic():
        run = ImportRun.objects.create(
            company_id=company_id,
            dataset=dataset_code,
            label=str(dataset.label),
            user=user,
            options={option.name: option.default for option in dataset.options} | dict(options or {}),
        )
        for table in dataset.tables:
            if table.name in files:
                _stage_table(run, table, files[table.name])
        ImportQuestion.objects.bulk_create(
            ImportQuestion(company_id=company_id, run=run, topic=topic, value=value, answer=answer)
            for topic, given in (answers or {}).items()
            for value, answer in given.items()
        )
    return run


def _stage_table(run: ImportRun, table: Table, path: Path) -> None:
    numbered = list(enumerate(read_table(path), 1))
    if numbered and (missing := [name for name in (*table.key, *table.columns) if name not in numbered[0][1]]):
        raise InvalidInputError(
            _("%(file)s has no column %(column)s.") % {"file": path.name, "column": missing[0]},
            code="missing_column",
            field="file",
            hint=_("Add the column, or choose the right file."),
        )
    if table.sort is not None:
        order = table.sort
        numbered.sort(key=lambda entry: order(entry[1]))
    StagedRow.objects.bulk_create(
        (
            StagedRow(
                company_id=run.company_id,
                run=run,
                table=table.name,
                number=number,
                key="/".join(data[name].strip() for name in table.key)[:120] or str(number),
                data=data,
            )
            for number, data in numbered
        ),
        batch_size=STAGE_BATCH,
    )


def check_run(*, run_id: int, now: dt.datetime) -> ImportRun:
    """The dry run: what would become of every row, and which values nobody has explained yet. Writes no record."""
    with transaction.atomic():
        run = _lock(run_id, RunStatus.STAGED, RunStatus.CHECKED)
        dataset, context = dataset_named(run.dataset), _context(run, now)
        for step in dataset.steps():
            rows = list(run.rows.filter(table=step.table))
            _compare(rows, run)
            step.check([row for row in rows if row.outcome != Outcome.ERROR], context)
            StagedRow.objects.bulk_update(rows, ["outcome", "message", "record_label", "record_id"], batch_size=1000)
        _write_questions(run, context)
        run.status = RunStatus.CHECKED
        run.save(update_fields=["status"])
    return run


def _compare(rows: Sequence[StagedRow], run: ImportRun) -> None:
    """New, update or unchanged, against what earlier imports of the data set brought in; a key twice is a duplicate."""
    earlier = previous_rows(run, rows[0].table) if rows else {}
    seen: set[str] = set()
    for row in rows:
        row.message = ""
        known = earlier.get(row.key)
        if row.key in seen:
            row.outcome, row.message = Outcome.DUPLICATE, _("The key %s stands in the file already.") % row.key
        elif known is None:
            row.outcome = Outcome.NEW
        else:
            row.outcome = Outcome.UNCHANGED if known.data == row.data else Outcome.UPDATE
            row.record = known.record
        seen.add(row.key)


def _write_questions(run: ImportRun, context: ImportContext) -> None:
    run.questions.filter(answer="").delete()
    for (topic, value), choices in context.asked.items():
        ImportQuestion.objects.update_or_create(
            run=run,
            topic=topic,
            value=value,
            defaults={
                "company_id": run.company_id,
                "rows": context.times_asked[topic, value],
                "suggestion": context.suggestion(topic, value),
                "choices": list(choices),
                "answer": "",
            },
        )


def answer_questions(*, run_id: int, answers: Mapping[int, str], now: dt.datetime) -> ImportRun:
    """Explain values (question id → answer) and check again.

    :raises InvalidInputError: an answer is none of the choices.
    """
    with transaction.atomic():
        run = _lock(run_id, RunStatus.CHECKED)
        for question in run.questions.filter(pk__in=answers):
            answer = answers[question.pk]
            if question.choices and answer not in question.choices:
                raise InvalidInputError(_("%s is none of the choices.") % answer, field=f"question-{question.pk}")
            question.answer = answer
            question.save(update_fields=["answer"])
    return check_run(run_id=run_id, now=now)


def commit_run(*, run_id: int, now: dt.datetime, progress: Progress | None = None) -> ImportRun:
    """Write the checked rows, step by step, a transaction a batch. Rows with errors stay out and are reported.

    :raises OpenQuestionsError: a value has no explanation yet; nothing is written.
    """
    with transaction.atomic():
        run = _lock(run_id, RunStatus.CHECKED, RunStatus.COMMITTING)
        if open_questions(run).exists():
            raise OpenQuestionsError(_("Some values have no meaning yet."), hint=_("Answer the open questions first."))
        run.status = RunStatus.COMMITTING
        run.save(update_fields=["status"])
        dataset, context = dataset_named(run.dataset), _context(run, now)
    _commit_steps(dataset, run, context, progress or _silent)
    with transaction.atomic():
        run.status, run.finished_at = RunStatus.DONE, now
        run.report = [*context.report, *dataset.proof(context)]
        run.save(update_fields=["status", "finished_at", "report"])
    return run


def _commit_steps(dataset: Dataset, run: ImportRun, context: ImportContext, progress: Progress) -> None:
    with transaction.atomic():
        total = run.rows.filter(outcome__in=WRITTEN).count()
    done = 0
    for step in dataset.steps():
        for rows in _batches(run, step):
            with transaction.atomic():
                step.commit(rows, context)
                StagedRow.objects.bulk_update(
                    rows, ["outcome", "message", "record_label", "record_id", "before"], batch_size=1000
                )
            done += len(rows)
            progress(done, total, step.table)
        with transaction.atomic():
            step.finish(context)


def _batches(run: ImportRun, step: Step) -> Iterator[list[StagedRow]]:
    """Rows still to be written. A batch reads after the one before it was written, so an interrupted run resumes."""
    last = 0
    while True:
        with transaction.atomic():
            waiting = run.rows.filter(table=step.table, pk__gt=last).filter(outcome__in=WRITTEN)
            rows = list(waiting.order_by("pk")[: step.batch_size])
        if not rows:
            return
        last = rows[-1].pk
        todo = [row for row in rows if row.outcome == Outcome.UPDATE or row.record is None]
        if todo:
            yield todo


def undo_run(*, run_id: int, now: dt.datetime, progress: Progress | None = None) -> ImportRun:
    """Take an import back, last step first. What cannot go stays, with a note on its row; the report counts both."""
    with transaction.atomic():
        run = _lock(run_id, RunStatus.DONE, RunStatus.COMMITTING)
        context = _context(run, now)
    for step in reversed(dataset_named(run.dataset).steps()):
        with transaction.atomic():
            rows = list(run.rows.filter(table=step.table, outcome__in=WRITTEN, record_id__isnull=False).order_by("-pk"))
        for start in range(0, len(rows), step.batch_size):
            batch = rows[start : start + step.batch_size]
            with transaction.atomic():
                step.undo(batch, context)
                StagedRow.objects.bulk_update(batch, ["undo_note"], batch_size=1000)
            if progress:
                progress(start + len(batch), len(rows), step.table)
    with transaction.atomic():
        left = run.rows.exclude(undo_note="").count()
        run.status = RunStatus.UNDONE
        run.report = [*run.report, _("Undone; %s records stay, each with its reason.") % left]
        run.save(update_fields=["status", "report"])
    return run


def _lock(run_id: int, *statuses: RunStatus) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.status not in statuses:
        raise WrongStateError(_("This import is %s.") % run.get_status_display(), params={"status": run.status})
    return run


def _context(run: ImportRun, now: dt.datetime) -> ImportContext:
    return ImportContext(run=run, company=run.company, user=run.user, now=now, answers=answers_of(run))


def _silent(done: int, total: int, table: str) -> None:
    """Nobody watches."""
