"""What stock is worth and why: one valuation an item, its FIFO layers, and the facts that changed it."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.catalog.enums import CostingMethod
from core.catalog.models import Item
from core.company.models import CompanyOwned
from core.documents.facts import Fact
from core.documents.references import RecordRefField
from core.fields import AmountField, QuantityField, RateField
from erp.inventory.enums import LayerKind, ValueCause
from erp.inventory.models.stock import StockMove


class ItemValuation(CompanyOwned):
    """Quantity and value of an item in the company's stock. Its row lock puts the postings of an item in one line.

    With moving average this is the pool that every receipt joins; with FIFO it is the sum of the open layers. The
    database refuses value without quantity.

    :ivar costing_method: of the goods that are there; a change on the item takes effect once nothing is left.
    """

    item = models.OneToOneField(Item, models.PROTECT, verbose_name=_("item"), related_name="valuation")
    costing_method = models.CharField(
        _("costing method"), max_length=8, choices=CostingMethod, default=CostingMethod.FIFO
    )
    quantity = QuantityField(_("quantity"), default=0)
    value = AmountField(_("value"), default=0)
    last_unit_cost = RateField(_("last unit cost"), default=0)

    class Meta:
        verbose_name = _("item valuation")
        verbose_name_plural = _("item valuations")
        ordering = ("item",)
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="inventory_valuation_quantity"),
            models.CheckConstraint(condition=Q(value__gte=0), name="inventory_valuation_value"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) | Q(value=0), name="inventory_valuation_nothing_is_worth_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.quantity} = {self.value}"


class CostLayer(CompanyOwned):
    """Goods that came in together at one cost, and what is left of them. FIFO issues take the oldest first.

    :ivar layer_date: the day of the move that made it; layers are taken by this day, then by id.
    """

    item = models.ForeignKey(Item, models.PROTECT, verbose_name=_("item"), related_name="cost_layers")
    move = models.OneToOneField(StockMove, models.PROTECT, verbose_name=_("stock move"), related_name="layer")
    kind = models.CharField(_("kind"), max_length=12, choices=LayerKind, default=LayerKind.RECEIPT)
    layer_date = models.DateField(_("date"))
    quantity = QuantityField(_("quantity"))
    unit_cost = RateField(_("unit cost"))
    remaining_quantity = QuantityField(_("remaining quantity"))
    remaining_value = AmountField(_("remaining value"))

    class Meta:
        verbose_name = _("cost layer")
        verbose_name_plural = _("cost layers")
        ordering = ("item", "layer_date", "id")
        constraints = [
            models.CheckConstraint(condition=Q(remaining_quantity__gte=0), name="inventory_layer_quantity"),
            models.CheckConstraint(condition=Q(remaining_value__gte=0), name="inventory_layer_value"),
            models.CheckConstraint(
                condition=Q(remaining_quantity__gt=0) | Q(remaining_value=0), name="inventory_layer_empty_is_zero"
            ),
        ]
        indexes = [
            models.Index("item", "layer_date", "id", condition=Q(remaining_quantity__gt=0), name="inventory_layer_open")
        ]

    def __str__(self) -> str:
        return f"{self.remaining_quantity} @ {self.unit_cost}"


class LayerConsumption(Fact):
    """What an issue took from a layer: the link by which a cost is explained."""

    move = models.ForeignKey(StockMove, models.PROTECT, verbose_name=_("issue"), related_name="consumptions")
    layer = models.ForeignKey(CostLayer, models.PROTECT, verbose_name=_("layer"), related_name="consumptions")
    quantity = QuantityField(_("quantity"))
    value = AmountField(_("value"))

    class Meta(Fact.Meta):
        verbose_name = _("layer consumption")
        verbose_name_plural = _("layer consumptions")
        ordering = ("id",)
        constraints = [models.UniqueConstraint("move", "layer", name="inventory_consumption_once")]
        indexes = [models.Index("layer", name="inventory_consumption_layer")]

    def __str__(self) -> str:
        return f"{self.quantity} = {self.value}"

    @property
    def unit_cost(self) -> Decimal:
        """What a unit cost when it was taken; the layer's own cost may have changed since."""
        return self.value / self.quantity


class ValueEntry(Fact):
    """A change of the value of an item's stock, with its cause. Their sum is the value of stock.

    :ivar quantity: change of quantity, signed; zero where only the value changed.
    :ivar quantity_after: quantity and value of the item's whole stock behind this entry, in the order of posting.
    """

    item = models.ForeignKey(Item, models.PROTECT, verbose_name=_("item"), related_name="value_entries")
    move = models.ForeignKey(
        StockMove, models.PROTECT, null=True, verbose_name=_("stock move"), related_name="value_entries"
    )
    layer = models.ForeignKey(
        CostLayer, models.PROTECT, null=True, verbose_name=_("layer"), related_name="value_entries"
    )
    cause = models.CharField(_("cause"), max_length=20, choices=ValueCause)
    entry_date = models.DateField(_("date"))
    quantity = QuantityField(_("quantity"), default=0)
    value = AmountField(_("value"))
    quantity_after = QuantityField(_("quantity afterwards"))
    value_after = AmountField(_("value afterwards"))
    source = RecordRefField(_("document"), null=False)
    source_number = models.CharField(_("document number"), max_length=40, blank=True)

    class Meta(Fact.Meta):
        verbose_name = _("value entry")
        verbose_name_plural = _("value entries")
        ordering = ("-entry_date", "-id")
        constraints = [
            models.UniqueConstraint("move", "source_id", "source_label", "cause", name="inventory_valueentry_once")
        ]
        indexes = [
            models.Index("item", "entry_date", name="inventory_value_by_item"),
            models.Index("company", "entry_date", name="inventory_value_by_date"),
            models.Index("source_id", "source_label", name="inventory_value_by_source"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.entry_date}: {self.value}"
