"""What customers have ordered, and how much of it is delivered and invoiced."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.documents.models import unique_external_id, unique_number
from core.fields import QuantityField
from core.search.triggers import searchable
from erp.orders.enums import DeliveryState, InvoiceState, OrderStatus
from erp.orders.models.base import PARTY_NAME, SaleDocument, SaleLine
from erp.orders.models.quotations import Quotation


@tracked
class SalesOrder(SaleDocument):
    """What a customer has ordered. Confirming it reserves stock; its states are computed from its lines.

    There is at most one order that is not cancelled for a source (a deal) and one for a quotation; the database keeps
    it. The row's lock guards the order with its lines, deliveries and returns.
    """

    status = models.CharField(
        _("status"), max_length=12, choices=OrderStatus, default=OrderStatus.DRAFT, editable=False
    )
    delivery_state = models.CharField(
        _("delivery"), max_length=12, choices=DeliveryState, default=DeliveryState.NONE, editable=False
    )
    invoice_state = models.CharField(
        _("invoicing"), max_length=12, choices=InvoiceState, default=InvoiceState.NONE, editable=False
    )
    quotation = models.ForeignKey(
        Quotation,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("quotation"),
        related_name="orders",
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("confirmed by"),
        related_name="+",
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("reason for cancelling"), max_length=250, blank=True, editable=False)

    class Meta:
        verbose_name = _("sales order")
        verbose_name_plural = _("sales orders")
        ordering = ("-id",)
        constraints = [
            unique_external_id("orders_salesorder"),
            unique_number("orders_salesorder"),
            models.UniqueConstraint(
                "company",
                "source_label",
                "source_id",
                condition=~Q(source_label="") & ~Q(status="cancelled"),
                name="orders_salesorder_one_a_source",
            ),
            models.UniqueConstraint(
                "quotation", condition=~Q(status="cancelled"), name="orders_salesorder_one_a_quotation"
            ),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "cancelled")) | Q(number__isnull=False),
                name="orders_salesorder_confirmed_number",
            ),
        ]
        indexes = [
            models.Index("company", "status", name="orders_salesorder_by_status"),
            models.Index(fields=["company", "-document_date"], name="orders_salesorder_by_date"),
            models.Index("party", "status", name="orders_salesorder_by_party"),
        ]
        triggers = [
            *searchable(title="coalesce(NEW.number, '')", subtitle=PARTY_NAME, words=("number", "reference")),
        ]


@tracked
class SalesOrderLine(SaleLine):
    """A line of an order. Quantities are in the line's unit; only operations change them, under the order's lock.

    :ivar stock_quantity: the ordered quantity in the item's own unit; zero for what needs no delivery.
    :ivar needs_delivery: goods and kits do, services, freight and text do not.
    :ivar delivered_quantity: shipped in all; what came back stays counted here and is in `returned_quantity`.
    :ivar returned_quantity: came back in all.
    :ivar returned_uninvoiced_quantity: the part of it that was never invoiced and so need not be credited.
    :ivar invoiced_quantity: on posted invoices, less what was credited without goods coming back.
    :ivar credited_quantity: on posted credit notes for goods that came back.
    """

    order = models.ForeignKey(
        SalesOrder, models.CASCADE, verbose_name=_("sales order"), related_name="lines", editable=False
    )
    needs_delivery = models.BooleanField(_("needs delivery"), default=False, editable=False)
    stock_quantity = QuantityField(_("quantity in stock unit"), default=0, editable=False)
    delivered_quantity = QuantityField(_("delivered"), default=0, editable=False)
    returned_quantity = QuantityField(_("returned"), default=0, editable=False)
    returned_uninvoiced_quantity = QuantityField(_("returned before invoicing"), default=0, editable=False)
    invoiced_quantity = QuantityField(_("invoiced"), default=0, editable=False)
    credited_quantity = QuantityField(_("credited"), default=0, editable=False)

    class Meta(SaleLine.Meta):
        verbose_name = _("sales order line")
        verbose_name_plural = _("sales order lines")
        indexes = [models.Index("order", "position", name="orders_orderline_order")]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_quantity__gte=0)
                & Q(delivered_quantity__lte=F("quantity"))
                & Q(returned_quantity__gte=0)
                & Q(returned_quantity__lte=F("delivered_quantity"))
                & Q(returned_uninvoiced_quantity__gte=0)
                & Q(returned_uninvoiced_quantity__lte=F("returned_quantity"))
                | Q(needs_delivery=False),
                name="orders_orderline_delivered_within",
            ),
            models.CheckConstraint(
                condition=Q(invoiced_quantity__gte=0) & Q(credited_quantity__gte=0) | Q(needs_delivery=False),
                name="orders_orderline_invoiced_positive",
            ),
        ]

    @property
    def to_deliver(self) -> Decimal:
        """Ordered and not yet shipped. Returned goods are not sent again by themselves."""
        return self.quantity - self.delivered_quantity if self.needs_delivery else Decimal(0)

    @property
    def to_invoice_delivered(self) -> Decimal:
        """Shipped and kept, not yet invoiced. What needs no delivery counts as delivered once the order is
        confirmed."""
        done = self.delivered_quantity - self.returned_uninvoiced_quantity if self.needs_delivery else self.quantity
        return done - self.invoiced_quantity

    @property
    def to_invoice_ordered(self) -> Decimal:
        """Ordered and not yet invoiced, goods that came back before they were invoiced aside."""
        return self.quantity - self.returned_uninvoiced_quantity - self.invoiced_quantity
