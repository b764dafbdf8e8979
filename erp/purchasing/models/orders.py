"""What we have ordered from suppliers, and how much of it has arrived and is invoiced."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.catalog.documents import PricedDocument
from core.catalog.models import TaxedLine
from core.documents.models import unique_external_id, unique_number
from core.fields import AmountField, QuantityField, RateField
from core.parties.models import PaymentTerm
from core.search.triggers import searchable
from erp.inventory.models import Warehouse
from erp.purchasing.enums import InvoiceState, PurchaseOrderStatus, ReceiptState

PARTY_NAME = "(SELECT p.name FROM parties_party p WHERE p.id = NEW.party_id)"


@tracked
class PurchaseOrder(PricedDocument):
    """An order to a supplier. The row's lock guards the order with its lines and receipts.

    :ivar over_receipt_percent: how much more than ordered may be received.
    """

    status = models.CharField(
        _("status"), max_length=12, choices=PurchaseOrderStatus, default=PurchaseOrderStatus.DRAFT, editable=False
    )
    receipt_state = models.CharField(
        _("receipt"), max_length=12, choices=ReceiptState, default=ReceiptState.NONE, editable=False
    )
    invoice_state = models.CharField(
        _("invoicing"), max_length=12, choices=InvoiceState, default=InvoiceState.NONE, editable=False
    )
    reference = models.CharField(_("supplier's reference"), max_length=120, blank=True)
    expected_date = models.DateField(_("expected"), null=True, blank=True)
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, null=True, blank=True, verbose_name=_("warehouse"), related_name="+"
    )
    payment_term = models.ForeignKey(
        PaymentTerm, models.PROTECT, null=True, blank=True, verbose_name=_("payment term"), related_name="+"
    )
    over_receipt_percent = RateField(_("over-receipt tolerance %"), default=0, validators=[MinValueValidator(0)])
    notes = models.TextField(_("notes"), blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        verbose_name=_("confirmed by"),
        related_name="+",
    )

    lines: Any  # reverse relation of PurchaseOrderLine

    class Meta:
        verbose_name = _("purchase order")
        verbose_name_plural = _("purchase orders")
        ordering = ("-id",)
        constraints = [
            unique_external_id("purchasing_purchaseorder"),
            unique_number("purchasing_purchaseorder"),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "cancelled")) | Q(number__isnull=False),
                name="purchasing_order_confirmed_number",
            ),
        ]
        indexes = [
            models.Index("company", "status", name="purchasing_order_by_status"),
            models.Index("party", "status", name="purchasing_order_by_party"),
            models.Index(fields=["company", "-document_date"], name="purchasing_order_by_date"),
        ]
        triggers = [
            *searchable(title="coalesce(NEW.number, '')", subtitle=PARTY_NAME, words=("number", "reference")),
        ]


@tracked
class PurchaseOrderLine(TaxedLine):
    """A line of an order. Quantities are in the line's unit; only operations change them, under the order's lock.

    :ivar needs_receipt: goods do; services and text do not.
    :ivar stock_quantity: the ordered quantity in the item's own unit; zero for what needs no receipt.
    :ivar ahead_quantity: invoiced before it arrived, for `ahead_amount` in the company's currency.
    """

    order = models.ForeignKey(
        PurchaseOrder, models.CASCADE, verbose_name=_("purchase order"), related_name="lines", editable=False
    )
    needs_receipt = models.BooleanField(_("needs receipt"), default=False, editable=False)
    stock_quantity = QuantityField(_("quantity in stock unit"), default=0, editable=False)
    received_quantity = QuantityField(_("received"), default=0, editable=False)
    invoiced_quantity = QuantityField(_("invoiced"), default=0, editable=False)
    ahead_quantity = QuantityField(_("invoiced before receipt"), default=0, editable=False)
    ahead_amount = AmountField(_("amount invoiced before receipt"), default=0, editable=False)

    class Meta(TaxedLine.Meta):
        verbose_name = _("purchase order line")
        verbose_name_plural = _("purchase order lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(received_quantity__gte=0) & Q(invoiced_quantity__gte=0) & Q(ahead_quantity__gte=0),
                name="purchasing_orderline_positive",
            ),
        ]
        indexes = [models.Index("item", "order", name="purchasing_orderline_by_item")]

    @property
    def to_receive(self) -> Decimal:
        """Ordered and not yet arrived."""
        return max(self.quantity - self.received_quantity, Decimal(0)) if self.needs_receipt else Decimal(0)

    @property
    def to_invoice(self) -> Decimal:
        """Arrived and not yet invoiced; services count as arrived once the order is confirmed."""
        arrived = self.received_quantity if self.needs_receipt else self.quantity
        return max(arrived - self.invoiced_quantity, Decimal(0))
