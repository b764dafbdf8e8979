"""The verbs of banking."""

from erp.banking.operations.documents import pay_sales_invoice, pay_supplier_invoice
from erp.banking.operations.drafts import create_payment, update_payment
from erp.banking.operations.posting import allocate_payment, cancel_payment, post_payment, unallocate_payment
from erp.banking.operations.quick import receive_payment, send_payment

__all__ = [
    "allocate_payment",
    "cancel_payment",
    "create_payment",
    "pay_sales_invoice",
    "pay_supplier_invoice",
    "post_payment",
    "receive_payment",
    "send_payment",
    "unallocate_payment",
    "update_payment",
]
