"""Forms of payments and of the acts on them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.parties.models import Party
from core.ui import formats
from core.ui.forms import RecordForm
from core.ui.resource import Caller
from erp.banking.enums import PaymentMethod, PaymentStatus
from erp.banking.fields import AllocationsField, OfferedItem, plain
from erp.banking.models import CashAccount, Payment
from erp.banking.queries import allocations_of, items_to_settle, left_on_account
from erp.invoicing.enums import Side
from erp.ledger.enums import AccountKey

ZERO = Decimal(0)
WRITE_OFFS = [
    (key.value, key.label)
    for key in (AccountKey.DISCOUNT_GIVEN, AccountKey.DISCOUNT_TAKEN, AccountKey.BAD_DEBT, AccountKey.ROUNDING)
]


class CashAccountForm(RecordForm):
    class Meta:
        model = CashAccount
        fields = ("name", "kind", "account", "currency", "iban", "bic", "bank_name", "is_default", "active")


class PaymentForm(RecordForm):
    """Who paid what, when, on which account. A refund names the side that the kind alone would not say."""

    side = forms.ChoiceField(
        label=_("settles"), choices=(("", _("As usual for the kind")), *Side.choices), required=False
    )
    write_off_key = forms.ChoiceField(label=_("write off to"), choices=(("", "—"), *WRITE_OFFS), required=False)
    groups = (
        (_("Payment"), ("kind", "party", "amount", "document_date", "cash_account", "method", "reference")),
        (_("Exceptions"), ("side", "write_off_amount", "write_off_key")),
        (_("Responsible"), ("owner", "team")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("cash_account", "write_off_amount", "method", "kind"):
            self.fields[name].required = False

    def prepare(self, caller: Caller, record: Payment | None) -> None:
        """Offer parties and accounts in use, and what the payment has already."""
        parties, accounts = self.fields["party"], self.fields["cash_account"]
        kept = Party.objects.filter(pk=record.party_id) if record else Party.objects.none()
        parties.queryset = (parties.queryset.filter(active=True) | kept).distinct()  # type: ignore[attr-defined]
        accounts.queryset = accounts.queryset.filter(active=True)  # type: ignore[attr-defined]
        if record is not None:
            self.initial["side"] = record.side

    def clean_side(self) -> str | None:
        return str(self.cleaned_data["side"]) or None

    def clean_write_off_amount(self) -> Decimal:
        return self.cleaned_data["write_off_amount"] or ZERO

    def clean_method(self) -> str:
        return str(self.cleaned_data["method"] or PaymentMethod.TRANSFER)

    def clean_kind(self) -> str:
        return str(self.cleaned_data["kind"] or Payment._meta.get_field("kind").default)

    class Meta:
        model = Payment
        fields = (
            "kind", "party", "amount", "document_date", "cash_account", "method", "reference", "write_off_amount",
            "owner", "team",
        )  # fmt: skip


class PostForm(forms.Form):
    """Posting a payment, with what it settles."""

    allocations = AllocationsField(label=_("Settles"), required=False)

    def prepare(self, caller: Caller, record: Payment | None) -> None:
        if record is not None and record.status == PaymentStatus.DRAFT:
            _offer(self.fields["allocations"], record, record.amount + record.write_off_amount)

    def clean_allocations(self) -> list[dict[str, Any]]:
        return self.cleaned_data["allocations"] or []


class AllocateForm(forms.Form):
    """What of a posted payment settles what. Proposed, and done when nothing is entered, is the oldest first."""

    allocations = AllocationsField(label=_("Settles"), required=False)
    effective_date = forms.DateField(label=_("Effective"), initial=timezone.localdate)

    def prepare(self, caller: Caller, record: Payment | None) -> None:
        if record is not None and record.status == PaymentStatus.POSTED:
            _offer(self.fields["allocations"], record, left_on_account(record))


def _offer(field: Any, payment: Payment, available: Decimal) -> None:
    offered = []
    for item in items_to_settle(payment)[:200]:
        left = abs(item.open_currency_amount)
        amount = min(left, available)
        available -= amount
        due = formats.date(item.due_date)
        offered.append(OfferedItem(item.pk, str(item), due, left, amount, item.currency_id))
    field.offer(offered)


class UnallocateForm(forms.Form):
    """Which allocations to undo, from when on."""

    allocation_ids = forms.TypedMultipleChoiceField(
        label=_("Undo"), coerce=int, widget=forms.CheckboxSelectMultiple, choices=()
    )
    effective_date = forms.DateField(label=_("Effective"), initial=timezone.localdate)

    def prepare(self, caller: Caller, record: Payment | None) -> None:
        if record is None:
            return
        self.fields["allocation_ids"].choices = [  # type: ignore[attr-defined]
            (row.pk, f"{other} · {formats.money_with_currency(row.currency_amount, record.currency_id)}")
            for row, other in allocations_of(record)
        ]


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=250)
    on = forms.DateField(label=_("On"), initial=timezone.localdate)


class RegisterForm(forms.Form):
    """A payment of one invoice, or the refund of one credit note."""

    amount = forms.DecimalField(label=_("Amount"), max_digits=20, decimal_places=4, min_value=0)
    payment_date = forms.DateField(label=_("Paid on"), initial=timezone.localdate)
    cash_account = forms.ModelChoiceField(label=_("Our account"), queryset=CashAccount.objects.all(), required=False)
    method = forms.ChoiceField(label=_("Method"), choices=PaymentMethod, required=False)
    reference = forms.CharField(label=_("Reference"), max_length=140, required=False)
    write_off_amount = forms.DecimalField(
        label=_("Write-off"), max_digits=20, decimal_places=4, min_value=0, required=False,
        help_text=_("What is given up beside the payment: a discount, a few cents."),
    )  # fmt: skip
    write_off_key = forms.ChoiceField(label=_("Write off to"), choices=(("", "—"), *WRITE_OFFS), required=False)

    def prepare(self, caller: Caller, record: Any) -> None:
        accounts: Any = self.fields["cash_account"]
        accounts.queryset = accounts.queryset.filter(active=True)
        if record is not None:
            accounts.queryset = accounts.queryset.filter(currency=record.currency_id)
            self.fields["amount"].initial = plain(getattr(record, "open_amount", ZERO))

    def clean_write_off_amount(self) -> Decimal:
        return self.cleaned_data["write_off_amount"] or ZERO

    def clean_method(self) -> str:
        return str(self.cleaned_data["method"] or PaymentMethod.TRANSFER)
