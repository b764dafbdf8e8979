"""Models of stock: places, quantities, value and the documents that change them by hand."""

from erp.inventory.models.documents import (
    StockAdjustment,
    StockAdjustmentLine,
    StockCount,
    StockCountLine,
    StockTransfer,
    StockTransferLine,
)
from erp.inventory.models.places import Location, Warehouse
from erp.inventory.models.snapshots import SnapshotQuantity, StockClock, StockSnapshot
from erp.inventory.models.stock import Reservation, StockLevel, StockMove
from erp.inventory.models.valuation import CostLayer, ItemValuation, LayerConsumption, ValueEntry

__all__ = [
    "CostLayer",
    "ItemValuation",
    "LayerConsumption",
    "Location",
    "Reservation",
    "SnapshotQuantity",
    "StockAdjustment",
    "StockAdjustmentLine",
    "StockClock",
    "StockCount",
    "StockCountLine",
    "StockLevel",
    "StockMove",
    "StockSnapshot",
    "StockTransfer",
    "StockTransferLine",
    "ValueEntry",
    "Warehouse",
]
