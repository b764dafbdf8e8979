"""Settling a document with what the party has open on the other side."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.invoicing.enums import InvoiceStatus
from erp.invoicing.errors import NothingToSettleError
from erp.invoicing.kinds import SALES, SUPPLIER, InvoiceType
from erp.invoicing.models import Allocation, OpenItem
from erp.invoicing.operations.allocations import pair, write_allocations
from erp.invoicing.periods import require_open_period

if TYPE_CHECKING:
    from core.access.models import User


def settle_sales_invoice(
    *, sales_invoice_id: int, effective_date: dt.date, user: "User | None", now: dt.datetime
) -> list[Allocation]:
    """Settle an invoice with the customer's payments on account and open credit notes, or a credit note with open
    invoices, the oldest first, from `effective_date` on.

    :raises NothingToSettleError: the document is not posted or settled, or there is nothing to settle it with.
    :raises AllocationDateError: `effective_date` lies before one of the documents.
    :raises PeriodClosedError: `effective_date` lies in a closed period.
    """
    return _settle(SALES, sales_invoice_id, effective_date, user=user, now=now)


def settle_supplier_invoice(
    *, supplier_invoice_id: int, effective_date: dt.date, user: "User | None", now: dt.datetime
) -> list[Allocation]:
    """The same with what a supplier has received or credited; see `settle_sales_invoice`."""
    return _settle(SUPPLIER, supplier_invoice_id, effective_date, user=user, now=now)


def _settle(
    kind: InvoiceType, invoice_id: int, effective_date: dt.date, *, user: "User | None", now: dt.datetime
) -> list[Allocation]:
    with transaction.atomic():
        rows = kind.model._default_manager.select_for_update(of=("self",)).select_related("company__currency")
        invoice: Any = rows.get(pk=invoice_id)
        require_open_period(invoice.company_id, effective_date)
        own, others = _both_sides(kind, invoice, effective_date) if invoice.status == InvoiceStatus.POSTED else ([], [])
        if not own or not others:
            raise NothingToSettleError(
                _("There is nothing to settle %(invoice)s with on this day.") % {"invoice": invoice},
                hint=_("Register a payment or post a credit note first."),
            )
        sides = (own, others) if own[0].currency_amount > 0 else (others, own)
        items = {item.pk: item for item in (*own, *others)}
        matches = pair(*sides)
        return write_allocations(invoice.company, items, matches, effective_date=effective_date, user=user, now=now)


def _both_sides(kind: InvoiceType, invoice: Any, effective_date: dt.date) -> tuple[list[OpenItem], list[OpenItem]]:
    """The document's open items and the party's of the other sign, locked, each the oldest first."""
    rows = OpenItem.objects.select_for_update(of=("self",)).order_by("pk")
    found = rows.filter(
        party=invoice.party_id, side=kind.side, currency=invoice.currency_id, settled_date=None,
        company=invoice.company_id, document_date__lte=effective_date,
    )  # fmt: skip
    items = sorted(found, key=lambda item: (item.due_date, item.pk))
    label, sign = kind.model._meta.label_lower, kind.direction * invoice.sign
    own = [item for item in items if (item.document_label, item.document_id) == (label, invoice.pk)]  # type: ignore[attr-defined]
    return own, [item for item in items if item.currency_amount * sign < 0]
