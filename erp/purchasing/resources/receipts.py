"""Receipts."""

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.ui.actions import Action
from core.ui.panels import AttributesPanel, LinesPanel
from core.ui.registry import register
from core.ui.resource import Column, LineForm, Menu, PresetView, Resource
from erp.purchasing import forms, operations
from erp.purchasing.enums import ReceiptStatus
from erp.purchasing.models import Receipt
from erp.purchasing.steps import purchase_steps


def is_draft(receipt: Receipt) -> bool:
    return bool(receipt.status == ReceiptStatus.DRAFT)


def posting(receipt: Receipt) -> list[str]:
    """What posting will do, for the question before it."""
    lines = receipt.lines.select_related("item")[:20]
    return [
        _t("%(quantity)s × %(item)s enter %(warehouse)s.")
        % {"quantity": f"{line.quantity.normalize():f}", "item": line.item, "warehouse": receipt.warehouse}
        for line in lines
    ]


@register
class ReceiptResource(Resource):
    model = Receipt
    slug = "receipts"
    menu = Menu("purchasing", order=20, icon="truck-delivery")
    columns = ("number", "party", "order", "document_date", "warehouse", "reference", "status")
    more_columns = ("posted_at", "posted_by", "owner")
    filters = ("status", "party", "order", "warehouse", "document_date")
    search = True
    form = forms.ReceiptForm
    lines = LineForm(forms.ReceiptLineForm, min=0, extra=0)
    create = operations.create_receipt
    update = operations.update_receipt
    stepper = purchase_steps
    status_colors = {ReceiptStatus.DRAFT: "yellow", ReceiptStatus.POSTED: "green"}
    actions = (
        Action(
            "post",
            label=_("Post receipt"),
            operation=operations.post_receipt,
            when=is_draft,
            confirm=posting,
            style="primary",
            icon="check",
            bulk=True,
        ),
        Action(
            "cancel",
            label=_("Cancel"),
            operation=operations.cancel_receipt,
            when=is_draft,
            confirm=_("The expected receipt is set aside; the goods are still to be received."),
            style="danger",
            icon="ban",
        ),
    )
    saved_views = (PresetView("expected", _("Expected"), {"status": ReceiptStatus.DRAFT}),)
    panels = (
        AttributesPanel(fields=("party", "order", "document_date", "warehouse", "reference", "posted_at", "posted_by")),
        LinesPanel(
            columns=(
                "item",
                "quantity",
                Column("order_line__unit", label=_("Unit")),
                Column("order_line__quantity", label=_("Ordered")),
                Column("value", currency="company.currency_id", related=("company",)),
                "invoiced_quantity",
                Column("move", label=_("Stock move"), kind="link"),
            )
        ),
    )
    detail_related = ("order",)

    def subtitle(self, obj: Receipt) -> str:
        return str(obj.party)

    def editable(self, obj: Receipt) -> bool:
        return is_draft(obj)
