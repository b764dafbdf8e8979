"""Reading invoices and what is open on them."""

from erp.invoicing.queries.ageing import AgedReport, AgedRow, aged_payables, aged_receivables
from erp.invoicing.queries.open_items import PartyBalance, open_items, party_balance, party_balances

__all__ = [
    "AgedReport",
    "AgedRow",
    "PartyBalance",
    "aged_payables",
    "aged_receivables",
    "open_items",
    "party_balance",
    "party_balances",
]
