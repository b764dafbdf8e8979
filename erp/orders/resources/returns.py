"""Returns on the screen: goods that came back, and their credits."""

from django.utils.translation import gettext_lazy as _

from core.ui.panels import AttributesPanel, LinesPanel
from core.ui.registry import register
from core.ui.resource import Menu, PresetView, Resource
from erp.orders import panels
from erp.orders.models import SalesReturn
from erp.orders.resources.shared import OWNED_FIELDS


@register
class SalesReturnResource(Resource):
    model = SalesReturn
    slug = "sales-returns"
    menu = Menu("orders", order=30, icon="truck-return")
    columns = ("number", "delivery", "party", "document_date", "status", "reason")
    more_columns = ("warehouse", "owner", "team", "created_at")
    filters = ("status", "party", "warehouse", "document_date")
    search = True
    detail_related = ("party", "delivery", "warehouse", "company")
    panels = (
        LinesPanel(columns=("delivery_line__item", "quantity", "condition", "invoiced_quantity")),
        AttributesPanel(fields=("delivery", "party", "document_date", "warehouse", "reason", *OWNED_FIELDS)),
        panels.ReturnCreditsPanel(side="side"),
    )
    saved_views = (PresetView("open", _("To credit"), {"status": "received"}),)
    api_fields = (
        "id", "number", "status", "delivery", "party", "document_date", "warehouse", "reason", "external_id", "version",
    )  # fmt: skip
    api_lines = "lines"

    def subtitle(self, obj: SalesReturn) -> str:
        return str(obj.party)
