"""Who may see and change deals: sellers see their team's and change their own, managers change all."""

from core.access.enums import Role
from core.access.policies import register
from crm.pipeline.models import CloseReason, Deal, DealLine, Pipeline, Stage, StageLog

READ = "view:company export:company"
SELL = "change:own quote:own win:own lose:own reopen:own pin:own release:own"

DEALS = {
    Role.SALESPERSON: f"view:team create:own log:team {SELL}",
    Role.SALES_MANAGER: "*:company",
    Role.MARKETER: "view:company",
    Role.FINANCE_MANAGER: READ,
    Role.DIRECTOR: READ,
    Role.AUDITOR: READ,
    Role.ADMINISTRATOR: "*:company",
}
SETUP = dict.fromkeys(DEALS, "view:company") | {
    Role.SALES_MANAGER: "*:company",
    Role.ADMINISTRATOR: "*:company",
}

register(Deal, grants=DEALS, owner="owner", team="team")
for part in (DealLine, StageLog):
    register(part, grants=DEALS, owner="deal__owner", team="deal__team")
for model in (Pipeline, Stage, CloseReason):
    register(model, grants=SETUP)
