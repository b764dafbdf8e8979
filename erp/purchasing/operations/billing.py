"""From received goods to a draft supplier invoice."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.access.models import User
from core.company.queries import local_date
from core.documents.references import RecordRef
from core.errors import WrongStateError
from core.fields import ZERO
from erp.invoicing.enums import InvoiceKind, InvoiceStatus
from erp.invoicing.lines import InvoiceLineData
from erp.invoicing.models import SupplierInvoice, SupplierInvoiceLine
from erp.invoicing.operations import create_supplier_invoice
from erp.purchasing.enums import PurchaseOrderStatus
from erp.purchasing.errors import NothingToBillError
from erp.purchasing.locking import lock_order, order_lines
from erp.purchasing.models import PurchaseOrderLine

LINE = PurchaseOrderLine._meta.label_lower


def bill_purchase_order(
    *,
    purchase_order_id: int,
    user: User | None,
    now: dt.datetime,
    document_date: dt.date | None = None,
    supplier_number: str = "",
    external_id: str = "",
) -> SupplierInvoice:
    """A draft supplier invoice of everything that was received (services: ordered) and is on no invoice yet, at the
    order's prices. Change it to what the supplier's paper says before posting it.

    :raises WrongStateError: the order is not confirmed.
    :raises NothingToBillError: nothing is left, or it waits on a draft.
    """
    with transaction.atomic():
        order = lock_order(purchase_order_id)
        if order.status not in (PurchaseOrderStatus.CONFIRMED, PurchaseOrderStatus.DONE):
            raise WrongStateError(
                _("%(order)s is %(status)s; only a confirmed order is invoiced.")
                % {"order": order, "status": order.get_status_display()},
                params={"status": order.status},
            )
        lines = order_lines([order])
        drafted = drafted_quantities([line.pk for line in lines])
        open_lines = [(line, line.to_invoice - drafted.get(line.pk, ZERO)) for line in lines]
        wanted = [_line(line, quantity) for line, quantity in open_lines if quantity > 0]
        if not wanted:
            raise NothingToBillError(
                _("Nothing of %(order)s is left to invoice.") % {"order": order},
                hint=_("Receive goods first, or post the draft that waits."),
            )
        return create_supplier_invoice(
            company_id=order.company_id,
            party_id=order.party_id,
            document_date=document_date or local_date(order.company, now),
            lines=wanted,
            user=user,
            now=now,
            supplier_number=supplier_number,
            payment_term_id=order.payment_term_id,
            source=RecordRef.of(order),
            currency_code=order.currency_id,
            external_id=external_id,
            reference=order.reference or order.number or "",
        )


def drafted_quantities(order_line_ids: Collection[int]) -> dict[int, Decimal]:
    """Order line → quantity on draft supplier invoices."""
    rows = SupplierInvoiceLine.objects.filter(
        source_label=LINE,
        source_id__in=order_line_ids,
        invoice__status=InvoiceStatus.DRAFT,
        invoice__kind=InvoiceKind.INVOICE,
    )
    found: dict[int, Decimal] = {}
    for pk, quantity in rows.values_list("source_id", "quantity"):
        if pk is not None:
            found[pk] = found.get(pk, ZERO) + quantity
    return found


def _line(line: PurchaseOrderLine, quantity: Decimal) -> InvoiceLineData:
    return InvoiceLineData(
        item_id=line.item_id,
        description=line.description,
        quantity=quantity,
        unit_id=line.unit_id,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_set_id=line.tax_set_id,
        source=RecordRef.of(line),
    )
