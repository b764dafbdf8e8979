"""Where goods are."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.documents.models import Record, unique_external_id
from core.search.triggers import searchable
from erp.inventory.enums import LocationKind


@tracked
class Warehouse(Record):
    """A site that keeps goods. Orders ship from its stock location and from the pickable locations beneath it."""

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=120)
    stock_location = models.OneToOneField(
        "inventory.Location",
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name=_("stock location"),
        related_name="+",
    )
    is_default = models.BooleanField(_("default"), default=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        ordering = ("code",)
        constraints = [
            unique_external_id("inventory_warehouse"),
            models.UniqueConstraint(
                "company",
                "code",
                name="inventory_warehouse_code",
                violation_error_message=_("Another warehouse has this code."),
            ),
            models.UniqueConstraint("company", condition=Q(is_default=True), name="inventory_warehouse_one_default"),
        ]
        triggers = [*searchable(title="name", subtitle="code", words=("code",))]

    def __str__(self) -> str:
        return self.name


@tracked
class Location(Record):
    """A place in the tree of places. Virtual ones (suppliers, customers, differences) stand for the world outside.

    :ivar is_pickable: goods here may be reserved and shipped; off for quality holds and the like.
    """

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=LocationKind, default=LocationKind.INTERNAL)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("within"), related_name="children"
    )
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, null=True, blank=True, verbose_name=_("warehouse"), related_name="locations"
    )
    is_pickable = models.BooleanField(_("goods may be shipped from here"), default=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ("warehouse", "name")
        constraints = [
            unique_external_id("inventory_location"),
            models.UniqueConstraint(
                "company",
                "warehouse",
                "name",
                name="inventory_location_name",
                nulls_distinct=False,
                violation_error_message=_("Another location of this warehouse has this name."),
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="inventory_location_not_own_parent"),
            models.CheckConstraint(
                condition=~Q(kind=LocationKind.INTERNAL) | Q(warehouse__isnull=False),
                name="inventory_location_internal_in_warehouse",
            ),
        ]

    def __str__(self) -> str:
        return self.name
