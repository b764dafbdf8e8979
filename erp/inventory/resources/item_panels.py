"""What stock adds to the page of an item."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policies
from core.catalog.enums import ItemKind
from core.catalog.models import Item
from core.fields import ZERO
from core.ui import formats
from core.ui.panels import Panel, RelatedPanel
from core.ui.registry import extend
from core.ui.requests import caller_of
from core.ui.resource import Caller, Column
from erp.inventory.models import CostLayer, ItemValuation, StockLevel, StockMove
from erp.inventory.queries import availability
from erp.inventory.resources.levels import in_company_currency


class ItemStockPanel(Panel):
    """On hand, reserved, free, on its way, and what it is worth, in big figures."""

    name = "stock"
    title = _("Stock")
    template = "ui/panels/facts.html"

    def applies(self, caller: Caller, obj: Item) -> bool:
        return obj.kind == ItemKind.STOCKED

    def offered(self, caller: Caller, obj: Item) -> bool:
        return policies.may(caller.user, "view", StockLevel, caller.company_id) and super().offered(caller, obj)

    def context(self, request: Any, obj: Item) -> dict[str, Any]:
        caller = caller_of(request)
        found = availability(company_id=caller.company_id, item_ids=[obj.pk])[obj.pk]
        url = f"/stock-levels/?item={obj.pk}&view=all"
        facts = [
            {"label": _("On hand"), "value": formats.quantity(found.on_hand), "hint": obj.unit.symbol, "url": url},
            {"label": _("Reserved"), "value": formats.quantity(found.reserved), "hint": "", "url": url},
            {"label": _("Available"), "value": formats.quantity(found.available), "hint": "", "url": url},
            {"label": _("On order"), "value": formats.quantity(found.incoming), "hint": "", "url": ""},
            {"label": _("Ordered by customers"), "value": formats.quantity(found.outgoing), "hint": "", "url": ""},
        ]
        if policies.may(caller.user, "view", ItemValuation, caller.company_id):
            facts.append(self._worth(caller, obj))
        return {"facts": facts}

    def _worth(self, caller: Caller, obj: Item) -> dict[str, Any]:
        valuation = ItemValuation.objects.filter(item=obj).first()
        value = valuation.value if valuation else ZERO
        return {
            "label": _("Value"),
            "value": formats.money(value, caller.company.currency_id),
            "hint": caller.company.currency_id,
            "url": f"/stock-moves/?item={obj.pk}",
        }


class OpenLayersPanel(RelatedPanel):
    """The FIFO layers that are left, oldest first: the next issue takes from the top."""

    name = "layers"
    title = _("Cost layers")
    side = "main"
    model = CostLayer
    field = "item"
    where = {"remaining_quantity__gt": 0}
    ordering = ("layer_date", "id")
    linked = False
    columns = (
        "layer_date",
        Column("move", label=_("Document"), kind="link"),
        "remaining_quantity",
        "unit_cost",
        in_company_currency("remaining_value"),
    )

    def applies(self, caller: Caller, obj: Item) -> bool:
        return obj.kind == ItemKind.STOCKED


class StockByLocationPanel(RelatedPanel):
    name = "levels"
    title = _("Stock by location")
    model = StockLevel
    field = "item"
    ordering = ("location__name",)
    columns = ("location", "location__warehouse", "on_hand", "reserved", Column("available", kind="quantity"))

    def applies(self, caller: Caller, obj: Item) -> bool:
        return obj.kind == ItemKind.STOCKED


class ItemMovesPanel(RelatedPanel):
    name = "moves"
    title = _("Recent stock moves")
    model = StockMove
    field = "item"
    ordering = ("-move_date", "-id")
    columns = (
        "move_date",
        "from_location",
        "to_location",
        "quantity",
        in_company_currency("value"),
        "source_number",
    )

    def applies(self, caller: Caller, obj: Item) -> bool:
        return obj.kind == ItemKind.STOCKED


items = extend("items")
items.add_panel(ItemStockPanel(), after="attributes")
items.add_panel(StockByLocationPanel(side="main"), after="stock")
items.add_panel(ItemMovesPanel(side="main"), after="levels")
items.add_panel(OpenLayersPanel())
