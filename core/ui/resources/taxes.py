"""Taxes, the sets in which lines bear them, and the rules that choose a set."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.catalog.models import Tax, TaxCategory, TaxRule, TaxSet
from core.ui.forms import RecordForm
from core.ui.panels import AttributesPanel, LinesPanel, RelatedPanel
from core.ui.registry import register
from core.ui.resource import Menu, Resource, SearchIn


class TaxCategoryForm(RecordForm):
    class Meta:
        model = TaxCategory
        fields = ("name",)


@register
class TaxCategoryResource(Resource):
    model = TaxCategory
    slug = "tax-categories"
    search = SearchIn(words=("name",))
    menu = Menu("settings", order=74, icon="tags")
    columns = ("name",)
    ordering = "name"
    form = TaxCategoryForm
    panels = (
        RelatedPanel(
            title=_("Rules"),
            model=TaxRule,
            field="tax_category",
            columns=("direction", "country", "tax_set"),
            side="main",
        ),
    )


class TaxForm(RecordForm):
    class Meta:
        model = Tax
        fields = (
            "code",
            "name",
            "direction",
            "kind",
            "rate",
            "unit_amount",
            "price_included",
            "affects_base",
            "sequence",
            "category_code",
            "no_tax_reason",
            "printed_note",
            "children",
            "active",
        )


@register
class TaxResource(Resource):
    model = Tax
    slug = "taxes"
    search = SearchIn(words=("code", "name"))
    menu = Menu("settings", order=70, icon="receipt-tax")
    columns = ("code", "name", "direction", "kind", "rate", "price_included", "active")
    ordering = "code"
    filters = ("direction", "kind", "active")
    form = TaxForm
    panels = (
        AttributesPanel(
            fields=(
                "code",
                "direction",
                "kind",
                "rate",
                "unit_amount",
                "price_included",
                "affects_base",
                "sequence",
                "category_code",
                "no_tax_reason",
                "printed_note",
            )
        ),
    )


class TaxSetForm(RecordForm):
    class Meta:
        model = TaxSet
        fields = ("name", "direction", "taxes", "active")


@register
class TaxSetResource(Resource):
    model = TaxSet
    slug = "tax-sets"
    search = SearchIn(words=("name",))
    menu = Menu("settings", order=72, icon="stack-2")
    columns = ("name", "direction", "active")
    ordering = "name"
    filters = ("direction", "active")
    form = TaxSetForm
    panels = (LinesPanel(name="taxes", title=_("Taxes"), relation="taxes", columns=("code", "name", "rate")),)


class TaxRuleForm(RecordForm):
    class Meta:
        model = TaxRule
        fields = ("direction", "tax_category", "country", "group", "priority", "tax_set")


@register
class TaxRuleResource(Resource):
    model = TaxRule
    slug = "tax-rules"
    search = SearchIn(words=("country", "tax_category__name", "group__name", "tax_set__name"))
    menu = Menu("settings", order=76, icon="git-branch")
    columns = ("direction", "tax_category", "country", "group", "priority", "tax_set")
    ordering = "-priority"
    filters = ("direction", "tax_category", "country")
    form = TaxRuleForm
    select_related = ("tax_category",)
    panels = (AttributesPanel(fields=("direction", "tax_category", "country", "group", "priority", "tax_set")),)
