"""Lines of purchase orders as a list: what figures of purchases and of goods to come are made of."""

from decimal import Decimal

from django.db.models import Case, F, Func, QuerySet, Value, When
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from core.fields import QuantityField
from core.ui.panels import AttributesPanel
from core.ui.registry import register
from core.ui.resource import Column, Resource, SearchIn
from erp.purchasing.models import PurchaseOrderLine

NOTHING = Value(Decimal(0), output_field=QuantityField())
LEFT = Func(
    F("stock_quantity") * Greatest(F("quantity") - F("received_quantity"), NOTHING) / F("quantity"),
    6,
    function="ROUND",
    output_field=QuantityField(),
)
TO_RECEIVE = Case(When(needs_receipt=True, then=LEFT), default=NOTHING, output_field=QuantityField())
"""Ordered and not yet arrived, in the item's own unit."""


@register
class PurchaseOrderLineResource(Resource):
    model = PurchaseOrderLine
    slug = "purchase-order-lines"
    search = SearchIn(records=("item", "order"), words=("description",), alike=False)
    columns = (
        Column("order", kind="link"),
        "order__party",
        "order__document_date",
        "item",
        "quantity",
        "unit",
        Column("net_amount", currency="order.currency_id", related=("order",)),
        "received_quantity",
        Column("to_receive_in_stock", label=_("Left to receive"), kind="quantity", total=True, sort=False),
    )
    more_columns = ("description", "unit_price", "order__expected_date", "order__status", "order__warehouse")
    ordering = "-id"
    api = False  # a line is part of its order there
    filters = (
        "item", "order", "order__party", "order__status", "order__warehouse", "order__document_date",
        "order__expected_date",
    )  # fmt: skip
    select_related = ("item", "order")
    panels = (
        AttributesPanel(
            fields=("order", "item", "description", "quantity", "unit", "unit_price", "net_amount", "received_quantity")
        ),
    )

    def queryset(self) -> QuerySet[PurchaseOrderLine]:
        return PurchaseOrderLine.objects.annotate(to_receive_in_stock=TO_RECEIVE)

    def title(self, obj: PurchaseOrderLine) -> str:
        return f"{obj.order} · {obj.item or obj.description}"
