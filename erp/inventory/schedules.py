"""Periodic work of stock."""

import datetime as dt

from core.jobs.schedules import every
from erp.inventory.operations import take_snapshots


def register_all() -> None:
    """Called once, when the app is ready."""
    every(dt.timedelta(hours=6), "inventory.take_snapshots", _snapshots)


def _snapshots(now: dt.datetime) -> None:
    take_snapshots(today=now.date())
