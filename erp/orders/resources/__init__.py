"""Screens of selling: quotations, sales orders, deliveries, returns."""

from erp.orders import order_lines
from erp.orders.resources import deliveries, orders, quotations, returns

__all__ = ["deliveries", "order_lines", "orders", "quotations", "returns"]
