"""The dry run, and the answers to what it asks."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInputError
from core.imports.dataset import LEAVE_EMPTY, LEAVE_OUT, ImportContext, refuse
from core.imports.enums import Outcome, RunStatus
from core.imports.models import ImportQuestion, ImportRun, StagedRow
from core.imports.operations.locking import context_of, lock_run
from core.imports.operations.saving import save_rows
from core.imports.operations.staging import DIGEST
from core.imports.queries import previous_rows
from core.imports.readers import EXTRA
from core.imports.registry import dataset_named


def check_run(*, run_id: int, now: dt.datetime) -> ImportRun:
    """The dry run: what would become of every row, and which values nobody has explained yet. Writes no record."""
    with transaction.atomic():
        run = lock_run(run_id, RunStatus.STAGED, RunStatus.CHECKED)
        dataset, context = dataset_named(run.dataset), context_of(run, now)
        for step in dataset.steps():
            rows = list(run.rows.filter(table=step.table))
            _compare(rows, run, groups=step.groups)
            step.check(rows if step.groups else [row for row in rows if row.outcome != Outcome.ERROR], context)
            save_rows(rows)
        _write_questions(run, context)
        run.status = RunStatus.CHECKED
        run.save(update_fields=["status"])
    return run


def _compare(rows: Sequence[StagedRow], run: ImportRun, *, groups: bool) -> None:
    """New, update or unchanged, against what earlier imports of the data set brought in; a key twice is a duplicate,
    unless rows with the same key make one record together."""
    earlier = previous_rows(run, rows[0].table) if rows else {}
    seen: set[str] = set()
    for row in rows:
        row.message, row.before, row.can_create = "", None, False
        known = earlier.get(row.key)
        if EXTRA in row.data:
            refuse(row, _("The row has more values than the header has columns: %s") % row.data[EXTRA])
        elif row.key in seen and (not groups or row.key.startswith(DIGEST)):
            row.outcome, row.message = Outcome.DUPLICATE, _twice(row)
        elif known is None:
            row.outcome = Outcome.NEW
        else:
            row.outcome = Outcome.UNCHANGED if known.data == row.data else Outcome.UPDATE
            row.record = known.record
        seen.add(row.key)


def _twice(row: StagedRow) -> str:
    """A row without a key of its own is told apart by a digest of what it says, which tells nobody anything."""
    if row.key.startswith(DIGEST):
        return _("The same row stands in the file already.")
    return _("The key %s stands in the file already.") % row.key


def _write_questions(run: ImportRun, context: ImportContext) -> None:
    run.questions.filter(answer="").delete()
    for (topic, value), question in context.asked.items():
        ImportQuestion.objects.update_or_create(
            run=run,
            topic=topic,
            value=value,
            defaults={
                "company_id": run.company_id,
                "rows": context.times_asked[topic, value],
                "suggestion": context.suggestion(topic, value),
                "choices": list(question.choices),
                "is_open": question.is_open,
                "can_empty": question.can_empty,
                "can_skip": question.can_skip,
                "answer": "",
            },
        )


def answer_questions(*, run_id: int, answers: Mapping[int, str], now: dt.datetime, check: bool = True) -> ImportRun:
    """Explain values (question id → answer) and, unless a job will, check again.

    :raises InvalidInputError: an answer is none of the choices.
    """
    with transaction.atomic():
        run = lock_run(run_id, RunStatus.CHECKED)
        for question in run.questions.filter(pk__in=answers):
            answer = answers[question.pk].strip()
            if not is_answer(question, answer):
                raise InvalidInputError(_("%s is none of the choices.") % answer, field=f"question-{question.pk}")
            question.answer = answer
            question.save(update_fields=["answer"])
    return check_run(run_id=run_id, now=now) if check else run


def is_answer(question: ImportQuestion, answer: str) -> bool:
    """Whether the question can be answered so. What a name outside the choices means shows when it is checked."""
    if answer in (LEAVE_EMPTY, LEAVE_OUT):
        return question.can_empty if answer == LEAVE_EMPTY else question.can_skip
    return bool(answer) and (question.is_open or not question.choices or answer in question.choices)
