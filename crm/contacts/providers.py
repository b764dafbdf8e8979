"""What contacts itself puts on timelines: interactions, and the changes of the record."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from core.audit.queries import HistoryEntry, history
from core.documents.references import RecordRef
from core.ui.registry import url_for
from crm.contacts.enums import InteractionKind
from crm.contacts.models import Interaction
from crm.contacts.queries import interactions_about, interactions_of, visible_interactions
from crm.contacts.timeline import Subject, TimelineEntry

ICONS = {
    InteractionKind.NOTE: "note",
    InteractionKind.CALL: "phone",
    InteractionKind.MEETING: "users",
    InteractionKind.EMAIL: "mail",
    InteractionKind.TASK: "checklist",
}
CHANGES_SHOWN = 10
UNREMARKABLE = frozenset(
    {
        "board_position",
        "company_amount",
        "last_message_at",
        "next_activity_at",
        "score",
        "stage_since",
        "unanswered_since",
    }
)


def interactions(subject: Subject) -> Iterable[TimelineEntry]:
    """What was logged and planned with a party, or about another record."""
    if subject.is_a("parties.party"):
        rows = interactions_of(party_id=subject.record.pk)
    else:
        rows = interactions_about(RecordRef.of(subject.record))
    return entries_of(rows, subject)


def entries_of(rows: QuerySet[Interaction], subject: Subject) -> list[TimelineEntry]:
    """Interactions as entries: all open ones, and the latest of the others."""
    seen = visible_interactions(subject.user, rows, subject.company_id).select_related("owner")
    is_open = Q(done_at=None, due_at__isnull=False)
    planned = list(seen.filter(is_open).order_by("due_at")[: subject.limit])
    return [entry_of(row) for row in (*planned, *seen.exclude(is_open)[: subject.limit])]


def entry_of(row: Interaction) -> TimelineEntry:
    return TimelineEntry(
        at=row.was_at,
        icon=ICONS[InteractionKind(row.kind)],
        title=row.subject,
        text=row.text if row.text != row.subject else "",
        user=str(row.owner or ""),
        url=url_for(row),
        color="yellow" if row.is_open else "",
        pinned=row.is_open,
    )


def changes(subject: Subject) -> Iterable[TimelineEntry]:
    """The latest changes of the record itself."""
    for entry in history(subject.record, limit=min(subject.limit, CHANGES_SHOWN)):
        words = _words(entry) if entry.kind == "update" else ""
        if words:
            yield TimelineEntry(at=entry.at, icon="history", title=words, user=entry.user or "")


def _words(entry: HistoryEntry) -> str:
    told = [change for change in entry.changes if change.field not in UNREMARKABLE]
    return "; ".join(f"{change.label}: {change.before or '–'} → {change.after or '–'}" for change in told)[:250]
