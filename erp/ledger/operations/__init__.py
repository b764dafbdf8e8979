"""What people and schedules do in the ledger."""

from erp.ledger.operations.balances import fold_balances
from erp.ledger.operations.periods import close_period, open_fiscal_year, reopen_period

__all__ = ["close_period", "fold_balances", "open_fiscal_year", "reopen_period"]
