"""Models of the ledger, by subject."""

from erp.ledger.models.balances import BalanceDelta, DayBalance, MonthBalance
from erp.ledger.models.chart import Account, Chart, Journal, PostingRule, TaxAccount
from erp.ledger.models.entries import JournalEntry, JournalLine
from erp.ledger.models.manual import ManualEntry, ManualEntryLine
from erp.ledger.models.periods import AccountingPeriod, FiscalYear, PeriodChange

__all__ = [
    "Account",
    "AccountingPeriod",
    "BalanceDelta",
    "Chart",
    "DayBalance",
    "FiscalYear",
    "Journal",
    "JournalEntry",
    "JournalLine",
    "ManualEntry",
    "ManualEntryLine",
    "MonthBalance",
    "PeriodChange",
    "PostingRule",
    "TaxAccount",
]
