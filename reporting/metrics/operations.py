"""Figures of goods on their way in and out."""

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from erp.orders.enums import DeliveryState, DeliveryStatus, OrderStatus
from erp.purchasing.enums import PurchaseOrderStatus, ReceiptStatus
from reporting.metrics.definition import Metric, Unit, total

ROWS = {"total": Count("pk")}

TO_SHIP = Metric(
    key="to_ship", label=_("Deliveries to ship"), slug="deliveries", filters={"status": DeliveryStatus.DRAFT},
    unit=Unit.COUNT, aggregates=ROWS, value=total, more_is_better=None,
)  # fmt: skip
SHIPPED = Metric(
    key="shipped", label=_("Deliveries shipped"), slug="deliveries", filters={"status": DeliveryStatus.SHIPPED},
    unit=Unit.COUNT, date="document_date", column="document_date", aggregates=ROWS, value=total,
)  # fmt: skip
TO_DELIVER = Metric(
    key="to_deliver", label=_("Orders to deliver"), slug="sales-orders", unit=Unit.COUNT,
    filters={
        "status": OrderStatus.CONFIRMED, "delivery_state": f"{DeliveryState.NONE},{DeliveryState.PARTIAL}",
    },
    aggregates=ROWS, value=total, more_is_better=None,
)  # fmt: skip
ORDERED = Metric(
    key="ordered", label=_("Purchase orders open"), slug="purchase-orders", unit=Unit.COUNT,
    filters={"status": PurchaseOrderStatus.CONFIRMED}, aggregates=ROWS, value=total, more_is_better=None,
)  # fmt: skip
RECEIVED = Metric(
    key="received", label=_("Receipts"), slug="receipts", filters={"status": ReceiptStatus.POSTED},
    unit=Unit.COUNT, date="document_date", column="document_date", aggregates=ROWS, value=total,
    more_is_better=None,
)  # fmt: skip
