"""Figures of selling."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from crm.pipeline.enums import DealStatus
from erp.orders.enums import OrderStatus, QuotationStatus
from reporting.metrics.definition import Metric, Unit, total

TAKEN = f"{OrderStatus.CONFIRMED},{OrderStatus.DONE}"


def _rate(found: Mapping[str, Any]) -> Decimal:
    """Won per closed, in percent to one decimal; nothing closed is 0."""
    closed = found["closed"]
    return (Decimal(found["won"]) * 100 / closed).quantize(Decimal("0.1")) if closed else Decimal(0)


ORDERS_TAKEN = Metric(
    key="orders_taken", label=_("Orders taken"), slug="sales-orders", filters={"status": TAKEN},
    date="document_date", column="document_date", aggregates={"total": Sum("net_amount")}, value=total,
)  # fmt: skip
ORDER_COUNT = Metric(
    key="order_count", label=_("Number of orders"), slug="sales-orders", filters={"status": TAKEN}, unit=Unit.COUNT,
    date="document_date", column="document_date", aggregates={"total": Count("pk")}, value=total,
)  # fmt: skip
WON = Metric(
    key="won", label=_("Deals won"), slug="deals", filters={"status": DealStatus.WON},
    date="closed_at", column="closed_at", aggregates={"total": Sum("company_amount")}, value=total,
)  # fmt: skip
WIN_RATE = Metric(
    key="win_rate", label=_("Win rate"), slug="deals", unit=Unit.PERCENT,
    filters={"status": f"{DealStatus.WON},{DealStatus.LOST}"}, date="closed_at", column="closed_at",
    aggregates={"won": Count("pk", filter=Q(status=DealStatus.WON)), "closed": Count("pk")}, value=_rate,
)  # fmt: skip
PIPELINE = Metric(
    key="pipeline", label=_("Open pipeline"), slug="deals", filters={"status": DealStatus.OPEN},
    aggregates={"total": Sum("company_amount")}, value=total,
)  # fmt: skip
OFFERED = Metric(
    key="offered", label=_("Quotations out"), slug="quotations", filters={"status": QuotationStatus.SENT},
    aggregates={"total": Sum("net_amount")}, value=total, more_is_better=None,
)  # fmt: skip
