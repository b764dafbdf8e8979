"""Figures of the book. All are sums of journal lines, so every one ties to the trial balance."""

from django.utils.translation import gettext_lazy as _

from erp.ledger.enums import AccountKind
from reporting.metrics.definition import Stand
from reporting.metrics.ledger import LedgerMetric

REVENUE = LedgerMetric(
    key="revenue", label=_("Revenue"), kinds=(AccountKind.REVENUE,), in_credit=True,
    hint=_("What was invoiced, less credit notes, without tax. Post the first sales invoice to see it."),
)  # fmt: skip
GROSS_PROFIT = LedgerMetric(
    key="gross_profit", label=_("Gross profit"), kinds=(AccountKind.REVENUE, AccountKind.COST_OF_SALES),
    in_credit=True, hint=_("Revenue less the cost of the goods sold."),
)  # fmt: skip
RECEIVABLE = LedgerMetric(
    key="receivable", label=_("Receivables"), kinds=(AccountKind.RECEIVABLE,), stand=Stand.DAY, more_is_better=None,
    hint=_("What customers owe us: invoices posted and not paid."),
)  # fmt: skip
PAYABLE = LedgerMetric(
    key="payable", label=_("Payables"), kinds=(AccountKind.PAYABLE,), stand=Stand.DAY, in_credit=True,
    more_is_better=None, hint=_("What we owe suppliers: their invoices posted and not paid."),
)  # fmt: skip
MONEY = LedgerMetric(
    key="money", label=_("Bank and cash"), kinds=(AccountKind.BANK_CASH,), stand=Stand.DAY,
    hint=_("The balance of all bank and cash accounts."),
)  # fmt: skip
STOCK = LedgerMetric(
    key="stock_value", label=_("Stock value"), kinds=(AccountKind.INVENTORY,), stand=Stand.DAY, more_is_better=None,
    hint=_("What the goods in stock have cost."),
)  # fmt: skip

METRICS = (REVENUE, GROSS_PROFIT, RECEIVABLE, PAYABLE, MONEY, STOCK)
