"""Lines of sales orders as a list: what figures of sales and of goods to go out are made of. Its Resource is registered
with those of `resources`."""

from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.catalog.models import Item, ItemCategory, KitComponent
from core.company.conversion import in_company_currency
from core.fields import AmountField, QuantityField
from core.parties.models import Party
from core.ui.filters import DayFilter, RecordFilter, ResourceFilterSet, WordsFilter, YesNoFilter
from core.ui.panels import AttributesPanel
from core.ui.registry import register
from core.ui.resource import Column, Resource, SearchIn
from erp.inventory.models import Warehouse
from erp.orders.enums import OrderStatus
from erp.orders.models import SalesOrderLine

NOTHING = Value(Decimal(0), output_field=QuantityField())
LEFT = F("stock_quantity") * (F("quantity") - F("delivered_quantity")) / F("quantity")
GROSS = F("quantity") * F("unit_price")


def _left(times: Any = None) -> Case:
    """Ordered and not yet shipped, in the item's own unit, times the pieces of a component in it."""
    amount = LEFT if times is None else LEFT * times
    rounded = Func(amount, 6, function="ROUND", output_field=QuantityField())
    return Case(When(needs_delivery=True, then=rounded), default=NOTHING, output_field=QuantityField())


class GoodsFilter(RecordFilter):
    """Lines that take this item out of stock, kits by their components; what is left to deliver is then told in it."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if value in (None, "", "none"):
            return qs
        pieces = KitComponent.objects.filter(kit=OuterRef("item"), item=value).values("quantity")
        one = Value(Decimal(1), output_field=QuantityField())
        found = qs.filter(Q(item=value) | Q(item__in=KitComponent.objects.filter(item=value).values("kit")))
        return found.annotate(left_to_deliver=_left(Coalesce(Subquery(pieces), one)))


class OrderLineFilter(ResourceFilterSet):
    item = RecordFilter(queryset=Item.objects.all(), label=_("Item"))
    goods = GoodsFilter(queryset=Item.objects.all(), label=_("Goods"))
    item__category = RecordFilter(queryset=ItemCategory.objects.all(), label=_("Category"))
    order__party = RecordFilter(queryset=Party.objects.all(), label=_("Customer"))
    order__owner = RecordFilter(queryset=User.objects.all(), label=_("Owner"))
    order__status = WordsFilter(choices=OrderStatus.choices, label=_("Status"))
    order__warehouse = RecordFilter(queryset=Warehouse.objects.all(), label=_("Warehouse"))
    order__document_date_from = DayFilter(field_name="order__document_date", label=_("Date from"))
    order__document_date_to = DayFilter(field_name="order__document_date", upper=True, label=_("Date to"))
    is_freight = YesNoFilter(label=_("Freight"))

    class Meta:
        model = SalesOrderLine
        fields: tuple[str, ...] = ()


def in_order_currency(name: str, **options: Any) -> Column:
    """An amount in the order's currency."""
    return Column(name, kind="money", currency="order.currency_id", related=("order",), **options)


def in_our_currency(name: str, label: Any) -> Column:
    """An amount in the company's currency, added up."""
    return Column(
        name, label=label, kind="money", currency="company.currency_id", related=("company",), total=True, sort=False
    )


@register
class SalesOrderLineResource(Resource):
    model = SalesOrderLine
    slug = "sales-order-lines"
    search = SearchIn(records=("item", "order"), words=("description",), alike=False)
    columns = (
        Column("order", kind="link"),
        "order__party",
        "order__document_date",
        "item",
        "quantity",
        "unit",
        in_our_currency("company_gross", _("Before discount")),
        in_our_currency("company_discount", _("Discount")),
        in_our_currency("company_net", _("Net")),
        Column("left_to_deliver", label=_("Left to deliver"), kind="quantity", total=True, sort=False),
    )
    more_columns = (
        "description",
        "unit_price",
        Column("discount_percent", kind="percent"),
        in_order_currency("net_amount"),
        "delivered_quantity",
        "invoiced_quantity",
        "order__status",
        "order__owner",
        "is_freight",
    )
    ordering = "-id"
    api = False  # a line is part of its order there
    filters = OrderLineFilter
    select_related = ("item", "order", "company")
    panels = (
        AttributesPanel(
            fields=(
                "order",
                "item",
                "description",
                "quantity",
                "unit",
                "unit_price",
                Column("discount_percent", kind="percent"),
                in_order_currency("net_amount"),
                "delivered_quantity",
                "invoiced_quantity",
            )
        ),
    )

    def queryset(self) -> QuerySet[SalesOrderLine]:
        gross = Func(GROSS, F("company__currency__minor_units"), function="ROUND", output_field=AmountField())
        return SalesOrderLine.objects.annotate(
            company_gross=in_company_currency(gross, head="order__"),
            company_net=in_company_currency(F("net_amount"), head="order__"),
            company_discount=F("company_gross") - F("company_net"),
            left_to_deliver=_left(),
        )

    def title(self, obj: SalesOrderLine) -> str:
        return f"{obj.order} · {obj.item or obj.description}"
