"""How much there is: moves are the facts, levels what they add up to, reservations who has a claim on it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.catalog.models import Item
from core.company.models import CompanyOwned
from core.documents.facts import Fact
from core.documents.references import RecordRefField
from core.fields import AmountField, QuantityField, RateField
from erp.inventory.models.places import Location


class StockMove(Fact):
    """A quantity of an item that went from one location to another on a day.

    :ivar quantity: positive, in the item's unit.
    :ivar value: what the move added to the value of stock in the company's currency; negative for an issue, zero
        within stock.
    :ivar unit_cost: value per unit without sign.
    :ivar source: the document that moved it; with `purpose` and `position` it is unique, so nothing is moved twice.
    :ivar line: the line of an order or document that the move fulfils.
    :ivar returns: the issue that this move brings back.
    """

    item = models.ForeignKey(Item, models.PROTECT, verbose_name=_("item"), related_name="stock_moves")
    from_location = models.ForeignKey(Location, models.PROTECT, verbose_name=_("from"), related_name="+")
    to_location = models.ForeignKey(Location, models.PROTECT, verbose_name=_("to"), related_name="+")
    quantity = QuantityField(_("quantity"))
    move_date = models.DateField(_("date"))
    value = AmountField(_("value"), default=0)
    unit_cost = RateField(_("unit cost"), default=0)
    source = RecordRefField(_("document"), null=False)
    source_number = models.CharField(_("document number"), max_length=40, blank=True)
    purpose = models.CharField(_("purpose"), max_length=20)
    position = models.PositiveIntegerField(_("position"))
    line = RecordRefField(_("line"))
    returns = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("returns"), related_name="returned_by"
    )
    posted_at = models.DateTimeField(_("posted"))
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("posted by"), related_name="+"
    )

    class Meta(Fact.Meta):
        verbose_name = _("stock move")
        verbose_name_plural = _("stock moves")
        ordering = ("-move_date", "-id")
        constraints = [
            models.UniqueConstraint(
                "source_label", "source_id", "purpose", "position", name="inventory_stockmove_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inventory_stockmove_quantity_positive"),
            models.CheckConstraint(condition=~Q(from_location=F("to_location")), name="inventory_stockmove_goes"),
        ]
        indexes = [
            models.Index("item", "move_date", name="inventory_move_by_item"),
            models.Index("company", "move_date", name="inventory_move_by_date"),
            models.Index("line_id", "line_label", condition=Q(line_id__isnull=False), name="inventory_move_by_line"),
        ]

    def __str__(self) -> str:
        return self.source_number or f"#{self.pk}"


class StockLevel(CompanyOwned):
    """What lies at a location now. Kept by the writer of stock moves under the row's lock; never edited.

    The database refuses a level below zero and a reservation of what is not there.
    """

    item = models.ForeignKey(Item, models.PROTECT, verbose_name=_("item"), related_name="stock_levels")
    location = models.ForeignKey(Location, models.PROTECT, verbose_name=_("location"), related_name="stock_levels")
    on_hand = QuantityField(_("on hand"), default=0)
    reserved = QuantityField(_("reserved"), default=0)
    available = models.GeneratedField(
        expression=F("on_hand") - F("reserved"),
        output_field=QuantityField(_("available")),
        db_persist=True,
        verbose_name=_("available"),
    )

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        ordering = ("item", "location")
        constraints = [
            models.UniqueConstraint("item", "location", name="inventory_stocklevel_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="inventory_stocklevel_on_hand"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="inventory_stocklevel_reserved"),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("on_hand")), name="inventory_stocklevel_reserved_is_there"
            ),
        ]
        indexes = [models.Index("location", "item", name="inventory_level_by_location")]

    def __str__(self) -> str:
        return f"{self.item} · {self.location}"


class Reservation(CompanyOwned):
    """The claim of an order line on goods at a location. It shrinks as they ship and goes when nothing is left."""

    line = RecordRefField(_("order line"), null=False)
    item = models.ForeignKey(Item, models.PROTECT, verbose_name=_("item"), related_name="reservations")
    location = models.ForeignKey(Location, models.PROTECT, verbose_name=_("location"), related_name="reservations")
    quantity = QuantityField(_("quantity"))
    reserved_at = models.DateTimeField(_("reserved"))

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint("line_label", "line_id", "item", "location", name="inventory_reservation_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inventory_reservation_positive"),
        ]
        indexes = [models.Index("item", "location", name="inventory_reservation_by_item")]

    def __str__(self) -> str:
        return f"{self.item} × {self.quantity}"
