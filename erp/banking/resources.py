"""Screens of payments and of our bank and cash accounts; and the payment of an invoice from its own page."""

import datetime as dt
from operator import attrgetter
from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField
from core.ui import formats
from core.ui.actions import Action
from core.ui.badges import Badge
from core.ui.panels import AttributesPanel
from core.ui.registry import extend, register
from core.ui.resource import Caller, Column, Menu, PresetView, Resource, SearchIn
from erp.banking import forms, operations
from erp.banking.enums import PaymentKind, PaymentStatus
from erp.banking.models import CashAccount, Payment
from erp.banking.panels import PaymentFactsPanel
from erp.banking.queries import left_on_account
from erp.invoicing.panels import RATE, AllocationsPanel, EntryPanel
from erp.invoicing.resources import is_open


def today(caller: Caller) -> dict[str, Any]:
    return {"document_date": timezone.localdate(caller.now)}


def is_draft(payment: Payment) -> bool:
    return payment.status == PaymentStatus.DRAFT


def is_posted(payment: Payment) -> bool:
    return payment.status == PaymentStatus.POSTED


def has_money_on_account(payment: Payment) -> bool:
    return is_posted(payment) and left_on_account(payment) > 0


def what_posting_does(payment: Payment) -> list[str]:
    amount = formats.money_with_currency(payment.amount, payment.currency_id)
    return [
        _t("%(amount)s are booked on %(account)s.") % {"amount": amount, "account": payment.cash_account},
        _t("What settles nothing stays on the account of %(party)s.") % {"party": payment.party},
    ]


SIGNED_AMOUNT = Column("amount", sort="signed_amount", total="signed_amount", value=attrgetter("signed_amount"))
"""Money sent counts against money received, so that the footer is what came in."""


def create_payment(*, company_id: int, user: Any, now: dt.datetime, side: str | None = None, **values: Any) -> Payment:
    """The form's words for the operation's."""
    return operations.create_payment(company_id=company_id, user=user, now=now, side=side, **values)


def update_payment(*, payment_id: int, user: Any, now: dt.datetime, side: str | None = None, **values: Any) -> Payment:
    """An empty side means the usual one of the kind."""
    given = {**values, "side": side} if side else values
    return operations.update_payment(payment_id=payment_id, user=user, now=now, **given)


@register
class PaymentResource(Resource):
    model = Payment
    slug = "payments"
    menu = Menu("finance", order=30, icon="cash", key="y")
    columns = (
        "number",
        "kind",
        "party",
        "document_date",
        "status",
        "cash_account",
        SIGNED_AMOUNT,
        "reference",
    )
    more_columns = ("side", "method", "currency", "write_off_amount", "owner", "team", "posted_at")
    filters = ("status", "kind", "party", "cash_account", "document_date", "method", "currency", "amount")
    search = True
    form = forms.PaymentForm
    create = create_payment
    update = update_payment
    defaults = staticmethod(today)
    detail_related = ("party", "currency", "cash_account", "owner", "team", "company", "created_by")
    panels = (
        AttributesPanel(
            fields=(
                "party",
                "kind",
                "side",
                "amount",
                "document_date",
                "cash_account",
                "method",
                "reference",
                "write_off_amount",
                RATE,
                "cancelled_date",
                "reason",
                "owner",
                "team",
            )
        ),
        EntryPanel(side="main"),
        PaymentFactsPanel(),
        AllocationsPanel(title=_("Settles")),
    )
    actions = (
        Action(
            "post",
            label=_("Post"),
            operation=operations.post_payment,
            form=forms.PostForm,
            when=is_draft,
            confirm=what_posting_does,
            style="primary",
            icon="check",
            bulk=True,
        ),
        Action(
            "allocate",
            label=_("Allocate"),
            operation=operations.allocate_payment,
            form=forms.AllocateForm,
            when=has_money_on_account,
            style="primary",
            icon="link",
        ),
        Action(
            "unallocate",
            label=_("Undo allocation"),
            operation=operations.unallocate_payment,
            form=forms.UnallocateForm,
            when=is_posted,
            confirm=_("What it settled is open again from that day on."),
            verb="allocate",
            icon="refresh",
        ),
        Action(
            "cancel",
            label=_("Cancel payment"),
            operation=operations.cancel_payment,
            form=forms.CancelForm,
            when=lambda payment: payment.status != PaymentStatus.CANCELLED,
            confirm=_("A posted payment is reversed on the day given, and what it had settled is open again."),
            style="danger",
            icon="ban",
        ),
    )
    saved_views = (
        PresetView("drafts", _("Drafts"), {"status": PaymentStatus.DRAFT}),
        PresetView("received", _("Received this month"), {"kind": "received", "document_date_from": "month_start"}),
        PresetView("sent", _("Sent this month"), {"kind": "sent", "document_date_from": "month_start"}),
    )
    api_fields = (
        "id", "number", "kind", "side", "status", "party", "document_date", "amount", "signed_amount",
        "currency", "cash_account",
        "method", "reference", "write_off_amount", "write_off_key", "exchange_rate", "cancelled_date", "reason",
        "owner", "team", "posted_at", "external_id", "version",
    )  # fmt: skip

    def queryset(self) -> QuerySet[Payment]:
        sent = When(kind=PaymentKind.SENT, then=-F("amount"))
        signed = Case(sent, default=F("amount"), output_field=AmountField())
        return Payment.objects.annotate(signed_amount=signed)

    def subtitle(self, obj: Payment) -> str:
        return str(obj.party)

    def editable(self, obj: Payment) -> bool:
        return is_draft(obj)


@register
class CashAccountResource(Resource):
    model = CashAccount
    slug = "cash-accounts"
    search = SearchIn(words=("name", "iban", "bank_name", "account__code"))
    menu = Menu("finance", order=35, icon="building-bank")
    columns = ("name", "kind", "bank_name", "iban", "currency", "account", "is_default", "active")
    filters = ("kind", "currency", "active")
    ordering = "name"
    form = forms.CashAccountForm
    panels = (AttributesPanel(fields=("kind", "bank_name", "iban", "bic", "currency", "account", "is_default")),)

    def status_badge(self, obj: CashAccount) -> Badge | None:
        return None if obj.active else Badge(str(_t("Inactive")), "grey")


def what_is_open(invoice: Any) -> str:
    return _t("%(amount)s are open.") % {
        "amount": formats.money_with_currency(invoice.open_amount, invoice.currency_id)
    }


def pay_action(label: Any, operation: Any) -> Action:
    return Action(
        "pay", label=label, operation=operation, form=forms.RegisterForm, when=is_open, confirm=what_is_open,
        style="primary", icon="cash",
    )  # fmt: skip


extend("sales-invoices").add_action(pay_action(_("Register payment"), operations.pay_sales_invoice))
extend("supplier-invoices").add_action(pay_action(_("Pay"), operations.pay_supplier_invoice))
