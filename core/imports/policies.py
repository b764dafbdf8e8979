"""Who may see and run imports: administrators all of the company, everybody who brings records in their own. Which
kinds a person may import is asked again for each (core.ui.imports.kind)."""

from core.access.enums import Role
from core.access.policies import register
from core.imports.models import ImportRun

OWN = "view:own create:own check:own answer:own commit:own undo:own reread:own export:own"
ALL = "*:company"

register(
    ImportRun,
    grants={
        Role.SALESPERSON: OWN,
        Role.SALES_MANAGER: OWN,
        Role.SUPPORT_AGENT: OWN,
        Role.MARKETER: OWN,
        Role.BUYER: OWN,
        Role.ACCOUNTANT: OWN,
        Role.FINANCE_MANAGER: OWN,
        Role.DIRECTOR: "view:company export:company",
        Role.AUDITOR: "view:company export:company",
        Role.ADMINISTRATOR: ALL,
    },
    owner="user",
)
