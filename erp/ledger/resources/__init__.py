"""Screens of the ledger."""

from erp.ledger.resources import chart, entries, periods, reports

__all__ = ["chart", "entries", "periods", "reports"]
