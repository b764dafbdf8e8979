"""How leads react to what happens below them."""

import datetime as dt
from collections.abc import Iterable

from core.documents.references import RecordRef
from crm.contacts.providers import entries_of
from crm.contacts.queries import interactions_about
from crm.contacts.timeline import Subject, TimelineEntry
from crm.leads.models import Lead


def note_next_activity(*, about: RecordRef, next_due_at: dt.datetime | None) -> None:
    """Keep a lead's next activity. Its row version stays, because nobody who edits the lead is disturbed by it."""
    if about.label == Lead._meta.label_lower:
        Lead.objects.filter(pk=about.id).update(next_activity_at=next_due_at)


def lead_behind_deal(subject: Subject) -> Iterable[TimelineEntry]:
    """The story of the lead that a deal came from, on the deal's timeline."""
    if not subject.is_a("pipeline.deal"):
        return []
    keys = Lead.objects.filter(deal=subject.record.pk).values_list("pk", flat=True)
    refs = [RecordRef(Lead._meta.label_lower, key) for key in keys]
    return entries_of(interactions_about(*refs), subject) if refs else []
