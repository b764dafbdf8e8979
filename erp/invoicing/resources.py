"""Screens of invoices."""

import datetime as dt
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.ui import formats
from core.ui.actions import Action
from core.ui.badges import Badge, color_of
from core.ui.nav import Page, register_page
from core.ui.panels import AttributesPanel
from core.ui.registry import register
from core.ui.resource import Caller, Column, LineForm, Menu, PresetView, Resource
from erp.invoicing import filters, forms, operations, panels, previews
from erp.invoicing.enums import InvoiceKind, InvoiceStatus, PaymentState
from erp.invoicing.models import SalesInvoice, SupplierInvoice
from erp.invoicing.policies import KEEPERS, READERS
from erp.invoicing.queries import payment_state, with_open_amounts, with_signed_amounts

HEAD = ("party", "kind", "document_date", "due_date", "payment_term", "reference")
STATE_COLORS = {
    PaymentState.NONE: "grey",
    PaymentState.UNPAID: "yellow",
    PaymentState.PARTLY_PAID: "blue",
    PaymentState.PAID: "green",
    PaymentState.OVERDUE: "red",
}


def state_word(invoice: Any) -> str:
    """The payment state in words; empty for what is not posted."""
    state = payment_state(invoice, timezone.localdate())
    return "" if state == PaymentState.NONE else str(state.label)


STATE = Column("payment_state", label=_("Payment"), kind="text", sort=False, value=state_word)
SIGNED = ("net_amount", "tax_amount", "total_amount")


def signed(name: str, **options: Any) -> Column:
    """A column of an amount that counts against the others on a credit note, so that the footer and a spreadsheet's own
    sum come to what was really invoiced."""
    return Column(
        name, kind="money", sort=f"signed_{name}", total=f"signed_{name}", value=attrgetter(f"signed_{name}"), **options
    )


def signed_open(invoice: Any) -> Any:
    return invoice.open_amount * invoice.sign


OPEN = Column("open_amount", label=_("Open"), kind="money", sort="open_amount", value=signed_open)


def today(caller: Caller) -> dict[str, Any]:
    return {"document_date": timezone.localdate(caller.now)}


def is_draft(invoice: Any) -> bool:
    return bool(invoice.status == InvoiceStatus.DRAFT)


def is_open_invoice(invoice: Any) -> bool:
    return invoice.status == InvoiceStatus.POSTED and invoice.kind == InvoiceKind.INVOICE


def is_open(invoice: Any) -> bool:
    return invoice.status == InvoiceStatus.POSTED and bool(getattr(invoice, "open_amount", 0))


def what_posting_does(invoice: Any) -> list[str]:
    total = formats.money_with_currency(invoice.total_amount, invoice.currency_id)
    lines = [
        _t("%(party)s is credited %(total)s.") if invoice.is_credit_note else _t("%(party)s is charged %(total)s."),
        _t("It gets its number and its journal entry and can no longer be changed; a credit note takes it back."),
    ]
    figures = {"party": invoice.party, "total": total}
    return [line % figures for line in lines]


def what_crediting_does(invoice: Any) -> list[str]:
    return [
        _t("A draft credit note over everything not credited yet is made, at most %(total)s.")
        % {"total": formats.money_with_currency(invoice.total_amount, invoice.currency_id)},
        _t("Lower its quantities before you post it to credit a part."),
    ]


def post_action(operation: Any) -> Action:
    return Action(
        "post", label=_("Post"), operation=operation, when=is_draft, confirm=what_posting_does, style="primary",
        icon="check", bulk=True,
    )  # fmt: skip


def credit_action(operation: Any, form: Any) -> Action:
    return Action(
        "credit", label=_("Credit"), operation=operation, form=form, when=is_open_invoice, confirm=what_crediting_does,
        icon="receipt-refund", follow=True,
    )  # fmt: skip


def settle_action(operation: Any) -> Action:
    return Action(
        "settle", label=_("Settle with open items"), operation=operation, form=forms.SettleForm, when=is_open,
        confirm=_("Payments on account and credit notes settle invoices, the oldest first."), verb="allocate",
        icon="link",
    )  # fmt: skip


def cancel_action(operation: Any) -> Action:
    return Action(
        "cancel", label=_("Cancel draft"), operation=operation, when=is_draft,
        confirm=_("The draft is set aside for good."), style="danger", icon="ban",
    )  # fmt: skip


class InvoiceResource(Resource):
    """What both types share."""

    search = True
    defaults = staticmethod(today)
    status_colors = STATE_COLORS  # type: ignore[assignment]
    detail_related = ("party", "currency", "payment_term", "reverses", "owner", "team", "company", "created_by")
    saved_views = (
        PresetView("drafts", _("Drafts"), {"status": InvoiceStatus.DRAFT}),
        PresetView("open", _("Unpaid"), {"payment_state": PaymentState.UNPAID}),
        PresetView("overdue", _("Overdue"), {"payment_state": PaymentState.OVERDUE}),
    )

    def queryset(self) -> QuerySet[Any]:
        return with_signed_amounts(with_open_amounts(self.model._default_manager.all()), SIGNED)

    def subtitle(self, obj: Any) -> str:
        return str(obj.party)

    def status_badge(self, obj: Any) -> Badge | None:
        """A posted invoice says whether it is paid."""
        state = payment_state(obj, timezone.localdate())
        if state == PaymentState.NONE:
            return Badge(str(obj.get_status_display()), color_of(obj.status, {}))
        return Badge(str(state.label), STATE_COLORS[state])

    def editable(self, obj: Any) -> bool:
        return is_draft(obj)


