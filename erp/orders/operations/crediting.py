"""Draft credit notes for returned goods that had been invoiced."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from core.access.models import User
from core.documents.references import RecordRef
from core.fields import ZERO
from erp.invoicing.enums import InvoiceKind, InvoiceStatus
from erp.invoicing.models import SalesInvoice, SalesInvoiceLine
from erp.invoicing.operations import credit_sales_invoice
from erp.orders.models import DeliveryLine, SalesOrderLine, SalesReturn
from erp.orders.parts import LINE

POSTED_INVOICE = Q(invoice__status=InvoiceStatus.POSTED, invoice__kind=InvoiceKind.INVOICE)


def lock_invoices(delivery_id: int) -> None:
    """Lock the posted invoices of a delivery's order lines, before the order is locked."""
    lines = DeliveryLine.objects.filter(delivery=delivery_id).values("order_line_id")
    invoices = SalesInvoiceLine.objects.filter(POSTED_INVOICE, source_label=LINE, source_id__in=lines)
    rows = SalesInvoice.objects.select_for_update(of=("self",)).filter(pk__in=invoices.values("invoice_id"))
    list(rows.order_by("pk").values_list("pk"))


def credit_returned(
    sales_return: SalesReturn,
    returned: Sequence[tuple[SalesOrderLine, Decimal]],
    *,
    user: User | None,
    now: dt.datetime,
) -> list[SalesInvoice]:
    """One draft credit note an invoice, latest invoice first, for the invoiced quantities that came back."""
    wanted: dict[int, Decimal] = {}
    for line, quantity in returned:
        if quantity:
            wanted[line.pk] = wanted.get(line.pk, ZERO) + quantity
    parts: dict[int, list[tuple[int, Decimal]]] = {}
    for invoice_id, line_id, order_line_id, left in _creditable(wanted):
        taken = min(wanted[order_line_id], left)
        if taken > 0:
            wanted[order_line_id] -= taken
            parts.setdefault(invoice_id, []).append((line_id, taken))
    return [
        credit_sales_invoice(
            sales_invoice_id=invoice_id,
            lines=lines,
            document_date=sales_return.document_date,
            reason=sales_return.reason or _("Goods returned, %(number)s") % {"number": sales_return.number},
            source=RecordRef.of(sales_return),
            user=user,
            now=now,
        )
        for invoice_id, lines in parts.items()
    ]


def _creditable(order_line_ids: Mapping[int, Decimal]) -> list[tuple[int, int, int, Decimal]]:
    """(invoice, line, order line, what no credit note has taken of it, drafts counted), latest invoice first."""
    if not order_line_ids:
        return []
    lines = SalesInvoiceLine.objects.filter(POSTED_INVOICE, source_label=LINE, source_id__in=list(order_line_ids))
    alive = ~Q(credits__invoice__status=InvoiceStatus.CANCELLED)
    rows = lines.annotate(credited=Sum("credits__quantity", filter=alive)).order_by("-invoice_id", "pk")
    fields = ("invoice_id", "pk", "source_id", "quantity", "credited")
    return [
        (invoice_id, pk, order_line_id, quantity - (credited or ZERO))
        for invoice_id, pk, order_line_id, quantity, credited in rows.values_list(*fields)
    ]
