"""What differs between sales and supplier invoices; everything else is one code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.catalog.enums import ItemKind, TaxDirection
from core.documents.sequences import NumberPlan
from core.events.consequences import ConsequencePoint
from core.events.outbox import Event
from erp.invoicing.consequences import sales_invoice_posting, supplier_invoice_posting
from erp.invoicing.enums import InvoiceKind, Side
from erp.invoicing.events import SalesInvoicePosted, SupplierInvoicePosted
from erp.invoicing.models import (
    InvoiceBase,
    InvoiceLineBase,
    InvoiceLineTaxBase,
    SalesInvoice,
    SalesInvoiceLine,
    SalesInvoiceLineTax,
    SupplierInvoice,
    SupplierInvoiceLine,
    SupplierInvoiceLineTax,
)
from erp.ledger.enums import AccountKey, JournalKind


@dataclass(frozen=True, slots=True)
class InvoiceType:
    """One of the two types of invoice.

    :ivar control: the control account of its open items.
    :ivar direction: 1 when an invoice debits the control account, -1 when it credits it.
    :ivar usual_key: where a line posts that names no account of its own.
    """

    model: type[InvoiceBase]
    line_model: type[InvoiceLineBase]
    tax_model: type[InvoiceLineTaxBase]
    side: Side
    tax_direction: TaxDirection
    journal: JournalKind
    control: AccountKey
    direction: int
    plans: Mapping[str, NumberPlan]
    usual_key: Callable[[InvoiceLineBase], AccountKey]
    consequences: ConsequencePoint[...]
    posted_event: Callable[[int], Event]


def _revenue(line: Any) -> AccountKey:
    return AccountKey.REVENUE


def _cost(line: InvoiceLineBase) -> AccountKey:
    """Goods wait on GRNI until they are received, also when the invoice comes first; everything else is expense."""
    if line.item is not None and line.item.kind == ItemKind.STOCKED:
        return AccountKey.GRNI
    return AccountKey.EXPENSE


SALES = InvoiceType(
    model=SalesInvoice,
    line_model=SalesInvoiceLine,
    tax_model=SalesInvoiceLineTax,
    side=Side.RECEIVABLE,
    tax_direction=TaxDirection.SALE,
    journal=JournalKind.SALES,
    control=AccountKey.RECEIVABLE,
    direction=1,
    plans={
        InvoiceKind.INVOICE: NumberPlan("sales_invoice", "INV-{year}-{number:05d}", chronological=True),
        InvoiceKind.CREDIT_NOTE: NumberPlan("sales_credit_note", "CN-{year}-{number:05d}", chronological=True),
    },
    usual_key=_revenue,
    consequences=sales_invoice_posting,
    posted_event=SalesInvoicePosted,
)

SUPPLIER = InvoiceType(
    model=SupplierInvoice,
    line_model=SupplierInvoiceLine,
    tax_model=SupplierInvoiceLineTax,
    side=Side.PAYABLE,
    tax_direction=TaxDirection.PURCHASE,
    journal=JournalKind.PURCHASE,
    control=AccountKey.PAYABLE,
    direction=-1,
    plans={
        InvoiceKind.INVOICE: NumberPlan("supplier_invoice", "SI-{year}-{number:05d}"),
        InvoiceKind.CREDIT_NOTE: NumberPlan("supplier_credit_note", "SC-{year}-{number:05d}"),
    },
    usual_key=_cost,
    consequences=supplier_invoice_posting,
    posted_event=SupplierInvoicePosted,
)
