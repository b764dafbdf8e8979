"""Reading imports: counts, questions, what earlier runs brought in."""

from django.db.models import Count, QuerySet

from core.imports.enums import WRITTEN, Outcome, RunStatus
from core.imports.models import ImportQuestion, ImportRun, StagedRow


def outcome_counts(run: ImportRun) -> dict[str, dict[str, int]]:
    """Table → outcome → rows."""
    counts: dict[str, dict[str, int]] = {}
    rows = run.rows.values_list("table", "outcome").annotate(rows=Count("pk")).order_by("table", "outcome")
    for table, outcome, number in rows:
        counts.setdefault(table, {})[outcome] = number
    return counts


def open_questions(run: ImportRun) -> QuerySet[ImportQuestion]:
    return run.questions.filter(answer="")


def answers_of(run: ImportRun) -> dict[str, dict[str, str]]:
    """Topic → value → answer."""
    answers: dict[str, dict[str, str]] = {}
    for topic, value, answer in run.questions.exclude(answer="").values_list("topic", "value", "answer"):
        answers.setdefault(topic, {})[value] = answer
    return answers


def previous_rows(run: ImportRun, table: str) -> dict[str, StagedRow]:
    """Key → the latest row of an earlier import of the same data set that has become a record."""
    rows = StagedRow.objects.filter(
        run__dataset=run.dataset,
        run__status=RunStatus.DONE,
        company_id=run.company_id,
        table=table,
        outcome__in=(*WRITTEN, Outcome.UNCHANGED),
        record_id__isnull=False,
    ).exclude(run=run)
    return {row.key: row for row in rows.order_by("pk")}


def refused_rows(run: ImportRun) -> QuerySet[StagedRow]:
    """Rows that were, or would be, left out."""
    return run.rows.filter(outcome__in=(Outcome.ERROR, Outcome.DUPLICATE)).order_by("pk")


def outcome_totals(run: ImportRun) -> list[tuple[str, int]]:
    """Rows by outcome, in words, the outcomes in their order."""
    counts = dict(run.rows.order_by().values_list("outcome").annotate(rows=Count("pk")))
    return [(str(outcome.label), counts[outcome]) for outcome in Outcome if counts.get(outcome)]
