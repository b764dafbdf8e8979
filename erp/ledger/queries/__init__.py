"""Reading the ledger."""

from erp.ledger.queries.accounts import AccountBook, accounts_for, tax_account_id
from erp.ledger.queries.general_ledger import GeneralLedger, LedgerCursor, general_ledger
from erp.ledger.queries.integrity import ChainReport, balance_differences, verify_chain, verify_chains
from erp.ledger.queries.statements import BalanceSheet, IncomeStatement, balance_sheet, income_statement
from erp.ledger.queries.trial_balance import TrialBalance, TrialBalanceRow, account_balance, trial_balance, year_start

__all__ = [
    "AccountBook",
    "BalanceSheet",
    "ChainReport",
    "GeneralLedger",
    "IncomeStatement",
    "LedgerCursor",
    "TrialBalance",
    "TrialBalanceRow",
    "account_balance",
    "accounts_for",
    "balance_differences",
    "balance_sheet",
    "general_ledger",
    "income_statement",
    "tax_account_id",
    "trial_balance",
    "verify_chain",
    "verify_chains",
    "year_start",
]
