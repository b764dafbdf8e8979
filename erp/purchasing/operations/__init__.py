"""What people do in purchasing."""

from erp.purchasing.operations.billing import bill_purchase_order
from erp.purchasing.operations.purchase_orders import (
    cancel_purchase_order,
    confirm_purchase_order,
    create_purchase_order,
    update_purchase_order,
)
from erp.purchasing.operations.receipts import (
    cancel_receipt,
    create_receipt,
    post_receipt,
    receive_purchase_order,
    update_receipt,
)

__all__ = [
    "bill_purchase_order",
    "cancel_purchase_order",
    "cancel_receipt",
    "confirm_purchase_order",
    "create_purchase_order",
    "create_receipt",
    "post_receipt",
    "receive_purchase_order",
    "update_purchase_order",
    "update_receipt",
]
