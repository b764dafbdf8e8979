"""Who may see and do what in the ledger. Finance keeps it; directors and auditors read it."""

from core.access.enums import Role
from core.access.policies import register
from erp.ledger import models

KEEPERS = {Role.ACCOUNTANT: "*:company", Role.FINANCE_MANAGER: "*:company"}
READERS = {Role.DIRECTOR: "view:company export:company", Role.AUDITOR: "view:company export:company"}
BOOK_READERS = frozenset({*KEEPERS, *READERS})


def register_all() -> None:
    """Called once, when the app is ready."""
    for model in (
        models.Chart,
        models.Account,
        models.Journal,
        models.PostingRule,
        models.TaxAccount,
        models.FiscalYear,
        models.AccountingPeriod,
        models.PeriodChange,
        models.JournalEntry,
        models.JournalLine,
        models.ManualEntry,
        models.ManualEntryLine,
    ):
        register(model, grants={**KEEPERS, **READERS})
