"""What people and schedules do in the ledger."""

from erp.ledger.operations.balances import fold_balances
from erp.ledger.operations.manual_entries import (
    ManualLine,
    cancel_manual_entry,
    create_manual_entry,
    post_manual_entry,
    post_opening_balances,
    reverse_journal_entry,
    reverse_manual_entry,
    update_manual_entry,
)
from erp.ledger.operations.periods import close_period, open_coming_fiscal_years, open_fiscal_year, reopen_period

__all__ = [
    "ManualLine",
    "cancel_manual_entry",
    "close_period",
    "create_manual_entry",
    "fold_balances",
    "open_coming_fiscal_years",
    "open_fiscal_year",
    "post_manual_entry",
    "post_opening_balances",
    "reopen_period",
    "reverse_journal_entry",
    "reverse_manual_entry",
    "update_manual_entry",
]
