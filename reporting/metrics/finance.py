"""Figures of the book. All are sums of journal lines, so every one ties to the trial balance."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from erp.ledger.enums import AccountKind
from reporting.metrics.definition import Metric

BOOKED = {"debit": Sum("debit"), "credit": Sum("credit")}


def _debit(found: Mapping[str, Any]) -> Decimal:
    return (found["debit"] or Decimal(0)) - (found["credit"] or Decimal(0))


def _credit(found: Mapping[str, Any]) -> Decimal:
    return -_debit(found)


REVENUE = Metric(
    key="revenue", label=_("Revenue"), slug="journal-lines", filters={"kind": AccountKind.REVENUE},
    date="entry_date", column="entry_date", aggregates=BOOKED, value=_credit,
)  # fmt: skip
GROSS_PROFIT = Metric(
    key="gross_profit", label=_("Gross profit"), slug="journal-lines",
    filters={"kind": f"{AccountKind.REVENUE},{AccountKind.COST_OF_SALES}"},
    date="entry_date", column="entry_date", aggregates=BOOKED, value=_credit,
)  # fmt: skip
RECEIVABLE = Metric(
    key="receivable", label=_("Receivables"), slug="journal-lines", filters={"kind": AccountKind.RECEIVABLE},
    date="entry_date", until_only=True, aggregates=BOOKED, value=_debit, more_is_better=None,
)  # fmt: skip
PAYABLE = Metric(
    key="payable", label=_("Payables"), slug="journal-lines", filters={"kind": AccountKind.PAYABLE},
    date="entry_date", until_only=True, aggregates=BOOKED, value=_credit, more_is_better=None,
)  # fmt: skip
MONEY = Metric(
    key="money", label=_("Bank and cash"), slug="journal-lines", filters={"kind": AccountKind.BANK_CASH},
    date="entry_date", until_only=True, aggregates=BOOKED, value=_debit,
)  # fmt: skip
STOCK = Metric(
    key="stock_value", label=_("Stock value"), slug="journal-lines", filters={"kind": AccountKind.INVENTORY},
    date="entry_date", until_only=True, aggregates=BOOKED, value=_debit, more_is_better=None,
)  # fmt: skip
