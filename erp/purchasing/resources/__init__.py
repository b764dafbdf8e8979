"""Screens of purchasing."""

from erp.purchasing.resources import added, lines, orders, receipts

__all__ = ["added", "lines", "orders", "receipts"]
