"""Who may see and change a company's own settings. People and roles are an administrator's business."""

from core.access.enums import Role
from core.access.policies import register
from core.company.models import (
    Company,
    CurrencyRate,
    Holiday,
    Membership,
    Team,
    WorkingCalendar,
    WorkingWindow,
)

SEE = "view:company"
KEEP = "view:company create:company change:company export:company delete:company"

EVERYBODY = dict.fromkeys(Role, SEE)

register(
    Company,
    grants=EVERYBODY | {Role.ADMINISTRATOR: "view:company change:company", Role.DIRECTOR: "view:company"},
    company="",
)
register(Team, grants=EVERYBODY | {Role.ADMINISTRATOR: KEEP, Role.SALES_MANAGER: "view:company change:company"})
register(Membership, grants={Role.ADMINISTRATOR: KEEP, Role.AUDITOR: SEE, Role.DIRECTOR: SEE})
register(
    CurrencyRate,
    grants=EVERYBODY | {Role.ACCOUNTANT: KEEP, Role.FINANCE_MANAGER: KEEP, Role.ADMINISTRATOR: KEEP},
)
for model in (WorkingCalendar, WorkingWindow, Holiday):
    register(model, grants=EVERYBODY | {Role.ADMINISTRATOR: KEEP})