def create_sales_invoice(
    *, company_id: int, user: Any, now: dt.datetime, currency_id: str | None = None, **values: Any
) -> SalesInvoice:
    """The form's words for the operation's: a currency is its code."""
    return operations.create_sales_invoice(
        company_id=company_id, user=user, now=now, currency_code=currency_id, **_without_empty_lines(values)
    )


def create_supplier_invoice(
    *, company_id: int, user: Any, now: dt.datetime, currency_id: str | None = None, **values: Any
) -> SupplierInvoice:
    """As `create_sales_invoice`."""
    return operations.create_supplier_invoice(
        company_id=company_id, user=user, now=now, currency_code=currency_id, **_without_empty_lines(values)
    )


def _without_empty_lines(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"lines": (), **values}


@register
class SalesInvoiceResource(InvoiceResource):
    model = SalesInvoice
    slug = "sales-invoices"
    menu = Menu("finance", order=10, icon="file-invoice", key="v")
    columns = (
        "number",
        "party",
        "document_date",
        "due_date",
        "status",
        STATE,
        signed("net_amount"),
        signed("total_amount"),
        OPEN,
    )
    more_columns = ("kind", "reference", signed("tax_amount"), "currency", "owner", "team", "payment_term", "posted_at")
    filters = filters.SalesInvoiceFilter
    form = forms.SalesInvoiceForm
    lines = LineForm(forms.SalesInvoiceLineForm, label=_("Lines"))
    create = create_sales_invoice
    update = operations.update_sales_invoice
    preview = previews.preview_sales_invoice
    panels = (
        panels.InvoiceLinesPanel(),
        AttributesPanel(fields=(*HEAD, "reverses", "reason", "notes", panels.RATE, "owner", "team", "posted_at")),
        panels.EntryPanel(side="main"),
        panels.PaymentStatePanel(),
        panels.InvoiceTotalsPanel(),
        panels.OpenItemsPanel(),
        panels.AllocationsPanel(),
    )
    actions = (
        post_action(operations.post_sales_invoice),
        credit_action(operations.credit_sales_invoice, forms.CreditForm),
        settle_action(operations.settle_sales_invoice),
        cancel_action(operations.cancel_draft_sales_invoice),
    )
    api_fields = (
        "id", "number", "kind", "status", "party", "document_date", "due_date", "payment_term", "currency", "reference",
        "notes", "reason", "reverses", "net_amount", "tax_amount", "total_amount", "open_amount",
        "signed_total_amount", "exchange_rate", "owner", "team", "posted_at", "external_id", "version",
    )  # fmt: skip


@register
class SupplierInvoiceResource(InvoiceResource):
    model = SupplierInvoice
    slug = "supplier-invoices"
    menu = Menu("finance", order=20, icon="file-import")
    columns = (
        "number",
        "supplier_number",
        "party",
        "document_date",
        "due_date",
        "status",
        STATE,
        signed("total_amount"),
        OPEN,
    )
    more_columns = (
        "kind",
        "reference",
        signed("net_amount"),
        signed("tax_amount"),
        "currency",
        "payment_term",
        "posted_at",
    )
    filters = filters.SupplierInvoiceFilter
    form = forms.SupplierInvoiceForm
    lines = LineForm(forms.SupplierInvoiceLineForm, label=_("Lines"))
    create = create_supplier_invoice
    update = operations.update_supplier_invoice
    preview = previews.preview_supplier_invoice
    panels = (
        panels.InvoiceLinesPanel(),
        AttributesPanel(fields=("supplier_number", *HEAD, "reverses", "reason", "notes", panels.RATE, "posted_at")),
        panels.EntryPanel(side="main"),
        panels.PaymentStatePanel(),
        panels.InvoiceTotalsPanel(),
        panels.OpenItemsPanel(),
        panels.AllocationsPanel(),
    )
    actions = (
        post_action(operations.post_supplier_invoice),
        credit_action(operations.credit_supplier_invoice, forms.SupplierCreditForm),
        settle_action(operations.settle_supplier_invoice),
        cancel_action(operations.cancel_draft_supplier_invoice),
    )
    api_fields = (
        "id", "number", "supplier_number", "kind", "status", "party", "document_date", "due_date", "payment_term",
        "currency", "reference", "notes", "reason", "reverses", "net_amount", "tax_amount", "total_amount",
        "open_amount", "signed_total_amount", "exchange_rate", "posted_at", "external_id", "version",
    )  # fmt: skip


READING = frozenset({*KEEPERS, *READERS})
for order, (name, label, icon, summary) in enumerate(
    (
        ("aged-receivables", _("Aged receivables"), "chart-bar", _("What customers owe, by how long it is due.")),
        ("aged-payables", _("Aged payables"), "chart-bar", _("What we owe suppliers, by how long it is due.")),
        ("open-items", _("Open items"), "list", _("Every invoice, credit note and payment that is not settled.")),
    )
):
    register_page(
        Page("finance", label, f"invoicing:{name}", order=27 + order, icon=icon, roles=READING, summary=summary)
    )
