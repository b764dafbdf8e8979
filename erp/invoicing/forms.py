"""Forms of invoices, their lines, and the acts on them."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.catalog.enums import TaxDirection
from core.parties.models import Party
from core.ui.forms import RecordForm
from core.ui.resource import Caller
from erp.invoicing.enums import InvoiceKind
from erp.invoicing.models import SalesInvoice, SalesInvoiceLine, SupplierInvoice, SupplierInvoiceLine

TERMS = ("payment_term", "due_date", "currency")
OWNED = ("owner", "team")
LINE = ("item", "description", "quantity", "unit", "unit_price", "discount_percent", "tax_set")


class InvoiceForm(RecordForm):
    """What both types share. Terms and currency come from the party when they are left empty."""

    kind = forms.ChoiceField(label=_("kind"), choices=InvoiceKind, initial=InvoiceKind.INVOICE, required=False)
    role = "is_customer"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].required = False
        if self.instance.pk:
            self.initial.setdefault("kind", self.instance.kind)

    def clean_kind(self) -> str:
        return str(self.cleaned_data["kind"] or InvoiceKind.INVOICE)

    def prepare(self, caller: Caller, record: Any) -> None:
        """Offer parties in use of the right role, and whatever party the invoice has."""
        choices: Any = self.fields["party"]
        kept = Party.objects.filter(pk=record.party_id) if record is not None else Party.objects.none()
        choices.queryset = (choices.queryset.filter(**{self.role: True, "active": True}) | kept).distinct()
        if record is not None:
            self.initial["kind"] = record.kind
            if record.reverses_id:
                for name in ("party", "currency", "kind"):
                    self.fields[name].disabled = True


class SalesInvoiceForm(InvoiceForm):
    groups = (
        (_("Invoice"), ("party", "document_date", "kind", "reference")),
        (_("Terms"), TERMS),
        (_("Responsible"), OWNED),
        (_("Texts"), ("notes",)),
    )

    class Meta:
        model = SalesInvoice
        fields = ("party", "document_date", "reference", *TERMS, *OWNED, "notes")


class SupplierInvoiceForm(InvoiceForm):
    role = "is_supplier"
    groups = (
        (_("Invoice"), ("party", "supplier_number", "document_date", "kind", "reference")),
        (_("Terms"), TERMS),
        (_("Texts"), ("notes",)),
    )

    class Meta:
        model = SupplierInvoice
        fields = ("party", "supplier_number", "document_date", "reference", *TERMS, "notes")


class InvoiceLineForm(RecordForm):
    """A line. What is left empty is filled from the item, its prices and the tax rules."""

    direction = TaxDirection.SALE
    use = "is_sold"
    description = forms.CharField(label=_("description"), required=False, max_length=500)
    unit_price = forms.DecimalField(label=_("unit price"), required=False, max_digits=20, decimal_places=8)
    discount_percent = forms.DecimalField(
        label=_("discount %"), required=False, max_digits=20, decimal_places=8, min_value=0, max_value=100
    )

    def prepare(self, caller: Caller, record: Any) -> None:
        """Offer what is sold or bought, and the taxes that go with it."""
        items, taxes = self.fields["item"], self.fields["tax_set"]
        items.queryset = items.queryset.filter(**{self.use: True, "active": True})  # type: ignore[attr-defined]
        taxes.queryset = taxes.queryset.filter(direction=self.direction, active=True)  # type: ignore[attr-defined]


class SalesInvoiceLineForm(InvoiceLineForm):
    class Meta:
        model = SalesInvoiceLine
        fields = LINE


class SupplierInvoiceLineForm(InvoiceLineForm):
    direction = TaxDirection.PURCHASE
    use = "is_purchased"

    class Meta:
        model = SupplierInvoiceLine
        fields = LINE


class CreditForm(forms.Form):
    """A credit note over everything that is left; single lines are changed on its draft."""

    reason = forms.CharField(label=_("Reason"), max_length=250)
    document_date = forms.DateField(label=_("Date"), initial=timezone.localdate)


class SupplierCreditForm(CreditForm):
    supplier_number = forms.CharField(label=_("Supplier's number"), max_length=60, required=False)


class SettleForm(forms.Form):
    """The day from which open credits settle the document."""

    effective_date = forms.DateField(label=_("Effective"), initial=timezone.localdate)
