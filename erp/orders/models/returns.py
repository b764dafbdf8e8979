"""Goods that came back from customers."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.documents.facts import Fact
from core.documents.models import unique_external_id, unique_number
from core.fields import AmountField, QuantityField
from core.parties.models import PartyDocument
from core.search.triggers import searchable
from erp.inventory.models import Warehouse
from erp.orders.enums import ReturnCondition, ReturnStatus
from erp.orders.models.base import PARTY_NAME
from erp.orders.models.deliveries import Delivery, DeliveryLine


@tracked
class SalesReturn(PartyDocument):
    """Goods of a delivery that came back and were inspected. Its credit notes name it as their source."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, verbose_name=_("delivery"), related_name="returns")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, verbose_name=_("warehouse"), related_name="+")
    status = models.CharField(
        _("status"), max_length=12, choices=ReturnStatus, default=ReturnStatus.RECEIVED, editable=False
    )
    reason = models.CharField(_("reason"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("sales return")
        verbose_name_plural = _("sales returns")
        ordering = ("-id",)
        constraints = [unique_external_id("orders_salesreturn"), unique_number("orders_salesreturn")]
        indexes = [
            models.Index(fields=["company", "-document_date"], name="orders_salesreturn_by_date"),
            models.Index("delivery", name="orders_salesreturn_by_dlv"),
        ]
        triggers = [*searchable(title="coalesce(NEW.number, '')", subtitle=PARTY_NAME, words=("number", "reason"))]


class SalesReturnLine(Fact):
    """What came back of a delivery line and in which condition. Written once, when the goods are received.

    :ivar cost_amount: at which the goods left stock, in the company's currency.
    :ivar invoiced_quantity: the part of the quantity that had been invoiced and so is credited.
    """

    sales_return = models.ForeignKey(SalesReturn, models.PROTECT, verbose_name=_("sales return"), related_name="lines")
    delivery_line = models.ForeignKey(
        DeliveryLine, models.PROTECT, verbose_name=_("delivery line"), related_name="return_lines"
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    quantity = QuantityField(_("quantity"))
    condition = models.CharField(_("condition"), max_length=8, choices=ReturnCondition)
    cost_amount = AmountField(_("cost"), default=0)
    invoiced_quantity = QuantityField(_("to credit"), default=0)

    class Meta(Fact.Meta):
        verbose_name = _("sales return line")
        verbose_name_plural = _("sales return lines")
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(invoiced_quantity__gte=0) & Q(invoiced_quantity__lte=F("quantity")),
                name="orders_returnline_quantity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.delivery_line_id}"
