"""Screens of stock."""

from erp.inventory.resources import documents, item_panels, levels, places, reports

__all__ = ["documents", "item_panels", "levels", "places", "reports"]
