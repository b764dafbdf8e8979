"""Price lists with their rules."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.catalog.models import PriceList, PriceRule
from core.ui.forms import RecordForm
from core.ui.panels import AttributesPanel, LinesPanel
from core.ui.registry import register
from core.ui.resource import LineForm, Menu, Resource, SearchIn


class PriceListForm(RecordForm):
    class Meta:
        model = PriceList
        fields = ("name", "currency", "parties", "groups", "priority", "active")


class PriceRuleForm(RecordForm):
    class Meta:
        model = PriceRule
        fields = ("item", "category", "min_quantity", "valid_from", "valid_to", "basis", "amount")


@register
class PriceListResource(Resource):
    model = PriceList
    slug = "price-lists"
    search = SearchIn(words=("name",))
    menu = Menu("settings", order=50, icon="currency-euro")
    columns = ("name", "currency", "priority", "active")
    ordering = "name"
    filters = ("currency", "active")
    form = PriceListForm
    lines = LineForm(PriceRuleForm, name="rules", label=_("Rules"))
    panels = (
        AttributesPanel(fields=("currency", "priority", "active")),
        LinesPanel(
            name="rules",
            title=_("Rules"),
            relation="rules",
            columns=("item", "category", "min_quantity", "valid_from", "valid_to", "basis", "amount"),
        ),
    )
