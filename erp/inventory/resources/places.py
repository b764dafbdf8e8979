"""Warehouses and locations."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.ui.badges import Badge
from core.ui.forms import RecordForm
from core.ui.panels import AttributesPanel, RelatedPanel
from core.ui.registry import register
from core.ui.resource import Menu, Resource, SearchIn
from erp.inventory.enums import LocationKind
from erp.inventory.models import Location, StockLevel, Warehouse
from erp.inventory.setup import create_warehouse, update_warehouse


class WarehouseForm(RecordForm):
    class Meta:
        model = Warehouse
        fields = ("name", "code", "is_default", "active")


@register
class WarehouseResource(Resource):
    model = Warehouse
    slug = "warehouses"
    menu = Menu("stock", order=80, icon="building-warehouse")
    columns = ("code", "name", "is_default", "active")
    ordering = "code"
    filters = ("active",)
    search = True
    form = WarehouseForm
    create = create_warehouse
    update = update_warehouse
    panels = (
        AttributesPanel(fields=("code", "stock_location", "is_default", "active")),
        RelatedPanel(
            name="locations",
            title=_("Locations"),
            model=Location,
            field="warehouse",
            columns=("name", "parent", "is_pickable", "active"),
            side="main",
        ),
    )

    def subtitle(self, obj: Warehouse) -> str:
        return obj.code

    def status_badge(self, obj: Warehouse) -> Badge | None:
        return None if obj.active else Badge(str(_("Inactive")), "grey")


class LocationForm(RecordForm):
    class Meta:
        model = Location
        fields = ("name", "warehouse", "parent", "is_pickable", "active")

    def prepare(self, caller: Any, record: Location | None) -> None:
        """People make places inside a warehouse; the world outside is there from the start."""
        self.fields["warehouse"].required = record is None or record.kind == LocationKind.INTERNAL
        parents = self.fields["parent"]
        parents.queryset = parents.queryset.filter(kind=LocationKind.INTERNAL)  # type: ignore[attr-defined]


@register
class LocationResource(Resource):
    model = Location
    slug = "locations"
    search = SearchIn(words=("name", "warehouse__name"))
    menu = Menu("stock", order=85, icon="map-pin")
    columns = ("name", "warehouse", "kind", "parent", "is_pickable", "active")
    ordering = "name"
    filters = ("warehouse", "kind", "is_pickable", "active")
    form = LocationForm
    panels = (
        AttributesPanel(fields=("warehouse", "kind", "parent", "is_pickable", "active")),
        RelatedPanel(
            name="levels",
            title=_("Stock here"),
            model=StockLevel,
            field="location",
            where={"on_hand__gt": 0},
            columns=("item", "on_hand", "reserved", "available"),
            ordering=("item__sku",),
            side="main",
        ),
    )

    def subtitle(self, obj: Location) -> str:
        return str(obj.get_kind_display())

    def status_badge(self, obj: Location) -> Badge | None:
        return None if obj.active else Badge(str(_("Inactive")), "grey")
