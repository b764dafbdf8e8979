"""Deliveries on the screen: planned, shipped, taken back."""

from django.utils.translation import gettext_lazy as _

from core.ui.actions import Action
from core.ui.panels import AttributesPanel, RelatedPanel
from core.ui.registry import register
from core.ui.resource import Menu, PresetView, Resource
from erp.orders import forms, operations, panels
from erp.orders.consequence_texts import shipping_lines
from erp.orders.enums import DeliveryStatus
from erp.orders.models import Delivery, SalesReturn
from erp.orders.resources.shared import OWNED_FIELDS


@register
class DeliveryResource(Resource):
    model = Delivery
    slug = "deliveries"
    menu = Menu("orders", order=20, icon="truck-delivery", key="d")
    columns = ("number", "order", "party", "document_date", "status", "warehouse", "carrier", "tracking_number")
    more_columns = ("shipped_at", "shipped_by", "owner", "team")
    filters = ("status", "party", "order", "warehouse", "document_date", "owner")
    search = True
    form = forms.DeliveryForm
    create = False
    detail_related = ("party", "order", "warehouse", "owner", "team", "shipped_by", "company")
    panels = (
        panels.DeliveryLinesPanel(),
        AttributesPanel(
            fields=(
                "order",
                "party",
                "document_date",
                "warehouse",
                "carrier",
                "tracking_number",
                "delivery_address",
                "shipped_at",
                "shipped_by",
                *OWNED_FIELDS,
            )
        ),
        RelatedPanel(
            name="returns",
            title=_("Returns"),
            model=SalesReturn,
            field="delivery",
            columns=("number", "document_date", "status", "reason"),
        ),
    )
    actions = (
        Action(
            "ship",
            label=_("Ship"),
            operation=operations.ship_delivery,
            form=forms.ShipForm,
            when=lambda delivery: delivery.status == DeliveryStatus.DRAFT,
            confirm=shipping_lines,
            style="primary",
            icon="truck",
            bulk=True,
        ),
        Action(
            "return",
            label=_("Take back"),
            operation=operations.receive_return,
            form=forms.ReturnForm,
            when=lambda delivery: delivery.status == DeliveryStatus.SHIPPED,
            icon="truck-return",
            follow=True,
        ),
        Action(
            "cancel",
            label=_("Cancel delivery"),
            operation=operations.cancel_delivery,
            when=lambda delivery: delivery.status == DeliveryStatus.DRAFT,
            confirm=_("The goods stay reserved for the order."),
            style="danger",
            icon="ban",
        ),
    )
    saved_views = (
        PresetView("to_ship", _("To ship"), {"status": "draft"}),
        PresetView("today", _("Shipped today"), {"status": "shipped", "document_date_from": "today"}),
    )
    api_fields = (
        "id", "number", "status", "order", "party", "document_date", "warehouse", "carrier", "tracking_number",
        "delivery_address", "shipped_at", "external_id", "version",
    )  # fmt: skip
    api_lines = "lines"

    def subtitle(self, obj: Delivery) -> str:
        return str(obj.party)

    def editable(self, obj: Delivery) -> bool:
        return obj.status == DeliveryStatus.DRAFT
