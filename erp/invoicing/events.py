"""What others may hear of."""

from dataclasses import dataclass

from core.events.outbox import Event


@dataclass(frozen=True, slots=True)
class SalesInvoicePosted(Event):
    """An invoice or credit note to a customer was posted."""

    sales_invoice_id: int


@dataclass(frozen=True, slots=True)
class SupplierInvoicePosted(Event):
    """A supplier invoice or a supplier's credit note was posted."""

    supplier_invoice_id: int
