"""The general ledger: accounts, journals, periods, entries, balances and statements. It knows nothing of goods."""
