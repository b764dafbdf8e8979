"""What purchasing adds to the pages of suppliers and items."""

from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from core.catalog.models import Item
from core.parties.models import Party
from core.ui.panels import RelatedPanel
from core.ui.registry import extend
from core.ui.resource import Caller, Column
from erp.purchasing.enums import PurchaseOrderStatus
from erp.purchasing.models import PurchaseOrder, PurchaseOrderLine


class SupplierOrdersPanel(RelatedPanel):
    """What we have ordered from this supplier."""

    name = "purchase_orders"
    title = _("Purchase orders")
    model = PurchaseOrder
    field = "party"
    columns = ("number", "document_date", "total_amount", "status", "receipt_state")

    def applies(self, caller: Caller, obj: Party) -> bool:
        return obj.is_supplier


class OnOrderPanel(RelatedPanel):
    """What is on its way."""

    name = "on_order"
    title = _("On order")
    model = PurchaseOrderLine
    field = "item"
    where = {"order__status": PurchaseOrderStatus.CONFIRMED, "received_quantity__lt": F("quantity")}
    columns = (
        Column("order", kind="link"),
        "order__party",
        "order__expected_date",
        "quantity",
        "received_quantity",
    )
    linked = False

    def applies(self, caller: Caller, obj: Item) -> bool:
        return obj.is_purchased

    def rows(self, caller: Caller, obj: Any) -> QuerySet[Any]:
        return super().rows(caller, obj).order_by("order__expected_date", "id")


extend("parties").add_panel(SupplierOrdersPanel())
extend("items").add_panel(OnOrderPanel())
