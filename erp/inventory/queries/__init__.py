"""Reading stock."""

from erp.inventory.queries.levels import Availability, availability
from erp.inventory.queries.movements import LowStock, Movement, item_movements, low_stock
from erp.inventory.queries.on_hand import OnHand, stock_on_hand
from erp.inventory.queries.report import StockReport, StockRow, stock_report
from erp.inventory.queries.values import CostSource, StockValue, TieOut, cost_trail, stock_tie_out, stock_values

__all__ = [
    "Availability",
    "CostSource",
    "LowStock",
    "Movement",
    "OnHand",
    "StockReport",
    "StockRow",
    "StockValue",
    "TieOut",
    "availability",
    "cost_trail",
    "item_movements",
    "low_stock",
    "stock_on_hand",
    "stock_report",
    "stock_tie_out",
    "stock_values",
]
