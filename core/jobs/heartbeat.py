"""Signs of life of workers."""

import datetime as dt

from core.events.models import Heartbeat


def beat(name: str, *, now: dt.datetime) -> None:
    """Note that the named process does its work."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})
