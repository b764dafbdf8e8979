"""The chain of a purchase as its documents show it: order, receipts, supplier invoices."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.documents.references import RecordRef
from core.ui import formats
from core.ui.registry import url_for
from core.ui.resource import Caller, Step
from erp.invoicing.enums import InvoiceStatus
from erp.invoicing.models import SupplierInvoice
from erp.purchasing.enums import PurchaseOrderStatus, ReceiptStatus
from erp.purchasing.models import PurchaseOrder, Receipt


def purchase_steps(obj: PurchaseOrder | Receipt | SupplierInvoice, caller: Caller) -> Sequence[Step]:
    """Steps of the chain that `obj` belongs to; several receipts or invoices are one step that names the latest."""
    order = order_of(obj)
    if order is None:
        return ()
    receipts = list(order.receipts.exclude(status=ReceiptStatus.CANCELLED).order_by("id"))
    source = RecordRef.of(order)
    bills = SupplierInvoice.objects.filter(source_label=source.label, source_id=source.id)
    invoices = list(bills.exclude(status=InvoiceStatus.CANCELLED).order_by("id"))
    return (
        _step(_("Purchase order"), [order], obj, done=order.status == PurchaseOrderStatus.DONE, amounts=True),
        _step(_("Receipt"), receipts, obj, done=order.receipt_state == "full"),
        _step(_("Supplier invoice"), invoices, obj, done=order.invoice_state == "full", amounts=True),
    )


def order_of(obj: PurchaseOrder | Receipt | SupplierInvoice) -> PurchaseOrder | None:
    """The purchase order at the head of the chain."""
    if isinstance(obj, PurchaseOrder):
        return obj
    if isinstance(obj, Receipt):
        return obj.order
    source = obj.source
    found = source.resolve() if source is not None and source.label == PurchaseOrder._meta.label_lower else None
    return found if isinstance(found, PurchaseOrder) else None


def _step(label: Any, documents: Sequence[Any], shown: Any, *, done: bool, amounts: bool = False) -> Step:
    if not documents:
        return Step(label=label)
    last = documents[-1]
    total = sum((document.total_amount for document in documents), start=0) if amounts else None
    return Step(
        label=label,
        number=str(last) if len(documents) == 1 else f"{last} +{len(documents) - 1}",
        amount=formats.money_with_currency(total, last.currency_id) if total is not None else "",
        status=str(last.get_status_display()),
        url=url_for(last),
        current=any(type(document) is type(shown) and document.pk == shown.pk for document in documents),
        done=done,
    )
