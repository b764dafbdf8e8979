"""Papers of posted documents: frozen in the posting, printed once by a job right after it, never changed."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from core.documents.enums import PaperState
from core.documents.models import FrozenPaper, PrintedPaper
from core.documents.references import RecordRef
from core.events.outbox import Event, record, retry, unfinished


@dataclass(frozen=True, slots=True)
class PaperFrozen(Event):
    """A paper waits to be printed."""

    paper_id: int


def plain(value: Any) -> Any:
    """Data as JSON keeps it: Decimals and dates as strings, so that a frozen paper reads the same for ever."""
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, models.Model):
        return str(value)
    return str(value) if not isinstance(value, dt.datetime) else DjangoJSONEncoder().default(value)


_FREEZE = """
    INSERT INTO documents_frozenpaper (company_id, record_label, record_id, template, language, data, frozen_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (record_label, record_id, template) DO NOTHING RETURNING id
"""


def freeze_paper(
    document: models.Model, *, template: str, data: dict[str, Any], language: str, company_id: int
) -> FrozenPaper:
    """Freeze what a document's paper says. Call it inside the posting; the second call returns the first paper."""
    paper = FrozenPaper(template=template, data=plain(data), language=language, company_id=company_id)
    paper.record, paper.frozen_at = (ref := RecordRef.of(document)), timezone.now()
    values: list[Any] = [company_id, ref.label, ref.id, template, language, json.dumps(paper.data), paper.frozen_at]
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE, values)
        row = cursor.fetchone()
    if row is None:
        return FrozenPaper.objects.get(record_label=ref.label, record_id=ref.id, template=template)
    paper.pk = row[0]
    record(PaperFrozen(paper_id=paper.pk), company_id=company_id)
    return paper


def print_paper(*, paper_id: int) -> PrintedPaper:
    """Make and store the PDF of a frozen paper; a printed one is returned as it is."""
    paper = FrozenPaper.objects.get(pk=paper_id)
    printed = PrintedPaper.objects.filter(paper=paper).first()
    if printed is not None:
        return printed
    # WeasyPrint takes half a second to import, and only the job that prints needs it.
    from core.documents.pdf import render_pdf  # noqa: PLC0415

    content = render_pdf(paper.template, paper.data, language=paper.language)
    with transaction.atomic():
        # Two printers at once: the second finds the first one's row.
        printed, _ = PrintedPaper.objects.get_or_create(
            paper=paper,
            defaults={
                "company_id": paper.company_id,
                "content": content,
                "sha256": hashlib.sha256(content).hexdigest(),
            },
        )
    return printed


def print_frozen_paper(event: PaperFrozen) -> None:
    """Handler of PaperFrozen."""
    print_paper(paper_id=event.paper_id)


def papers_of(record_: models.Model) -> models.QuerySet[FrozenPaper]:
    """The frozen papers of a record, newest first."""
    ref = RecordRef.of(record_)
    return FrozenPaper.objects.filter(record_label=ref.label, record_id=ref.id).order_by("-pk")


@dataclass(frozen=True, slots=True)
class PaperStanding:
    """How far a paper is.

    :ivar printed: the stored PDF without its bytes; None while it is not printed.
    :ivar attempts: how often printing was tried.
    """

    paper: FrozenPaper
    state: PaperState
    printed: PrintedPaper | None = None
    attempts: int = 0


def paper_standings(record_: models.Model) -> list[PaperStanding]:
    """The record's papers with how far each is, newest first."""
    papers = list(papers_of(record_).defer("data"))
    if not papers:
        return []
    printed = {one.paper_id: one for one in PrintedPaper.objects.filter(paper__in=papers).defer("content")}
    return [_standing(paper, printed.get(paper.pk)) for paper in papers]


def _standing(paper: FrozenPaper, printed: PrintedPaper | None) -> PaperStanding:
    if printed is not None:
        return PaperStanding(paper, PaperState.PRINTED, printed)
    event = unfinished(PaperFrozen(paper_id=paper.pk))
    if event is None or event.failed_at is not None:
        return PaperStanding(paper, PaperState.FAILED, attempts=event.attempts if event else 0)
    return PaperStanding(paper, PaperState.WAITING, attempts=event.attempts)


def retry_paper(*, paper_id: int, now: dt.datetime) -> FrozenPaper:
    """Have a paper printed that is not yet, whatever became of the first order to do so. A printed one stays."""
    with transaction.atomic():
        # A fact cannot be locked for change by the app role, so two retries at once may both order: printing is
        # idempotent.
        paper = FrozenPaper.objects.get(pk=paper_id)
        order = PaperFrozen(paper_id=paper.pk)
        event = unfinished(order)
        if event is not None:
            retry(event.pk, now=now)
        elif not PrintedPaper.objects.filter(paper=paper).exists():
            record(order, company_id=paper.company_id)
    return paper
