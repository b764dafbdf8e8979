"""Hints to workers. Losing one loses nothing: the sweeper finds the event."""

import logging

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from core.company.tenancy import all_companies
from core.events.outbox import relay, waiting_ids

log = logging.getLogger(__name__)


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
    """Relay whatever is due; returns how many events that were."""
    with all_companies():
        return len([relay(event_id, now=timezone.now()) for event_id in _due()])


def _due() -> list[int]:
    # Read in a transaction of its own, because only there companies are visible.
    with transaction.atomic():
        return waiting_ids()
