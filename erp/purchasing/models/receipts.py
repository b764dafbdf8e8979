"""What has arrived from suppliers."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.catalog.models import Item
from core.company.models import CompanyOwned
from core.documents.models import unique_external_id, unique_number
from core.fields import AmountField, QuantityField
from core.parties.models import PartyDocument
from core.search.triggers import searchable
from erp.inventory.models import StockMove, Warehouse
from erp.purchasing.enums import ReceiptStatus
from erp.purchasing.models.orders import PARTY_NAME, PurchaseOrder, PurchaseOrderLine


@tracked
class Receipt(PartyDocument):
    """Goods that arrive for an order, all of them or a part. Posting it moves them into stock.

    :ivar reference: the number on the supplier's delivery note.
    """

    status = models.CharField(
        _("status"), max_length=10, choices=ReceiptStatus, default=ReceiptStatus.DRAFT, editable=False
    )
    order = models.ForeignKey(PurchaseOrder, models.PROTECT, verbose_name=_("purchase order"), related_name="receipts")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, verbose_name=_("warehouse"), related_name="+")
    reference = models.CharField(_("delivery note"), max_length=120, blank=True)
    posted_at = models.DateTimeField(_("received"), null=True, editable=False)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name=_("received by"),
        related_name="+",
    )

    lines: Any  # reverse relation of ReceiptLine

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ("-id",)
        constraints = [
            unique_external_id("purchasing_receipt"),
            unique_number("purchasing_receipt"),
            models.CheckConstraint(
                condition=~Q(status="posted") | Q(number__isnull=False), name="purchasing_receipt_posted_number"
            ),
        ]
        indexes = [
            models.Index("order", "status", name="purchasing_receipt_by_order"),
            models.Index(fields=["company", "-document_date"], name="purchasing_receipt_by_date"),
        ]
        triggers = [
            *searchable(title="coalesce(NEW.number, '')", subtitle=PARTY_NAME, words=("number", "reference")),
        ]


@tracked
class ReceiptLine(CompanyOwned):
    """A line of a receipt.

    :ivar quantity: in the unit of the order's line; `stock_quantity` is the same in the item's unit.
    :ivar value: what the goods were posted at, in the company's currency: their part of GRNI.
    :ivar invoiced_value: the part of `value` that supplier invoices have cleared from GRNI.
    """

    receipt = models.ForeignKey(
        Receipt, models.CASCADE, verbose_name=_("receipt"), related_name="lines", editable=False
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    order_line = models.ForeignKey(
        PurchaseOrderLine, models.PROTECT, verbose_name=_("order line"), related_name="receipt_lines"
    )
    item = models.ForeignKey(Item, models.PROTECT, verbose_name=_("item"), related_name="+", editable=False)
    quantity = QuantityField(_("quantity"), validators=[MinValueValidator(0)])
    stock_quantity = QuantityField(_("quantity in stock unit"), default=0, editable=False)
    value = AmountField(_("value"), default=0, editable=False)
    invoiced_quantity = QuantityField(_("invoiced"), default=0, editable=False)
    invoiced_value = AmountField(_("invoiced value"), default=0, editable=False)
    move = models.OneToOneField(
        StockMove, models.PROTECT, null=True, editable=False, verbose_name=_("stock move"), related_name="+"
    )

    class Meta:
        verbose_name = _("receipt line")
        verbose_name_plural = _("receipt lines")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint("receipt", "order_line", name="purchasing_receiptline_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(invoiced_quantity__gte=0) & Q(invoiced_quantity__lte=F("quantity")),
                name="purchasing_receiptline_invoiced_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item_id}"

    @property
    def label(self) -> str:
        """What the line is about, for the form."""
        return f"{self.item} ({self.order_line.unit})" if self.order_line.unit_id else str(self.item)

    @property
    def open_quantity(self) -> Decimal:
        """Received and not invoiced."""
        return self.quantity - self.invoiced_quantity

    @property
    def open_value(self) -> Decimal:
        """This line's part of the GRNI account."""
        return self.value - self.invoiced_value
