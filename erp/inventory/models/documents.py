"""The documents by which people change stock without an order: adjustments, counts and transfers."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.catalog.models import Item
from core.company.models import CompanyOwned
from core.documents.models import Document, unique_external_id, unique_number
from core.fields import QuantityField, RateField
from core.search.triggers import searchable
from erp.inventory.enums import AdjustmentKind, StockDocumentStatus, StockReason
from erp.inventory.models.places import Location

FINDABLE = {"title": "coalesce(NEW.number, '')", "subtitle": "note", "words": ("number",)}


class StockDocument(Document):
    """Base. Draft until it is posted; then its moves are facts and it does not change any more."""

    status = models.CharField(
        _("status"), max_length=10, choices=StockDocumentStatus, default=StockDocumentStatus.DRAFT, editable=False
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    posted_at = models.DateTimeField(_("posted"), null=True, editable=False)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name=_("posted by"),
        related_name="+",
    )

    class Meta:
        abstract = True


class StockLine(CompanyOwned):
    """Base of the lines of stock documents."""

    position = models.PositiveIntegerField(_("position"), default=0)
    item = models.ForeignKey(Item, models.PROTECT, verbose_name=_("item"), related_name="+")

    class Meta:
        abstract = True
        ordering = ("position", "id")


@tracked
class StockAdjustment(StockDocument):
    """Goods that come in or go out without an order: opening stock, a receipt without order, gain, loss, scrap.

    :ivar location: where the goods are ours.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=AdjustmentKind, default=AdjustmentKind.GAIN_LOSS)
    reason = models.CharField(_("reason"), max_length=10, choices=StockReason, blank=True)
    location = models.ForeignKey(Location, models.PROTECT, verbose_name=_("location"), related_name="+")

    class Meta:
        verbose_name = _("stock adjustment")
        verbose_name_plural = _("stock adjustments")
        ordering = ("-id",)
        constraints = [unique_external_id("inventory_stockadjustment"), unique_number("inventory_stockadjustment")]
        triggers = [*searchable(**FINDABLE)]


@tracked
class StockAdjustmentLine(StockLine):
    """:ivar quantity: in the item's unit; negative only for a loss.
    :ivar unit_cost: in the company's currency, of what comes in; empty takes the present cost.
    """

    adjustment = models.ForeignKey(
        StockAdjustment, models.CASCADE, verbose_name=_("stock adjustment"), related_name="lines"
    )
    quantity = QuantityField(_("quantity"))
    unit_cost = RateField(_("unit cost"), null=True, blank=True, validators=[MinValueValidator(0)])

    class Meta(StockLine.Meta):
        verbose_name = _("stock adjustment line")
        verbose_name_plural = _("stock adjustment lines")
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="inventory_adjustmentline_quantity")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item_id}"


@tracked
class StockCount(StockDocument):
    """What was counted at a location. Posting it moves the difference to what the book says at that moment."""

    location = models.ForeignKey(Location, models.PROTECT, verbose_name=_("location"), related_name="+")

    class Meta:
        verbose_name = _("stock count")
        verbose_name_plural = _("stock counts")
        ordering = ("-id",)
        constraints = [unique_external_id("inventory_stockcount"), unique_number("inventory_stockcount")]
        triggers = [*searchable(**FINDABLE)]


@tracked
class StockCountLine(StockLine):
    """:ivar counted_quantity: empty when the item was not counted: its stock stays as it is.
    :ivar expected_quantity: what the book said when the count was posted.
    """

    count = models.ForeignKey(StockCount, models.CASCADE, verbose_name=_("stock count"), related_name="lines")
    counted_quantity = QuantityField(_("counted"), null=True, blank=True, validators=[MinValueValidator(0)])
    expected_quantity = QuantityField(_("expected"), null=True, editable=False)

    class Meta(StockLine.Meta):
        verbose_name = _("stock count line")
        verbose_name_plural = _("stock count lines")
        constraints = [models.UniqueConstraint("count", "item", name="inventory_countline_item_once")]

    def __str__(self) -> str:
        return f"{self.counted_quantity} × {self.item_id}"

    @property
    def difference(self) -> Decimal | None:
        """Counted less expected; None while nothing was counted or the count is a draft."""
        if self.counted_quantity is None or self.expected_quantity is None:
            return None
        return self.counted_quantity - self.expected_quantity


@tracked
class StockTransfer(StockDocument):
    """Goods that change their place within the company; their value stays."""

    from_location = models.ForeignKey(Location, models.PROTECT, verbose_name=_("from"), related_name="+")
    to_location = models.ForeignKey(Location, models.PROTECT, verbose_name=_("to"), related_name="+")

    class Meta:
        verbose_name = _("stock transfer")
        verbose_name_plural = _("stock transfers")
        ordering = ("-id",)
        constraints = [
            unique_external_id("inventory_stocktransfer"),
            unique_number("inventory_stocktransfer"),
            models.CheckConstraint(
                condition=~Q(from_location=F("to_location")), name="inventory_stocktransfer_goes_somewhere"
            ),
        ]
        triggers = [*searchable(**FINDABLE)]


@tracked
class StockTransferLine(StockLine):
    transfer = models.ForeignKey(StockTransfer, models.CASCADE, verbose_name=_("stock transfer"), related_name="lines")
    quantity = QuantityField(_("quantity"), validators=[MinValueValidator(0)])

    class Meta(StockLine.Meta):
        verbose_name = _("stock transfer line")
        verbose_name_plural = _("stock transfer lines")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="inventory_transferline_positive")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item_id}"
