"""What is there and how it came: stock levels and stock moves, to be read only."""

from decimal import Decimal
from typing import Any

from django.db.models import F, Func, QuerySet, Value
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField, QuantityField
from core.ui.panels import AttributesPanel, Panel, RelatedPanel, TablePanel
from core.ui.registry import register
from core.ui.resource import Caller, Column, Menu, PresetView, Resource, SearchIn
from erp.inventory.models import LayerConsumption, Reservation, StockLevel, StockMove, ValueEntry

NOTHING = Value(Decimal(0), output_field=QuantityField())
VALUE = Func(
    F("on_hand") * F("item__valuation__value") / NullIf(F("item__valuation__quantity"), NOTHING),
    F("company__currency__minor_units"),
    function="ROUND",
    output_field=AmountField(),
)
"""The location's share of what the item's whole stock is worth, rounded as amounts of the company are."""


def in_company_currency(name: str, **options: Any) -> Column:
    """An amount in the company's currency."""
    return Column(name, kind="money", currency="company.currency_id", related=("company",), **options)


class LevelMovesPanel(TablePanel):
    """Moves of the item to and from the location."""

    name = "moves"
    title = _("Moves")
    lazy = True
    limit = 20
    columns = (
        "move_date",
        "from_location",
        "to_location",
        "quantity",
        in_company_currency("value"),
        "source_number",
    )

    def rows(self, caller: Caller, obj: StockLevel) -> QuerySet[StockMove]:
        moves = StockMove.objects.filter(company_id=caller.company_id, item_id=obj.item_id)
        here = moves.filter(from_location_id=obj.location_id) | moves.filter(to_location_id=obj.location_id)
        return here.order_by("-move_date", "-id")


class LevelReservationsPanel(TablePanel):
    """Who has a claim on the goods."""

    name = "reservations"
    title = _("Reservations")
    side = "side"
    lazy = True
    linked = False
    columns = (
        Column("line", label=_("For"), value=lambda claim: claim.line.resolve()),
        "quantity",
        "reserved_at",
    )

    def rows(self, caller: Caller, obj: StockLevel) -> QuerySet[Reservation]:
        claims = Reservation.objects.filter(company_id=caller.company_id, item_id=obj.item_id)
        return claims.filter(location_id=obj.location_id).order_by("id")


@register
class StockLevelResource(Resource):
    model = StockLevel
    slug = "stock-levels"
    search = SearchIn(words=("location__name",), records=("item",))
    menu = Menu("stock", order=20, icon="packages", key="l")
    columns = (
        "item",
        "location",
        "location__warehouse",
        Column("on_hand", total=True),
        Column("reserved", total=True),
        Column("available", kind="quantity", total=True),
        in_company_currency("value", label=_("Value"), sort="value", total=True),
    )
    more_columns = ("item__sku", "item__category", "item__unit", "item__reorder_point")
    ordering = "item__sku"
    filters = (
        "item", "item__category", "location", "location__warehouse", "location__is_pickable", "on_hand",
    )  # fmt: skip
    select_related = ("item", "location", "location__warehouse", "company")
    saved_views = (PresetView("in_stock", _("In stock"), {"on_hand_min": "0.000001"}, default=True),)
    api_fields = ("id", "item", "location", "on_hand", "reserved", "available", "value")
    panels = (
        AttributesPanel(fields=("item", "location", "on_hand", "reserved", Column("available", kind="quantity"))),
        LevelMovesPanel(),
        LevelReservationsPanel(),
    )

    def queryset(self) -> QuerySet[StockLevel]:
        return StockLevel.objects.annotate(value=VALUE)

    def title(self, obj: StockLevel) -> str:
        return f"{obj.item} · {obj.location}"


class CostTrailPanel(Panel):
    """Why a move has the value it has."""

    name = "cost"
    title = _("Cost")
    template = "inventory/cost_trail.html"

    def applies(self, caller: Caller, obj: StockMove) -> bool:
        return bool(obj.value)

    def context(self, request: Any, obj: StockMove) -> dict[str, Any]:
        taken = LayerConsumption.objects.filter(move=obj).select_related("layer__move").order_by("id")
        entries = ValueEntry.objects.filter(move=obj).order_by("id")
        return {"taken": list(taken), "entries": list(entries), "currency": obj.company.currency_id}


@register
class StockMoveResource(Resource):
    model = StockMove
    slug = "stock-moves"
    search = SearchIn(records=("item",), source="source")
    menu = Menu("stock", order=30, icon="switch-horizontal")
    columns = (
        "move_date",
        "item",
        "from_location",
        "to_location",
        "quantity",
        in_company_currency("value"),
        "source_number",
    )
    more_columns = ("unit_cost", "purpose", "posted_at", "posted_by", "item__category")
    ordering = "-id"
    filters = ("item", "item__category", "from_location", "to_location", "move_date", "source_number")
    select_related = ("item", "from_location", "to_location", "company")
    panels = (
        AttributesPanel(
            fields=(
                "item",
                "from_location",
                "to_location",
                "quantity",
                in_company_currency("value"),
                "unit_cost",
                "move_date",
                Column("source", label=_("Document"), kind="link", value=lambda move: move.source.resolve()),
                "returns",
                "posted_at",
                "posted_by",
            )
        ),
        CostTrailPanel(),
        RelatedPanel(
            name="returned",
            title=_("Returned by"),
            model=StockMove,
            field="returns",
            columns=("move_date", "quantity", in_company_currency("value"), "source_number"),
        ),
    )

    def title(self, obj: StockMove) -> str:
        return f"{obj.source_number or obj.pk} · {obj.item}"


@register
class ValueEntryResource(Resource):
    """What changed quantity and value of an item's stock, and why: the rows that add up to what stock is worth."""

    model = ValueEntry
    slug = "value-entries"
    search = SearchIn(records=("item",), source="source")
    columns = (
        "entry_date",
        "item",
        "cause",
        Column("quantity", total=True),
        in_company_currency("value", total=True),
        "quantity_after",
        in_company_currency("value_after"),
        "source_number",
    )
    ordering = "-entry_date"
    filters = ("item", "item__category", "cause", "entry_date", "source_number")
    select_related = ("item", "company")
    panels = (
        AttributesPanel(
            fields=(
                "item",
                "cause",
                "entry_date",
                "quantity",
                in_company_currency("value"),
                "quantity_after",
                in_company_currency("value_after"),
                "move",
                Column("source", label=_("Document"), kind="link", value=lambda entry: entry.source.resolve()),
            )
        ),
    )

    def title(self, obj: ValueEntry) -> str:
        return f"{obj.source_number or obj.pk} · {obj.item}"
