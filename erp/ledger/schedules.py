"""Periodic work of the ledger."""

import datetime as dt

from core.jobs.schedules import every
from erp.ledger.operations import fold_balances, open_coming_fiscal_years


def register_all() -> None:
    """Called once, when the app is ready."""
    every(dt.timedelta(seconds=30), "ledger.fold_balances", _fold)
    every(dt.timedelta(days=1), "ledger.open_coming_fiscal_years", _open_years)


def _fold(now: dt.datetime) -> None:
    fold_balances()


def _open_years(now: dt.datetime) -> None:
    open_coming_fiscal_years(now=now)
