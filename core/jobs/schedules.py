"""Periodic work. An app registers a function with its interval in `ready`; the tick runs what is due, once, whoever
ticks.

When it last ran is a heartbeat row, and the row is the lock.
"""

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction

from core.events.models import Heartbeat

log = logging.getLogger(__name__)
Scheduled = Callable[[dt.datetime], object]
_schedules: dict[str, tuple[dt.timedelta, Scheduled]] = {}


def every(interval: dt.timedelta, name: str, function: Scheduled) -> None:
    """Run `function(now)` about once an interval. It must be harmless to run it again."""
    _schedules[name] = (interval, function)


def run_due_schedules(*, now: dt.datetime) -> list[str]:
    """Run what is due; a failing one is logged and tried again an interval later. Returns the names that ran."""
    return [name for name, (interval, function) in _schedules.items() if _run_if_due(name, interval, function, now)]


def _run_if_due(name: str, interval: dt.timedelta, function: Scheduled, now: dt.datetime) -> bool:
    with transaction.atomic():
        Heartbeat.objects.get_or_create(name=f"schedule:{name}", defaults={"beat_at": now - interval})
        due = Heartbeat.objects.select_for_update(skip_locked=True).filter(
            name=f"schedule:{name}", beat_at__lte=now - interval
        )
        row = due.first()
        if row is None:
            return False
        row.beat_at = now
        row.save(update_fields=["beat_at"])
    try:
        function(now)
    except Exception:
        log.exception("scheduled work failed", extra={"schedule": name})
    return True
