"""Import of sales orders: a row a line, rows of one order number together; they come in as drafts."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.imports.registry import register
from core.ui.imports.kind import ImportField, ResourceImport
from core.ui.resource import Caller
from erp.orders.enums import OrderStatus
from erp.orders.models import SalesOrder
from erp.orders.operations import cancel_sales_order


class OrderImport(ResourceImport):
    """Draft orders with their lines."""

    slug = "sales-orders"
    external_label, external_sample, external_required = _("order number in the other system"), "4711", True
    external_aliases = ("order id", "order number", "order no", "order")
    fields = (
        ImportField("party", "Blue Lantern Ltd", ("customer", "customer id", "account"), label=_("customer")),
        ImportField("document_date", "2026-03-02", ("order date", "date")),
        ImportField("reference", "PO 88", ("customer reference", "po number")),
        ImportField("requested_date", "2026-03-20", ("required date", "requested")),
        ImportField("currency", "EUR"),
        ImportField("payment_term", ""),
        ImportField("warehouse", ""),
        ImportField("freight_amount", "12.50", ("freight", "shipping")),
        ImportField("delivery_address", "", ("ship address",)),
        ImportField("owner", "", ("salesperson",)),
        ImportField("notes", ""),
        ImportField("item", "LAMP-BLUE", ("product", "sku", "product id"), line=True, required=True),
        ImportField("description", "", ("line description",), line=True),
        ImportField("quantity", "40", ("qty",), line=True),
        ImportField("unit", "", ("uom",), line=True),
        ImportField("unit_price", "24.90", ("price",), line=True),
        ImportField("discount_percent", "5", ("discount",), line=True),
    )

    def take_back(self, record: models.Model, caller: Caller) -> str:
        """A draft goes; what was confirmed since is cancelled where nothing has left."""
        if not isinstance(record, SalesOrder) or record.status == OrderStatus.DRAFT:
            return super().take_back(record, caller)
        acting: dict[str, Any] = {"user": caller.user, "now": timezone.now()}
        try:
            cancel_sales_order(sales_order_id=record.pk, reason=_t("Import undone"), **acting)
        except DomainError as refusal:
            return str(refusal)
        return _t("%(order)s was cancelled.") % {"order": record}


register(OrderImport())
