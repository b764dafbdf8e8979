"""Drafting the invoice of an order."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from core.access.models import User
from core.company.queries import local_date
from core.documents.references import RecordRef
from core.fields import ZERO
from erp.invoicing.enums import InvoiceKind, InvoiceStatus
from erp.invoicing.lines import InvoiceLineData
from erp.invoicing.models import SalesInvoice, SalesInvoiceLine
from erp.invoicing.operations import create_sales_invoice
from erp.ledger.enums import AccountKey
from erp.orders.enums import InvoiceBasis
from erp.orders.errors import NothingToInvoiceError
from erp.orders.locking import lock_order, order_lines
from erp.orders.models import SalesOrderLine
from erp.orders.operations.confirming import require_confirmed
from erp.orders.parts import LINE, ref


def invoice_sales_order(
    *,
    sales_order_id: int,
    user: User | None,
    now: dt.datetime,
    document_date: dt.date | None = None,
    basis: str = InvoiceBasis.DELIVERED,
) -> SalesInvoice:
    """A draft invoice of what was delivered and not invoiced, or of the whole order ahead of its delivery. Services and
    freight come with the first invoice. What already stands on a draft is left out.

    :raises WrongStateError: the order is not confirmed.
    :raises NothingToInvoiceError: nothing is left, or nothing has been delivered.
    """
    with transaction.atomic():
        order = lock_order(sales_order_id, "company")
        require_confirmed(order)
        lines = order_lines([order])
        wanted = _left(lines, _drafted(lines), basis)
        if not wanted:
            raise NothingToInvoiceError(
                _("Nothing of %(order)s is left to invoice.") % {"order": order},
                hint=_("Post or cancel the draft invoice that exists, or deliver more first."),
            )
        return create_sales_invoice(
            company_id=order.company_id,
            party_id=order.party_id,
            document_date=document_date or local_date(order.company, now),
            lines=[_invoice_line(line, quantity) for line, quantity in wanted],
            payment_term_id=order.payment_term_id,
            currency_code=order.currency_id,
            owner_id=order.owner_id,
            team_id=order.team_id,
            reference=order.reference,
            source=RecordRef.of(order),
            user=user,
            now=now,
        )


def _drafted(lines: Sequence[SalesOrderLine]) -> dict[int, Decimal]:
    """Order line → quantity on draft invoices."""
    rows = SalesInvoiceLine.objects.filter(
        source_label=LINE,
        source_id__in=[line.pk for line in lines],
        invoice__status=InvoiceStatus.DRAFT,
        invoice__kind=InvoiceKind.INVOICE,
    )
    return dict(rows.order_by().values_list("source_id").annotate(quantity=Sum("quantity")))


def _left(
    lines: Sequence[SalesOrderLine], drafted: dict[int, Decimal], basis: str
) -> list[tuple[SalesOrderLine, Decimal]]:
    """Lines with what is left to invoice. Freight and services alone make no invoice of delivered goods as long as no
    goods of the order have left."""
    found = []
    for line in lines:
        left = line.to_invoice_ordered if basis == InvoiceBasis.ORDERED else line.to_invoice_delivered
        left -= drafted.get(line.pk, ZERO)
        if left > 0 or (left < 0 and not line.needs_delivery and line.quantity < 0):
            found.append((line, left))
    goods = [line for line in lines if line.needs_delivery]
    nothing_left = goods and basis == InvoiceBasis.DELIVERED and not any(line.delivered_quantity for line in goods)
    return [] if nothing_left else found


def _invoice_line(line: SalesOrderLine, quantity: Decimal) -> InvoiceLineData:
    return InvoiceLineData(
        item_id=line.item_id,
        quantity=quantity,
        description=line.description,
        unit_id=line.unit_id,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_set_id=line.tax_set_id,
        source=ref(line),
        account_key=AccountKey.FREIGHT_REVENUE if line.is_freight else "",
    )
