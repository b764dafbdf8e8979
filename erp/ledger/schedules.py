"""Periodic work of the ledger."""

import datetime as dt

from core.jobs.schedules import every
from erp.ledger.operations import fold_balances


def register_all() -> None:
    """Called once, when the app is ready."""
    every(dt.timedelta(seconds=30), "ledger.fold_balances", lambda now: fold_balances())
