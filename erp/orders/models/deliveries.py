"""Goods on their way to customers, with the cost they left stock at."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.catalog.models import Item, Unit
from core.company.models import CompanyOwned
from core.documents.models import unique_external_id, unique_number
from core.fields import AmountField, QuantityField
from core.parties.models import PartyDocument
from core.search.triggers import searchable
from erp.inventory.models import Warehouse
from erp.orders.enums import DeliveryStatus
from erp.orders.models.base import PARTY_NAME
from erp.orders.models.orders import SalesOrder, SalesOrderLine


@tracked
class Delivery(PartyDocument):
    """A shipment to a customer out of one order. It has its number from the start, because that is what stands on the
    picking list. `document_date` is the day it is planned for, then the day it left."""

    order = models.ForeignKey(SalesOrder, models.PROTECT, verbose_name=_("sales order"), related_name="deliveries")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, verbose_name=_("warehouse"), related_name="+")
    status = models.CharField(
        _("status"), max_length=12, choices=DeliveryStatus, default=DeliveryStatus.DRAFT, editable=False
    )
    delivery_address = models.TextField(_("delivery address"), blank=True)
    carrier = models.CharField(_("carrier"), max_length=120, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=120, blank=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True, blank=True, editable=False)
    shipped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("shipped by"),
        related_name="+",
    )

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-id",)
        constraints = [
            unique_external_id("orders_delivery"),
            unique_number("orders_delivery"),
            models.CheckConstraint(condition=Q(number__isnull=False), name="orders_delivery_has_number"),
        ]
        indexes = [
            models.Index("company", "status", name="orders_delivery_by_status"),
            models.Index(fields=["company", "-document_date"], name="orders_delivery_by_date"),
            models.Index("order", name="orders_delivery_by_order"),
        ]
        triggers = [
            *searchable(title="coalesce(NEW.number, '')", subtitle=PARTY_NAME, words=("number", "tracking_number")),
        ]


@tracked
class DeliveryLine(CompanyOwned):
    """Goods of one order line in one delivery. Quantities in the order line's unit, costs in the company's currency.

    What is neither invoiced nor returned is open, and its cost lies on the account of goods delivered, not invoiced:
    the sum of `open_cost` over all shipped lines is that account's balance.

    :ivar cost_amount: what the goods left stock at; a kit's is the sum of its components'.
    :ivar invoiced_quantity: matched with posted invoices; its cost has moved to cost of goods sold.
    :ivar returned_quantity: came back in all; `returned_invoiced_quantity` had been invoiced before.
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, verbose_name=_("delivery"), related_name="lines")
    order_line = models.ForeignKey(
        SalesOrderLine, models.PROTECT, verbose_name=_("order line"), related_name="delivery_lines"
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    item = models.ForeignKey(Item, models.PROTECT, verbose_name=_("item"), related_name="+")
    description = models.CharField(_("description"), max_length=500, blank=True)
    quantity = QuantityField(_("quantity"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, verbose_name=_("unit"), related_name="+")
    cost_amount = AmountField(_("cost"), default=0, editable=False)
    invoiced_quantity = QuantityField(_("invoiced"), default=0, editable=False)
    invoiced_cost = AmountField(_("cost of what is invoiced"), default=0, editable=False)
    returned_quantity = QuantityField(_("returned"), default=0, editable=False)
    returned_cost = AmountField(_("cost of what came back"), default=0, editable=False)
    returned_invoiced_quantity = QuantityField(_("returned after invoicing"), default=0, editable=False)
    returned_invoiced_cost = AmountField(_("cost of what came back after invoicing"), default=0, editable=False)

    class Meta:
        verbose_name = _("delivery line")
        verbose_name_plural = _("delivery lines")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint("delivery", "order_line", name="orders_deliveryline_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_deliveryline_quantity"),
            models.CheckConstraint(
                condition=Q(returned_invoiced_quantity__gte=0)
                & Q(returned_invoiced_quantity__lte=F("returned_quantity"))
                & Q(returned_invoiced_quantity__lte=F("invoiced_quantity"))
                & Q(quantity__gte=F("invoiced_quantity") + F("returned_quantity") - F("returned_invoiced_quantity")),
                name="orders_deliveryline_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item}"

    @property
    def open_quantity(self) -> Decimal:
        """Delivered, neither invoiced nor returned."""
        return self.quantity - self.invoiced_quantity - self.returned_quantity + self.returned_invoiced_quantity

    @property
    def open_cost(self) -> Decimal:
        """Cost of `open_quantity`."""
        return self.cost_amount - self.invoiced_cost - self.returned_cost + self.returned_invoiced_cost

    @property
    def kept_quantity(self) -> Decimal:
        """What the customer still has."""
        return self.quantity - self.returned_quantity
