"""Sales orders on the screen: confirmed, delivered and invoiced."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.company.conversion import with_company_net
from core.company.queries import local_date
from core.ui.actions import Action
from core.ui.panels import AttributesPanel, RelatedPanel
from core.ui.registry import register
from core.ui.resource import Caller, Column, LineForm, Menu, PresetView, Resource
from erp.orders import forms, operations, panels
from erp.orders.consequence_texts import credit_warnings, reservation_lines
from erp.orders.enums import DeliveryState, InvoiceState, OrderStatus
from erp.orders.models import Delivery, SalesOrder, SalesReturn
from erp.orders.previews import preview_sale
from erp.orders.resources.shared import OWNED_FIELDS, SALE_FIELDS

OPEN_ORDERS = (OrderStatus.DRAFT, OrderStatus.CONFIRMED)


def is_confirmed(order: SalesOrder) -> bool:
    return order.status in (OrderStatus.CONFIRMED, OrderStatus.DONE)


def order_defaults(caller: Caller) -> dict[str, Any]:
    return {"document_date": local_date(caller.company, caller.now)}


def what_confirming_does(order: SalesOrder) -> list[str]:
    return [*reservation_lines(order), *credit_warnings(order)]


@register
class SalesOrderResource(Resource):
    model = SalesOrder
    slug = "sales-orders"
    menu = Menu("orders", order=10, icon="shopping-cart", key="o")
    columns = (
        "number",
        "party",
        "document_date",
        "status",
        Column("delivery_state", kind="status"),
        Column("invoice_state", kind="status"),
        Column("net_amount", total=True, own="company_net_amount"),
        Column("total_amount", total=True),
        "owner",
    )
    more_columns = (
        "reference",
        "requested_date",
        "warehouse",
        "currency",
        "tax_amount",
        "team",
        "confirmed_at",
        "quotation",
    )
    filters = (
        "status", "delivery_state", "invoice_state", "party", "owner", "team", "warehouse", "document_date",
        "requested_date", "currency", "total_amount",
    )  # fmt: skip
    search = True
    status_colors = {
        DeliveryState.NONE: "grey",
        DeliveryState.FULL: "green",
        DeliveryState.NOTHING_TO_DELIVER: "grey",
        InvoiceState.PARTIAL: "blue",
    }
    form = forms.SalesOrderForm
    lines = LineForm(forms.SalesOrderLineForm, label=_("Lines"))
    create = operations.create_sales_order
    update = operations.update_sales_order
    preview = preview_sale
    defaults = staticmethod(order_defaults)
    detail_related = ("party", "currency", "quotation", "owner", "team", "payment_term", "warehouse", "company")
    panels = (
        panels.OrderLinesPanel(),
        AttributesPanel(
            fields=(
                *SALE_FIELDS,
                "delivery_state",
                "invoice_state",
                "quotation",
                "confirmed_at",
                "confirmed_by",
                "cancelled_at",
                "cancel_reason",
                *OWNED_FIELDS,
            )
        ),
        panels.SaleTotalsPanel(),
        RelatedPanel(
            name="deliveries",
            title=_("Deliveries"),
            model=Delivery,
            field="order",
            columns=("number", "document_date", "status"),
        ),
        panels.OrderInvoicesPanel(side="side"),
        RelatedPanel(
            name="returns",
            title=_("Returns"),
            model=SalesReturn,
            field="delivery__order",
            columns=("number", "document_date", "status", "reason"),
        ),
    )
    actions = (
        Action(
            "confirm",
            label=_("Confirm"),
            operation=operations.confirm_sales_order,
            when=lambda order: order.status == OrderStatus.DRAFT,
            confirm=what_confirming_does,
            style="primary",
            icon="check",
            bulk=True,
        ),
        Action(
            "deliver",
            label=_("Plan delivery"),
            operation=operations.create_delivery,
            form=forms.DeliverForm,
            when=lambda order: is_confirmed(order) and order.delivery_state in ("none", "partial"),
            style="primary",
            icon="truck-delivery",
            follow=True,
        ),
        Action(
            "invoice",
            label=_("Invoice"),
            operation=operations.invoice_sales_order,
            form=forms.InvoiceForm,
            when=lambda order: is_confirmed(order) and order.invoice_state != InvoiceState.FULL,
            style="primary",
            icon="file-invoice",
            follow=True,
        ),
        Action(
            "reserve",
            label=_("Reserve backorder"),
            operation=operations.reserve_sales_order,
            when=lambda order: is_confirmed(order) and order.delivery_state in ("none", "partial"),
            icon="lock",
            bulk=True,
        ),
        Action(
            "cancel",
            label=_("Cancel order"),
            operation=operations.cancel_sales_order,
            form=forms.CancelForm,
            when=lambda order: order.status in OPEN_ORDERS and order.delivery_state in ("none", "not_needed"),
            confirm=_("Its reservations are given back and planned deliveries are cancelled. This cannot be undone."),
            style="danger",
            icon="ban",
        ),
    )
    saved_views = (
        PresetView("open", _("Open"), {"status": "draft,confirmed"}),
        PresetView("to_deliver", _("To deliver"), {"status": "confirmed", "delivery_state": "none,partial"}),
        PresetView("to_invoice", _("To invoice"), {"status": "confirmed", "invoice_state": "none,partial"}),
        PresetView("mine", _("My orders"), {"owner": "me"}),
    )
    api_fields = (
        "id", "number", "status", "delivery_state", "invoice_state", "party", "document_date", "currency", "reference",
        "requested_date", "delivery_address", "warehouse", "payment_term", "freight_amount", "notes", "net_amount",
        "tax_amount", "total_amount", "quotation", "owner", "team", "confirmed_at", "external_id", "version",
    )  # fmt: skip

    def measured(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return with_company_net(queryset)

    def subtitle(self, obj: SalesOrder) -> str:
        return str(obj.party)

    def editable(self, obj: SalesOrder) -> bool:
        return obj.status == OrderStatus.DRAFT
