"""Figures of selling."""

from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from crm.pipeline.enums import DealStatus
from erp.orders.enums import OrderStatus, QuotationStatus
from reporting.metrics.definition import Stand, Unit
from reporting.metrics.lists import Found, ListMetric

TAKEN = f"{OrderStatus.CONFIRMED},{OrderStatus.DONE}"
CLOSED = f"{DealStatus.WON},{DealStatus.LOST}"
TWO_PLACES = Decimal("0.01")


def _rate(found: Found) -> Decimal:
    """Won per closed, in percent to two decimals; nothing closed is 0."""
    closed = found.get("closed")
    return (Decimal(found["won"]) * 100 / closed).quantize(TWO_PLACES) if closed else Decimal(0)


ORDERS_TAKEN = ListMetric(
    key="orders_taken", label=_("Orders taken"), slug="sales-orders", filters={"status": TAKEN},
    date="document_date", column="document_date", aggregates={"total": Sum("company_net_amount")}, footer=_("Net"),
    hint=_("Confirmed sales orders, net. Confirm the first order to see it."),
)  # fmt: skip
ORDER_COUNT = ListMetric(
    key="order_count", label=_("Number of orders"), slug="sales-orders", filters={"status": TAKEN}, unit=Unit.COUNT,
    date="document_date", column="document_date", aggregates={"total": Count("pk")},
    hint=_("How many sales orders were confirmed."),
)  # fmt: skip
WON = ListMetric(
    key="won", label=_("Deals won"), slug="deals", filters={"status": DealStatus.WON}, date="closed_at",
    column="closed_at", of_moment=True, aggregates={"total": Sum("company_amount")}, footer=_("Amount"),
    hint=_("What the deals won in this time are worth. Win the first deal to see it."),
)  # fmt: skip
WIN_RATE = ListMetric(
    key="win_rate", label=_("Win rate"), slug="deals", unit=Unit.PERCENT, filters={"status": CLOSED},
    date="closed_at", column="closed_at", of_moment=True, value=_rate,
    aggregates={"won": Count("pk", filter=Q(status=DealStatus.WON)), "closed": Count("pk")},
    hint=_("Deals won out of all that were closed."),
)  # fmt: skip
PIPELINE = ListMetric(
    key="pipeline", label=_("Open pipeline"), slug="deals", filters={"status": DealStatus.OPEN}, stand=Stand.NOW,
    aggregates={"total": Sum("company_amount")}, footer=_("Amount"),
    hint=_("What the open deals are worth together. Add a deal to begin."),
)  # fmt: skip
OFFERED = ListMetric(
    key="offered", label=_("Quotations out"), slug="quotations", filters={"status": QuotationStatus.SENT},
    stand=Stand.NOW, aggregates={"total": Sum("company_net_amount")}, footer=_("Net"), more_is_better=None,
    hint=_("Quotations sent and not answered, net."),
)  # fmt: skip

METRICS = (ORDERS_TAKEN, ORDER_COUNT, WON, WIN_RATE, PIPELINE, OFFERED)
