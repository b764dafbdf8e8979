"""Stock at past month ends, kept so that what was on hand on any day is a short way from a known figure."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.catalog.models import Item
from core.company.models import Company, CompanyOwned
from core.fields import QuantityField
from erp.inventory.models.places import Location


class StockClock(models.Model):
    """Up to which day snapshots reach. Postings share this row's lock and whoever takes a snapshot holds it alone: so a
    snapshot contains every move before it, and a later move into the past finds the snapshots it belongs in."""

    company = models.OneToOneField(Company, models.CASCADE, verbose_name=_("company"), related_name="+")
    snapshot_date = models.DateField(_("last snapshot"), null=True)

    class Meta:
        verbose_name = _("stock clock")
        verbose_name_plural = _("stock clocks")

    def __str__(self) -> str:
        return f"{self.company_id}: {self.snapshot_date}"


class StockSnapshot(CompanyOwned):
    """A day at whose end the quantities of all items and locations are known."""

    date = models.DateField(_("date"))

    class Meta:
        verbose_name = _("stock snapshot")
        verbose_name_plural = _("stock snapshots")
        ordering = ("-date",)
        constraints = [models.UniqueConstraint("company", "date", name="inventory_snapshot_once")]

    def __str__(self) -> str:
        return str(self.date)


class SnapshotQuantity(CompanyOwned):
    """What lay at a location at the end of a snapshot's day. What is missing was zero."""

    snapshot = models.ForeignKey(StockSnapshot, models.CASCADE, verbose_name=_("snapshot"), related_name="quantities")
    item = models.ForeignKey(Item, models.PROTECT, verbose_name=_("item"), related_name="+", db_index=False)
    location = models.ForeignKey(Location, models.PROTECT, verbose_name=_("location"), related_name="+", db_index=False)
    quantity = QuantityField(_("quantity"))

    class Meta:
        verbose_name = _("quantity of a snapshot")
        verbose_name_plural = _("quantities of snapshots")
        constraints = [
            models.UniqueConstraint("snapshot", "item", "location", name="inventory_snapshotquantity_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} · {self.location_id}: {self.quantity}"
