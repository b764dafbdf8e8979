"""Sales and supplier invoices, what is open on them, and what settled it."""

from erp.invoicing.models.base import InvoiceBase, InvoiceLineBase, InvoiceLineTaxBase
from erp.invoicing.models.open_items import Allocation, OpenItem
from erp.invoicing.models.sales import SalesInvoice, SalesInvoiceLine, SalesInvoiceLineTax
from erp.invoicing.models.supplier import SupplierInvoice, SupplierInvoiceLine, SupplierInvoiceLineTax

__all__ = [
    "Allocation",
    "InvoiceBase",
    "InvoiceLineBase",
    "InvoiceLineTaxBase",
    "OpenItem",
    "SalesInvoice",
    "SalesInvoiceLine",
    "SalesInvoiceLineTax",
    "SupplierInvoice",
    "SupplierInvoiceLine",
    "SupplierInvoiceLineTax",
]
