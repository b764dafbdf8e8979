"""Who may see and do what with payments. Money is kept by finance and read by directors and auditors."""

from core.access.enums import Role
from core.access.policies import register
from erp.banking import models

KEEPERS = {Role.ACCOUNTANT: "*:company", Role.FINANCE_MANAGER: "*:company"}
READERS = {Role.DIRECTOR: "view:company export:company", Role.AUDITOR: "view:company export:company"}


def register_all() -> None:
    """Called once, when the app is ready."""
    register(models.CashAccount, grants={**KEEPERS, **READERS, Role.ADMINISTRATOR: "*:company"})
    register(models.Payment, grants={**KEEPERS, **READERS, Role.SALES_MANAGER: "view:company"})
