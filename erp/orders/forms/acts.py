"""Forms of the acts on quotations, orders and deliveries."""

from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.ui.resource import Caller
from erp.orders.enums import InvoiceBasis
from erp.orders.forms.fields import LineQuantitiesField, OfferedLine
from erp.orders.models import Delivery, DeliveryLine, SalesOrder, SalesOrderLine
from erp.orders.queries import to_deliver


class AcceptForm(forms.Form):
    """The customer's yes, recorded by somebody of ours."""

    name = forms.CharField(label=_("Accepted by"), max_length=150, required=False, help_text=_("Who said yes."))


class DeclineForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    name = forms.CharField(label=_("Declined by"), max_length=150, required=False)


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=250, required=False)


class InvoiceForm(forms.Form):
    basis = forms.ChoiceField(
        label=_("Invoice"),
        choices=InvoiceBasis,
        initial=InvoiceBasis.DELIVERED,
        widget=forms.RadioSelect,
        required=False,
    )
    document_date = forms.DateField(label=_("Invoice date"), required=False, initial=timezone.localdate)

    def clean_basis(self) -> str:
        return str(self.cleaned_data["basis"] or InvoiceBasis.DELIVERED)


class ShipForm(forms.Form):
    ship_date = forms.DateField(label=_("Ship date"), required=False, initial=timezone.localdate)


class DeliverForm(forms.Form):
    """What to deliver now; with nothing entered, all that is reserved."""

    lines = LineQuantitiesField(key="order_line_id", label=_("Quantities"), required=False)
    document_date = forms.DateField(label=_("Planned for"), required=False, initial=timezone.localdate)
    carrier = forms.CharField(label=_("Carrier"), max_length=120, required=False)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=120, required=False)

    def prepare(self, caller: Caller, record: SalesOrder | None) -> None:
        if record is None:
            return
        found = to_deliver(record, list(record.lines.select_related("item", "unit")))
        self.fields["lines"].offer([_offered(one.line, one.left, one.reserved) for one in found])  # type: ignore[attr-defined]


class ReturnForm(forms.Form):
    """What came back and in which condition."""

    lines = LineQuantitiesField(key="delivery_line_id", with_condition=True, label=_("Came back"))
    return_date = forms.DateField(label=_("Return date"), required=False, initial=timezone.localdate)
    reason = forms.CharField(label=_("Reason"), max_length=250, required=False)

    def prepare(self, caller: Caller, record: Delivery | None) -> None:
        if record is None:
            return
        rows = [row for row in record.lines.select_related("item", "unit") if row.kept_quantity > 0]
        self.fields["lines"].offer([_offered(row, row.kept_quantity, ZERO) for row in rows])  # type: ignore[attr-defined]


def _offered(row: SalesOrderLine | DeliveryLine, limit: Decimal, quantity: Decimal) -> OfferedLine:
    return OfferedLine(row.pk, row.description or str(row.item), str(row.unit or ""), limit, quantity)


class PublicAnswerForm(forms.Form):
    """The customer's own yes on the public page."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    consent = forms.BooleanField(label=_("I accept this offer on behalf of my company."))


class PublicDeclineForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"), max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    reason = forms.CharField(label=_("Why not?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
