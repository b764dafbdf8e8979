"""Models of buying."""

from erp.purchasing.models.orders import PurchaseOrder, PurchaseOrderLine
from erp.purchasing.models.receipts import Receipt, ReceiptLine

__all__ = ["PurchaseOrder", "PurchaseOrderLine", "Receipt", "ReceiptLine"]
