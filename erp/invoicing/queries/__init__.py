"""Reading invoices and what is open on them."""

from erp.invoicing.queries.ageing import BOUNDS, AgedReport, AgedRow, aged_payables, aged_receivables
from erp.invoicing.queries.open_items import PartyBalance, open_items, party_balance, party_balances
from erp.invoicing.queries.statement import Statement, StatementLine, customer_statement
from erp.invoicing.queries.states import (
    document_items,
    in_payment_state,
    payment_state,
    settled_share,
    with_open_amounts,
    with_signed_amounts,
)

__all__ = [
    "BOUNDS",
    "AgedReport",
    "AgedRow",
    "PartyBalance",
    "Statement",
    "StatementLine",
    "aged_payables",
    "aged_receivables",
    "customer_statement",
    "document_items",
    "in_payment_state",
    "open_items",
    "party_balance",
    "party_balances",
    "payment_state",
    "settled_share",
    "with_open_amounts",
    "with_signed_amounts",
]
