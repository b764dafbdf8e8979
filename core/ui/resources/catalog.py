"""Items with what sorts and measures them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.catalog.models import Item, ItemCategory, KitComponent, TaxCategory, Unit
from core.catalog.operations import activate_item, classify_item, deactivate_item
from core.ui.actions import Action, active_switch
from core.ui.badges import Badge
from core.ui.forms import RecordForm
from core.ui.panels import AttributesPanel, RelatedPanel
from core.ui.registry import register
from core.ui.resource import LineForm, Menu, PresetView, Resource, SearchIn


class ItemForm(RecordForm):
    groups = (
        (_("Item"), ("name", "sku", "kind", "category", "unit", "description")),
        (_("Price and tax"), ("list_price", "cost", "tax_category")),
        (
            _("Buying and stock"),
            ("purchase_unit", "preferred_supplier", "reorder_point", "costing_method", "weight", "barcode"),
        ),
        (_("Use"), ("is_sold", "is_purchased", "active")),
    )

    class Meta:
        model = Item
        fields = (
            "sku",
            "name",
            "kind",
            "description",
            "category",
            "unit",
            "purchase_unit",
            "tax_category",
            "list_price",
            "cost",
            "barcode",
            "weight",
            "costing_method",
            "preferred_supplier",
            "reorder_point",
            "is_sold",
            "is_purchased",
            "active",
        )


class ClassifyForm(forms.Form):
    """What is left empty stays as it is."""

    category = forms.ModelChoiceField(ItemCategory.objects.all(), label=_("category"), required=False)
    tax_category = forms.ModelChoiceField(TaxCategory.objects.all(), label=_("tax category"), required=False)


class KitComponentForm(RecordForm):
    class Meta:
        model = KitComponent
        fields = ("item", "quantity")


@register
class ItemResource(Resource):
    model = Item
    slug = "items"
    menu = Menu("stock", order=10, icon="package", key="i")
    columns = ("sku", "name", "kind", "category", "unit", "list_price", "active")
    more_columns = (
        "barcode",
        "cost",
        "tax_category",
        "costing_method",
        "preferred_supplier",
        "reorder_point",
        "created_at",
    )
    ordering = "sku"
    filters = (
        "kind",
        "category",
        "tax_category",
        "preferred_supplier",
        "is_sold",
        "is_purchased",
        "active",
        "list_price",
    )
    search = True
    files = True
    form = ItemForm
    lines = LineForm(KitComponentForm, name="components", label=_("Components of a kit"), extra=0)
    panels = (
        AttributesPanel(fields=("sku", "kind", "description", "category", "unit", "barcode", "weight")),
        AttributesPanel(
            name="money", title=_("Price and tax"), side="side", fields=("list_price", "cost", "tax_category")
        ),
        AttributesPanel(
            name="buying",
            title=_("Buying and stock"),
            side="side",
            fields=("purchase_unit", "preferred_supplier", "reorder_point", "costing_method"),
        ),
        RelatedPanel(
            name="components",
            title=_("Components"),
            model=KitComponent,
            field="kit",
            columns=("item", "quantity"),
            side="main",
            lazy=False,
            linked=False,
        ),
    )
    actions = (
        Action(
            "classify",
            _("Change category"),
            classify_item,
            form=ClassifyForm,
            verb="change",
            icon="category",
            bulk=True,
        ),
        *active_switch(activate_item, deactivate_item, _("It is offered on new documents no more; stock stays.")),
    )
    saved_views = (PresetView("sold", _("Sold"), {"is_sold": "1", "active": "1"}),)

    def title(self, obj: Item) -> str:
        return obj.name

    def subtitle(self, obj: Item) -> str:
        return obj.sku

    def status_badge(self, obj: Item) -> Badge | None:
        return None if obj.active else Badge(str(_("Inactive")), "grey")


class UnitForm(RecordForm):
    class Meta:
        model = Unit
        fields = ("name", "symbol", "category", "factor", "decimals")


@register
class UnitResource(Resource):
    model = Unit
    slug = "units"
    search = SearchIn(words=("name", "symbol"))
    menu = Menu("settings", order=60, icon="ruler-measure")
    columns = ("name", "symbol", "category", "factor", "decimals")
    ordering = "category"
    form = UnitForm
    panels = (AttributesPanel(fields=("symbol", "category", "factor", "decimals")),)

    def title(self, obj: Unit) -> str:
        return obj.name


class ItemCategoryForm(RecordForm):
    class Meta:
        model = ItemCategory
        fields = ("name", "parent", "costing_method")


@register
class ItemCategoryResource(Resource):
    model = ItemCategory
    slug = "item-categories"
    search = SearchIn(words=("name",))
    menu = Menu("settings", order=55, icon="category")
    columns = ("name", "parent", "costing_method")
    ordering = "name"
    filters = ("parent", "costing_method")
    form = ItemCategoryForm
    panels = (
        AttributesPanel(fields=("parent", "costing_method")),
        RelatedPanel(
            name="items", title=_("Items"), model=Item, field="category", columns=("sku", "name"), side="main"
        ),
    )
