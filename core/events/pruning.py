"""What was done long ago leaves the outbox, with its notes of who has handled it."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from core.events.models import HandledEvent, OutboxEvent

BATCH = 2_000


def prune_events(now: dt.datetime) -> int:
    """Delete events that were done more than `KEEP_EVENTS_DAYS` days ago. Returns how many.

    An event goes together with its handlers' notes, never without the other: a hint that still comes finds no event,
    and so nothing to do. What is open or given up stays, however old.
    """
    before, pruned, last = now - dt.timedelta(days=settings.KEEP_EVENTS_DAYS), 0, 0
    while True:
        with transaction.atomic():
            old = OutboxEvent.objects.filter(pk__gt=last, done_at__lt=before).order_by("pk")
            ids = list(old.values_list("pk", flat=True)[:BATCH])
            if not ids:
                return pruned
            # Two statements, where the collector would read every row first.
            HandledEvent.objects.filter(event__in=ids)._raw_delete(HandledEvent.objects.db)
            pruned += OutboxEvent.objects.filter(pk__in=ids)._raw_delete(OutboxEvent.objects.db)
        last = ids[-1]
