"""The verbs of invoicing."""

from erp.invoicing.operations.allocations import (
    Match,
    allocate,
    lock_items,
    reverse_allocations,
    unallocate,
    write_allocations,
)
from erp.invoicing.operations.sales import (
    cancel_draft_sales_invoice,
    create_sales_invoice,
    credit_sales_invoice,
    post_sales_invoice,
    update_sales_invoice,
)
from erp.invoicing.operations.settling import settle_sales_invoice, settle_supplier_invoice
from erp.invoicing.operations.supplier import (
    cancel_draft_supplier_invoice,
    create_supplier_invoice,
    credit_supplier_invoice,
    post_supplier_invoice,
    update_supplier_invoice,
)

__all__ = [
    "Match",
    "allocate",
    "cancel_draft_sales_invoice",
    "cancel_draft_supplier_invoice",
    "create_sales_invoice",
    "create_supplier_invoice",
    "credit_sales_invoice",
    "credit_supplier_invoice",
    "lock_items",
    "post_sales_invoice",
    "post_supplier_invoice",
    "reverse_allocations",
    "settle_sales_invoice",
    "settle_supplier_invoice",
    "unallocate",
    "update_sales_invoice",
    "update_supplier_invoice",
    "write_allocations",
]
