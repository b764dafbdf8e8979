"""Who may see and change interactions, consent and relationships. Whoever deals with a party sees what was said."""

from core.access.enums import Role
from core.access.policies import register
from crm.contacts.models import Consent, Interaction, Relationship

WRITE_TOGETHER = "view:company create:company change:own complete:company reschedule:company reopen:own"
WRITE = "view:company create:company change:own complete:own reschedule:own reopen:own"
READ = "view:company export:company"

INTERACTIONS = {
    Role.SALESPERSON: WRITE_TOGETHER,
    Role.SALES_MANAGER: "*:company",
    Role.SUPPORT_AGENT: WRITE_TOGETHER,
    Role.MARKETER: WRITE,
    Role.BUYER: WRITE,
    Role.ACCOUNTANT: WRITE,
    Role.FINANCE_MANAGER: f"{WRITE} export:company",
    Role.DIRECTOR: READ,
    Role.AUDITOR: READ,
    Role.ADMINISTRATOR: "*:company",
}
PARTY_DETAILS = {
    Role.SALESPERSON: "view:company create:company",
    Role.SALES_MANAGER: "*:company",
    Role.SUPPORT_AGENT: "view:company create:company",
    Role.MARKETER: "view:company create:company export:company",
    Role.BUYER: "view:company create:company",
    Role.ACCOUNTANT: "view:company",
    Role.FINANCE_MANAGER: "view:company",
    Role.DIRECTOR: READ,
    Role.AUDITOR: READ,
    Role.ADMINISTRATOR: "*:company",
}

register(Interaction, grants=INTERACTIONS, owner="owner")
for model in (Consent, Relationship):
    register(model, grants=PARTY_DETAILS)
