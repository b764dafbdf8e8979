"""Who may see and change parties. Everybody who works in a company needs to know whom it deals with."""

from core.access.enums import Role
from core.access.policies import register
from core.parties.models import (
    Address,
    BankAccount,
    ContactPoint,
    Party,
    PartyGroup,
    PaymentTerm,
    PaymentTermLine,
    TaxId,
)

SEE = "view:company"
SEE_AND_EXPORT = "view:company export:company"
KEEP = "view:company create:company change:company export:company delete:company"

PARTY = {
    Role.SALESPERSON: "view:company create:company change:team",
    Role.SALES_MANAGER: KEEP,
    Role.SUPPORT_AGENT: "view:company create:company change:own",
    Role.MARKETER: "view:company create:company change:own export:company",
    Role.BUYER: "view:company create:company change:company",
    Role.WAREHOUSE: SEE,
    Role.ACCOUNTANT: KEEP,
    Role.FINANCE_MANAGER: KEEP,
    Role.DIRECTOR: SEE_AND_EXPORT,
    Role.AUDITOR: SEE_AND_EXPORT,
    Role.ADMINISTRATOR: KEEP,
}
BANK = {
    Role.ACCOUNTANT: KEEP,
    Role.FINANCE_MANAGER: KEEP,
    Role.DIRECTOR: SEE,
    Role.AUDITOR: SEE,
    Role.ADMINISTRATOR: SEE,
}
TERMS = dict.fromkeys(Role, SEE) | {
    Role.ACCOUNTANT: KEEP,
    Role.FINANCE_MANAGER: KEEP,
    Role.SALES_MANAGER: KEEP,
    Role.ADMINISTRATOR: KEEP,
}

register(Party, grants=PARTY, owner="owner", team="team")
for part in (ContactPoint, Address, TaxId):
    register(part, grants=PARTY, owner="party__owner", team="party__team")
register(BankAccount, grants=BANK)
for model in (PaymentTerm, PaymentTermLine, PartyGroup):
    register(model, grants=TERMS)
