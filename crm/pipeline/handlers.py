"""How deals react to what happens in contacts."""

import datetime as dt

from core.documents.references import RecordRef
from crm.pipeline.models import Deal


def note_next_activity(*, about: RecordRef, next_due_at: dt.datetime | None) -> None:
    """Keep a deal's next activity. Its row version stays, because nobody who edits the deal is disturbed by it."""
    if about.label == Deal._meta.label_lower:
        Deal.objects.filter(pk=about.id).update(next_activity_at=next_due_at)
