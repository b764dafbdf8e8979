"""Reading the ledger."""

from erp.ledger.queries.accounts import AccountBook, accounts_for, tax_account_id
from erp.ledger.queries.trial_balance import TrialBalance, TrialBalanceRow, account_balance, trial_balance

__all__ = [
    "AccountBook",
    "TrialBalance",
    "TrialBalanceRow",
    "account_balance",
    "accounts_for",
    "tax_account_id",
    "trial_balance",
]
