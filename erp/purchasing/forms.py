"""Forms of purchase orders and receipts."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.catalog.enums import ItemKind, TaxDirection
from core.parties.models import Party
from core.ui.forms import RecordForm
from core.ui.resource import Caller
from erp.purchasing.enums import PurchaseOrderStatus
from erp.purchasing.models import PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine

HEAD = ("party", "document_date", "expected_date", "reference")
TERMS = ("currency", "payment_term", "warehouse", "over_receipt_percent", "owner", "team")


class PurchaseOrderForm(RecordForm):
    """Only the supplier must be chosen; everything else has a default."""

    groups = ((_("Order"), HEAD), (_("Terms"), TERMS), (_("Texts"), ("notes",)))

    class Meta:
        model = PurchaseOrder
        fields = (*HEAD, *TERMS, "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("document_date", "currency", "over_receipt_percent"):
            self.fields[name].required = False

    def clean_over_receipt_percent(self) -> Any:
        return self.cleaned_data["over_receipt_percent"] or 0

    def prepare(self, caller: Caller, record: PurchaseOrder | None) -> None:
        """Offer suppliers in use, and whatever party the order has."""
        choices: Any = self.fields["party"]
        kept = Party.objects.filter(pk=record.party_id) if record is not None else Party.objects.none()
        choices.queryset = (choices.queryset.filter(is_supplier=True, active=True) | kept).distinct()


class PurchaseOrderLineForm(RecordForm):
    """A line. What is left empty is filled from the supplier's last price, the item and the tax rules."""

    unit_price = forms.DecimalField(label=_("unit price"), required=False, max_digits=20, decimal_places=8)
    discount_percent = forms.DecimalField(
        label=_("discount %"), required=False, max_digits=20, decimal_places=8, min_value=0, max_value=100
    )
    description = forms.CharField(label=_("description"), required=False, max_length=500)

    class Meta:
        model = PurchaseOrderLine
        fields = ("item", "description", "quantity", "unit", "unit_price", "discount_percent", "tax_set")

    def prepare(self, caller: Caller, record: PurchaseOrderLine | None) -> None:
        """Offer what is bought, and the taxes of purchases."""
        items: Any = self.fields["item"]
        taxes: Any = self.fields["tax_set"]
        items.queryset = items.queryset.filter(is_purchased=True, active=True).exclude(kind=ItemKind.KIT)
        taxes.queryset = taxes.queryset.filter(direction=TaxDirection.PURCHASE, active=True)


class ReceiveForm(forms.Form):
    """A receipt of everything that is still to come; its quantities are corrected on the receipt."""

    document_date = forms.DateField(label=_("Date"), required=False, initial=timezone.localdate)
    reference = forms.CharField(label=_("Delivery note"), max_length=120, required=False)


class BillForm(forms.Form):
    supplier_number = forms.CharField(label=_("Supplier's invoice number"), max_length=60, required=False)
    document_date = forms.DateField(label=_("Invoice date"), required=False, initial=timezone.localdate)


class ReceiptForm(RecordForm):
    class Meta:
        model = Receipt
        fields = ("order", "document_date", "warehouse", "reference")

    order: Any = forms.ModelChoiceField(label=_("Purchase order"), queryset=PurchaseOrder.objects.all())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("document_date", "warehouse"):
            self.fields[name].required = False

    def prepare(self, caller: Caller, record: Receipt | None) -> None:
        """The order is chosen once, at the beginning."""
        if record is not None:
            del self.fields["order"]
            return
        orders: Any = self.fields["order"]
        orders.queryset = orders.queryset.filter(status=PurchaseOrderStatus.CONFIRMED)


class ReceiptLineForm(RecordForm):
    """How much of an order's line has come. Without lines a new receipt takes everything that is still to come."""

    order_line_id = forms.IntegerField(label=_("Order line"), widget=forms.HiddenInput)
    label = forms.CharField(label=_("Item"), required=False, disabled=True)

    class Meta:
        model = ReceiptLine
        fields = ("quantity",)

    field_order = ("order_line_id", "label", "quantity")
