"""What people do with stock without an order."""

from erp.inventory.operations.adjustments import (
    cancel_stock_adjustment,
    create_stock_adjustment,
    post_opening_stock,
    post_stock_adjustment,
    update_stock_adjustment,
)
from erp.inventory.operations.counts import (
    cancel_stock_count,
    create_stock_count,
    post_stock_count,
    update_stock_count,
)
from erp.inventory.operations.snapshots import take_snapshot, take_snapshots
from erp.inventory.operations.transfers import (
    cancel_stock_transfer,
    create_stock_transfer,
    post_stock_transfer,
    update_stock_transfer,
)

__all__ = [
    "cancel_stock_adjustment",
    "cancel_stock_count",
    "cancel_stock_transfer",
    "create_stock_adjustment",
    "create_stock_count",
    "create_stock_transfer",
    "post_opening_stock",
    "post_stock_adjustment",
    "post_stock_count",
    "post_stock_transfer",
    "take_snapshot",
    "take_snapshots",
    "update_stock_adjustment",
    "update_stock_count",
    "update_stock_transfer",
]
