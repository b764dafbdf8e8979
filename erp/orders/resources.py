"""Screens of selling: quotations, sales orders, deliveries, returns."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.company.conversion import with_company_net
from core.company.queries import local_date
from core.ui import formats
from core.ui.actions import Action
from core.ui.panels import AttributesPanel, LinesPanel, RelatedPanel
from core.ui.registry import register
from core.ui.resource import Caller, Column, LineForm, Menu, PresetView, Resource
from erp.orders import forms, operations, order_lines, panels  # noqa: F401  order_lines registers its Resource
from erp.orders.consequence_texts import credit_warnings, reservation_lines, shipping_lines
from erp.orders.enums import (
    DeliveryState,
    DeliveryStatus,
    InvoiceState,
    OrderStatus,
    QuotationStatus,
)
from erp.orders.models import Delivery, Quotation, SalesOrder, SalesReturn
from erp.orders.operations.quotations import VALID_DAYS
from erp.orders.previews import preview_sale

HEAD = (
    "party",
    "document_date",
    "reference",
    "requested_date",
    "payment_term",
    "warehouse",
    "delivery_address",
    "notes",
)
OWNED = ("owner", "team", "created_at", "created_by")
OPEN_ORDERS = (OrderStatus.DRAFT, OrderStatus.CONFIRMED)


def is_confirmed(order: SalesOrder) -> bool:
    return order.status in (OrderStatus.CONFIRMED, OrderStatus.DONE)


def quotation_defaults(caller: Caller) -> dict[str, Any]:
    today = local_date(caller.company, caller.now)
    return {"document_date": today, "valid_until": today + dt.timedelta(days=VALID_DAYS)}


def order_defaults(caller: Caller) -> dict[str, Any]:
    return {"document_date": local_date(caller.company, caller.now)}


def what_sending_does(quotation: Quotation) -> list[str]:
    return [
        _t("The quotation over %(total)s gets its number and its PDF and can no longer be changed.")
        % {"total": formats.money_with_currency(quotation.total_amount, quotation.currency_id)},
        _t("The customer can accept it until %(date)s.") % {"date": formats.date(quotation.valid_until)},
    ]


def what_accepting_does(quotation: Quotation) -> list[str]:
    return [
        _t("A draft order over %(total)s is made. Confirming it, which reserves stock, is a step of its own.")
        % {"total": formats.money_with_currency(quotation.total_amount, quotation.currency_id)}
    ]


def what_confirming_does(order: SalesOrder) -> list[str]:
    return [*reservation_lines(order), *credit_warnings(order)]


@register
class QuotationResource(Resource):
    model = Quotation
    slug = "quotations"
    menu = Menu("sales", order=40, icon="file-text", key="q")
    columns = (
        "number",
        "party",
        "document_date",
        "valid_until",
        "status",
        Column("net_amount", total=True, own="company_net_amount"),
        Column("total_amount", total=True),
        "owner",
    )
    more_columns = (
        "revision",
        "reference",
        "requested_date",
        "tax_amount",
        "currency",
        "team",
        "sent_at",
        "answered_at",
    )
    filters = ("status", "party", "owner", "team", "document_date", "valid_until", "currency", "total_amount")
    search = True
    form = forms.QuotationForm
    lines = LineForm(forms.QuotationLineForm, label=_("Lines"))
    create = operations.create_quotation
    update = operations.update_quotation
    preview = preview_sale
    defaults = staticmethod(quotation_defaults)
    detail_related = ("party", "currency", "revises", "owner", "team", "payment_term", "warehouse", "company")
    panels = (
        panels.SaleLinesPanel(),
        AttributesPanel(
            fields=(
                *HEAD,
                "valid_until",
                "revision",
                "revises",
                "sent_at",
                "answered_at",
                "answered_name",
                "answered_by",
                "decline_reason",
                *OWNED,
            )
        ),
        panels.SaleTotalsPanel(),
        panels.CustomerLinkPanel(),
        panels.VersionsPanel(),
        RelatedPanel(
            name="orders",
            title=_("Sales orders"),
            model=SalesOrder,
            field="quotation",
            columns=("number", "document_date", "status", "total_amount"),
        ),
    )
    actions = (
        Action(
            "send",
            label=_("Send"),
            operation=operations.send_quotation,
            when=lambda quotation: quotation.status == QuotationStatus.DRAFT,
            confirm=what_sending_does,
            style="primary",
            icon="send",
            bulk=True,
        ),
        Action(
            "accept",
            label=_("Accept"),
            operation=operations.accept_quotation,
            form=forms.AcceptForm,
            when=lambda quotation: quotation.status == QuotationStatus.SENT,
            confirm=what_accepting_does,
            style="primary",
            icon="circle-check",
            follow=True,
        ),
        Action(
            "decline",
            label=_("Decline"),
            operation=operations.decline_quotation,
            form=forms.DeclineForm,
            when=lambda quotation: quotation.status == QuotationStatus.SENT,
            icon="circle-x",
        ),
        Action(
            "revise",
            label=_("New version"),
            operation=operations.revise_quotation,
            when=lambda quotation: (
                quotation.status in (QuotationStatus.SENT, QuotationStatus.DECLINED, QuotationStatus.EXPIRED)
            ),
            confirm=_("A draft with the same lines is made. This version can then no longer be accepted."),
            icon="copy",
            follow=True,
        ),
    )
    saved_views = (
        PresetView("open", _("Open"), {"status": "draft,sent"}),
        PresetView("mine", _("My quotations"), {"owner": "me"}),
        PresetView("ending", _("Ending this week"), {"status": "sent", "valid_until_to": "today+7"}),
    )
    api_fields = (
        "id", "number", "revision", "status", "party", "document_date", "valid_until", "currency", "reference",
        "requested_date", "delivery_address", "warehouse", "payment_term", "freight_amount", "notes", "net_amount",
        "tax_amount", "total_amount", "owner", "team", "sent_at", "answered_at", "answered_name", "decline_reason",
        "external_id", "version",
    )  # fmt: skip

    def measured(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return with_company_net(queryset)

    def subtitle(self, obj: Quotation) -> str:
        return str(obj.party)

    def editable(self, obj: Quotation) -> bool:
        return obj.status == QuotationStatus.DRAFT


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
                *HEAD,
                "delivery_state",
                "invoice_state",
                "quotation",
                "confirmed_at",
                "confirmed_by",
                "cancelled_at",
                "cancel_reason",
                *OWNED,
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


@register
class DeliveryResource(Resource):
    model = Delivery
    slug = "deliveries"
    menu = Menu("orders", order=20, icon="truck-delivery", key="d")
    columns = ("number", "order", "party", "document_date", "status", "warehouse", "carrier", "tracking_number")
    more_columns = ("shipped_at", "shipped_by", "owner", "team")
    filters = ("status", "party", "order", "warehouse", "document_date", "owner")
    search = True
    form = forms.DeliveryForm
    create = False
    detail_related = ("party", "order", "warehouse", "owner", "team", "shipped_by", "company")
    panels = (
        panels.DeliveryLinesPanel(),
        AttributesPanel(
            fields=(
                "order",
                "party",
                "document_date",
                "warehouse",
                "carrier",
                "tracking_number",
                "delivery_address",
                "shipped_at",
                "shipped_by",
                *OWNED,
            )
        ),
        RelatedPanel(
            name="returns",
            title=_("Returns"),
            model=SalesReturn,
            field="delivery",
            columns=("number", "document_date", "status", "reason"),
        ),
    )
    actions = (
        Action(
            "ship",
            label=_("Ship"),
            operation=operations.ship_delivery,
            form=forms.ShipForm,
            when=lambda delivery: delivery.status == DeliveryStatus.DRAFT,
            confirm=shipping_lines,
            style="primary",
            icon="truck",
            bulk=True,
        ),
        Action(
            "return",
            label=_("Take back"),
            operation=operations.receive_return,
            form=forms.ReturnForm,
            when=lambda delivery: delivery.status == DeliveryStatus.SHIPPED,
            icon="truck-return",
            follow=True,
        ),
        Action(
            "cancel",
            label=_("Cancel delivery"),
            operation=operations.cancel_delivery,
            when=lambda delivery: delivery.status == DeliveryStatus.DRAFT,
            confirm=_("The goods stay reserved for the order."),
            style="danger",
            icon="ban",
        ),
    )
    saved_views = (
        PresetView("to_ship", _("To ship"), {"status": "draft"}),
        PresetView("today", _("Shipped today"), {"status": "shipped", "document_date_from": "today"}),
    )
    api_fields = (
        "id", "number", "status", "order", "party", "document_date", "warehouse", "carrier", "tracking_number",
        "delivery_address", "shipped_at", "external_id", "version",
    )  # fmt: skip
    api_lines = "lines"

    def subtitle(self, obj: Delivery) -> str:
        return str(obj.party)

    def editable(self, obj: Delivery) -> bool:
        return obj.status == DeliveryStatus.DRAFT


@register
class SalesReturnResource(Resource):
    model = SalesReturn
    slug = "sales-returns"
    menu = Menu("orders", order=30, icon="truck-return")
    columns = ("number", "delivery", "party", "document_date", "status", "reason")
    more_columns = ("warehouse", "owner", "team", "created_at")
    filters = ("status", "party", "warehouse", "document_date")
    search = True
    detail_related = ("party", "delivery", "warehouse", "company")
    panels = (
        LinesPanel(columns=("delivery_line__item", "quantity", "condition", "invoiced_quantity")),
        AttributesPanel(fields=("delivery", "party", "document_date", "warehouse", "reason", *OWNED)),
        panels.ReturnCreditsPanel(side="side"),
    )
    saved_views = (PresetView("open", _("To credit"), {"status": "received"}),)
    api_fields = (
        "id", "number", "status", "delivery", "party", "document_date", "warehouse", "reason", "external_id", "version",
    )  # fmt: skip
    api_lines = "lines"

    def subtitle(self, obj: SalesReturn) -> str:
        return str(obj.party)
