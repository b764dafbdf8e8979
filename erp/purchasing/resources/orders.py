"""Purchase orders."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.company.conversion import with_company_net
from core.documents.references import RecordRef
from core.ui import formats
from core.ui.actions import Action
from core.ui.panels import AttributesPanel, LinesPanel, RelatedPanel, TablePanel, TotalsPanel
from core.ui.registry import register
from core.ui.resource import Caller, Column, LineForm, Menu, PresetView, Resource
from core.ui.totals import tax_row, total_rows
from erp.invoicing.models import SupplierInvoice
from erp.invoicing.panels import COUNTED
from erp.purchasing import forms, operations
from erp.purchasing.enums import InvoiceState, PurchaseOrderStatus, ReceiptState
from erp.purchasing.models import PurchaseOrder, Receipt
from erp.purchasing.previews import preview_purchase_order
from erp.purchasing.steps import purchase_steps

DRAFT, CONFIRMED = PurchaseOrderStatus.DRAFT, PurchaseOrderStatus.CONFIRMED


def totals_of(order: PurchaseOrder) -> Sequence[Mapping[str, Any]]:
    currency = order.currency_id
    return total_rows(order.net_amount, [tax_row(order.tax_amount, currency)], order.total_amount, currency)


def confirming(order: PurchaseOrder) -> list[str]:
    total = formats.money_with_currency(order.total_amount, order.currency_id)
    return [
        _t("%(total)s are ordered from %(party)s.") % {"total": total, "party": order.party},
        _t("The order gets its number and cannot be changed any more."),
    ]


def waits_for_goods(order: PurchaseOrder) -> bool:
    return order.status == CONFIRMED and order.receipt_state in (ReceiptState.NONE, ReceiptState.PARTIAL)


def may_be_billed(order: PurchaseOrder) -> bool:
    has_arrived = order.receipt_state != ReceiptState.NONE
    return order.status == CONFIRMED and has_arrived and order.invoice_state != InvoiceState.FULL


class SupplierInvoicesPanel(TablePanel):
    """Supplier invoices of the order."""

    name = "invoices"
    title = _("Supplier invoices")
    side = "side"
    lazy = True
    columns = ("number", "status", COUNTED)

    def rows(self, caller: Caller, obj: PurchaseOrder) -> QuerySet[SupplierInvoice]:
        source = RecordRef.of(obj)
        return SupplierInvoice.objects.filter(source_label=source.label, source_id=source.id).order_by("-id")


@register
class PurchaseOrderResource(Resource):
    model = PurchaseOrder
    slug = "purchase-orders"
    menu = Menu("purchasing", order=10, icon="shopping-cart")
    columns = (
        "number",
        "party",
        "document_date",
        "expected_date",
        Column("net_amount", total=True, own="company_net_amount"),
        Column("total_amount", total=True),
        "status",
        "receipt_state",
        "invoice_state",
    )
    more_columns = ("reference", "warehouse", "currency", "owner", "confirmed_at")
    filters = (
        "status", "receipt_state", "invoice_state", "party", "warehouse", "owner", "document_date", "expected_date",
        "currency", "total_amount",
    )  # fmt: skip
    search = True
    form = forms.PurchaseOrderForm
    lines = LineForm(forms.PurchaseOrderLineForm, min=1)
    create = operations.create_purchase_order
    update = operations.update_purchase_order
    preview = preview_purchase_order
    stepper = purchase_steps
    select_related = ("party",)

    def measured(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return with_company_net(queryset)

    actions = (
        Action(
            "confirm",
            label=_("Confirm"),
            operation=operations.confirm_purchase_order,
            when=lambda order: order.status == DRAFT,
            confirm=confirming,
            style="primary",
            icon="check",
            bulk=True,
        ),
        Action(
            "receive",
            label=_("Receive"),
            operation=operations.receive_purchase_order,
            form=forms.ReceiveForm,
            when=waits_for_goods,
            style="primary",
            icon="truck-delivery",
            follow=True,
        ),
        Action(
            "bill",
            label=_("Enter invoice"),
            operation=operations.bill_purchase_order,
            form=forms.BillForm,
            when=may_be_billed,
            style="primary",
            icon="file-invoice",
            follow=True,
        ),
        Action(
            "cancel",
            label=_("Cancel"),
            operation=operations.cancel_purchase_order,
            when=lambda order: order.status in (DRAFT, CONFIRMED) and order.receipt_state != ReceiptState.FULL,
            confirm=_("The order is called off; receipts that are still expected are cancelled with it."),
            style="danger",
            icon="ban",
        ),
    )
    saved_views = (
        PresetView("open", _("To receive"), {"status": CONFIRMED, "receipt_state": "none,partial"}),
        PresetView("to_bill", _("To invoice"), {"status": CONFIRMED, "receipt_state": "partial,full"}),
        PresetView("drafts", _("Drafts"), {"status": DRAFT}),
    )
    panels = (
        AttributesPanel(
            fields=(
                "party",
                "document_date",
                "expected_date",
                "reference",
                "warehouse",
                "payment_term",
                "currency",
                "over_receipt_percent",
                "owner",
                "notes",
            )
        ),
        LinesPanel(
            columns=(
                "item",
                "description",
                "quantity",
                "unit",
                "unit_price",
                "discount_percent",
                Column("net_amount", currency="order.currency_id", related=("order",)),
                "received_quantity",
                "invoiced_quantity",
            )
        ),
        TotalsPanel(totals=totals_of),
        RelatedPanel(
            name="receipts",
            title=_("Receipts"),
            model=Receipt,
            field="order",
            columns=("number", "document_date", "status"),
        ),
        SupplierInvoicesPanel(),
    )

    def subtitle(self, obj: PurchaseOrder) -> str:
        return str(obj.party)

    def editable(self, obj: PurchaseOrder) -> bool:
        return bool(obj.status == DRAFT)
