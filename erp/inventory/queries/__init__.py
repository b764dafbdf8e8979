"""Reading stock."""

from erp.inventory.queries.levels import Availability, availability

__all__ = ["Availability", "availability"]
