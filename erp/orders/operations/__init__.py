"""The verbs of selling: offer, order, deliver, invoice, take back."""

from erp.orders.operations.answers import accept_quotation, decline_quotation, expire_quotations, send_quotation
from erp.orders.operations.confirming import cancel_sales_order, confirm_sales_order, reserve_sales_order
from erp.orders.operations.deliveries import cancel_delivery, create_delivery, deliver_sales_order, ship_delivery
from erp.orders.operations.history import PastOrder, PastShipment, import_confirmed_orders, import_shipments
from erp.orders.operations.invoices import invoice_sales_order
from erp.orders.operations.quotations import create_quotation, revise_quotation, update_quotation
from erp.orders.operations.returns import receive_return
from erp.orders.operations.sales_orders import create_sales_order, update_sales_order

__all__ = [
    "PastOrder",
    "PastShipment",
    "accept_quotation",
    "cancel_delivery",
    "cancel_sales_order",
    "confirm_sales_order",
    "create_delivery",
    "create_quotation",
    "create_sales_order",
    "decline_quotation",
    "deliver_sales_order",
    "expire_quotations",
    "import_confirmed_orders",
    "import_shipments",
    "invoice_sales_order",
    "receive_return",
    "reserve_sales_order",
    "revise_quotation",
    "send_quotation",
    "ship_delivery",
    "update_quotation",
    "update_sales_order",
]
