"""Documents of selling: quotation, sales order, delivery, return."""

from erp.orders.models.deliveries import Delivery, DeliveryLine
from erp.orders.models.orders import SalesOrder, SalesOrderLine
from erp.orders.models.quotations import Quotation, QuotationLine
from erp.orders.models.returns import SalesReturn, SalesReturnLine

__all__ = [
    "Delivery",
    "DeliveryLine",
    "Quotation",
    "QuotationLine",
    "SalesOrder",
    "SalesOrderLine",
    "SalesReturn",
    "SalesReturnLine",
]
