"""Hints to workers. Losing one loses nothing: the sweeper finds the event."""

import logging
import time

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from core.company.tenancy import all_companies
from core.events.outbox import relay, waiting_ids

log = logging.getLogger(__name__)
SWEEP_SECONDS = 12.0
"""A little less than from one tick to the next."""


def hint(event_id: int) -> None:
    """Ask a worker to relay the event now. A broker that is away costs time, not events."""
    try:
        relay_event.apply_async((event_id,), retry=False, ignore_result=True)
    except Exception as error:
        log.warning("no hint sent, the sweeper will relay", extra={"event_id": event_id, "error": str(error)})


@shared_task
def relay_event(event_id: int) -> None:
    with all_companies():
        relay(event_id, now=timezone.now())


@shared_task
def sweep() -> int:
    """Relay whatever is due, for at most `SWEEP_SECONDS`; returns how many events that were."""
    until, seen = time.monotonic() + SWEEP_SECONDS, set[int]()
    with all_companies():
        # What is in other hands stays due, so one that was seen is not asked for again.
        while coming := [event_id for event_id in _due() if event_id not in seen]:
            for event_id in coming:
                if time.monotonic() > until:
                    return len(seen)
                seen.add(event_id)
                relay(event_id, now=timezone.now())
    return len(seen)


def _due() -> list[int]:
    # Read in a transaction of its own, because only there companies are visible.
    with transaction.atomic():
        return waiting_ids()
