"""Screens of purchasing."""

from erp.purchasing.resources import added, orders, receipts

__all__ = ["added", "orders", "receipts"]
