"""Forms of quotations and sales orders with their lines."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from core.catalog.enums import TaxDirection
from core.catalog.models import TaxedLine
from core.parties.models import Party
from core.ui.forms import RecordForm
from core.ui.resource import Caller
from erp.orders.models import Delivery, Quotation, QuotationLine, SalesOrder, SalesOrderLine

HEAD = ("party", "document_date", "reference", "requested_date")
TERMS = ("currency", "payment_term", "warehouse", "freight_amount", "owner", "team")
TEXTS = ("delivery_address", "notes")


class SaleForm(RecordForm):
    """What both heads share. Only the customer must be chosen; everything else has a default."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("document_date", "currency", "freight_amount", "valid_until"):
            if name in self.fields:
                self.fields[name].required = False

    def prepare(self, caller: Caller, record: Any) -> None:
        """Offer customers and prospects that are in use, and whatever party the document has."""
        choices: Any = self.fields["party"]
        kept = Party.objects.filter(pk=record.party_id) if record is not None else Party.objects.none()
        choices.queryset = (choices.queryset.filter(active=True) | kept).distinct()


class QuotationForm(SaleForm):
    groups = (
        (_("Offer"), ("party", "document_date", "valid_until", "reference", "requested_date")),
        (_("Terms"), TERMS),
        (_("Texts"), TEXTS),
    )

    class Meta:
        model = Quotation
        fields = (*HEAD, "valid_until", *TERMS, *TEXTS)


class SalesOrderForm(SaleForm):
    groups = ((_("Order"), HEAD), (_("Terms"), TERMS), (_("Texts"), TEXTS))

    class Meta:
        model = SalesOrder
        fields = (*HEAD, *TERMS, *TEXTS)


class SaleLineForm(RecordForm):
    """A line. What is left empty is filled from the item, its price lists and the tax rules."""

    unit_price = forms.DecimalField(label=_("unit price"), required=False, max_digits=20, decimal_places=8)
    discount_percent = forms.DecimalField(
        label=_("discount %"), required=False, max_digits=20, decimal_places=8, min_value=0, max_value=100
    )
    description = forms.CharField(label=_("description"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].widget.attrs.update(
            {"data-module": "linefill", "data-fill-url": reverse_lazy("orders:line-defaults")}
        )

    def prepare(self, caller: Caller, record: TaxedLine | None) -> None:
        """Offer what is sold, and the taxes of sales."""
        items, taxes = self.fields["item"], self.fields["tax_set"]
        items.queryset = items.queryset.filter(is_sold=True, active=True)  # type: ignore[attr-defined]
        taxes.queryset = taxes.queryset.filter(direction=TaxDirection.SALE, active=True)  # type: ignore[attr-defined]

    class Meta:
        fields = ("item", "description", "quantity", "unit", "unit_price", "discount_percent", "tax_set")


class QuotationLineForm(SaleLineForm):
    class Meta(SaleLineForm.Meta):
        model = QuotationLine


class SalesOrderLineForm(SaleLineForm):
    class Meta(SaleLineForm.Meta):
        model = SalesOrderLine


class DeliveryForm(RecordForm):
    """What the warehouse may change of a planned delivery."""

    class Meta:
        model = Delivery
        fields = ("document_date", "carrier", "tracking_number", "delivery_address")
