"""Figures of goods on their way in and out, and of buying them."""

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from erp.invoicing.enums import InvoiceStatus
from erp.orders.enums import DeliveryState, DeliveryStatus, OrderStatus
from erp.purchasing.enums import PurchaseOrderStatus, ReceiptStatus
from reporting.metrics.definition import Stand, Unit
from reporting.metrics.lists import ListMetric

ROWS = {"total": Count("pk")}
NOT_ALL = f"{DeliveryState.NONE},{DeliveryState.PARTIAL}"
PLACED = f"{PurchaseOrderStatus.CONFIRMED},{PurchaseOrderStatus.DONE}"

TO_SHIP = ListMetric(
    key="to_ship", label=_("Deliveries to ship"), slug="deliveries", filters={"status": DeliveryStatus.DRAFT},
    unit=Unit.COUNT, stand=Stand.NOW, aggregates=ROWS, more_is_better=None,
    hint=_("Planned deliveries that have not left yet."),
)  # fmt: skip
SHIPPED = ListMetric(
    key="shipped", label=_("Deliveries shipped"), slug="deliveries", filters={"status": DeliveryStatus.SHIPPED},
    unit=Unit.COUNT, date="document_date", column="document_date", aggregates=ROWS,
    hint=_("Deliveries that left. Ship the first one to see it."),
)  # fmt: skip
TO_DELIVER = ListMetric(
    key="to_deliver", label=_("Orders to deliver"), slug="sales-orders", unit=Unit.COUNT, stand=Stand.NOW,
    filters={"status": OrderStatus.CONFIRMED, "delivery_state": NOT_ALL}, aggregates=ROWS, more_is_better=None,
    hint=_("Confirmed orders with something left to deliver."),
)  # fmt: skip
ORDERED = ListMetric(
    key="ordered", label=_("Purchase orders open"), slug="purchase-orders", unit=Unit.COUNT, stand=Stand.NOW,
    filters={"status": PurchaseOrderStatus.CONFIRMED}, aggregates=ROWS, more_is_better=None,
    hint=_("Ordered from suppliers and not completely received and invoiced."),
)  # fmt: skip
RECEIVED = ListMetric(
    key="received", label=_("Receipts"), slug="receipts", filters={"status": ReceiptStatus.POSTED}, unit=Unit.COUNT,
    date="document_date", column="document_date", aggregates=ROWS, more_is_better=None,
    hint=_("Receipts of goods posted."),
)  # fmt: skip
PURCHASED = ListMetric(
    key="purchased", label=_("Purchases ordered"), slug="purchase-orders", filters={"status": PLACED},
    date="document_date", column="document_date", aggregates={"total": Sum("company_net_amount")}, footer=_("Net"),
    more_is_better=None, hint=_("Confirmed purchase orders, net. Confirm the first one to see it."),
)  # fmt: skip
SUPPLIER_BILLS = ListMetric(
    key="supplier_drafts", label=_("Supplier invoices to post"), slug="supplier-invoices",
    filters={"status": InvoiceStatus.DRAFT}, unit=Unit.COUNT, stand=Stand.NOW, aggregates=ROWS, more_is_better=None,
    hint=_("Supplier invoices that wait for somebody to check and post them."),
)  # fmt: skip

METRICS = (TO_SHIP, SHIPPED, TO_DELIVER, ORDERED, RECEIVED, PURCHASED, SUPPLIER_BILLS)
