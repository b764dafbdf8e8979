"""Who may see and change leads: sellers their team's, managers all, marketers bring them in."""

from core.access.enums import Role
from core.access.policies import register
from crm.leads.models import CaptureForm, Lead

OWN = "change:own work:team qualify:own convert:own disqualify:own recycle:team"
READ = "view:company export:company"

LEADS = {
    Role.SALESPERSON: f"view:team create:own assign:team log:team {OWN}",
    Role.SALES_MANAGER: "*:company",
    Role.MARKETER: "view:company create:company export:company",
    Role.DIRECTOR: READ,
    Role.AUDITOR: READ,
    Role.ADMINISTRATOR: "*:company",
}
CAPTURE_FORMS = {
    Role.SALESPERSON: "view:company",
    Role.SALES_MANAGER: "*:company",
    Role.MARKETER: "*:company",
    Role.DIRECTOR: READ,
    Role.AUDITOR: READ,
    Role.ADMINISTRATOR: "*:company",
}

register(Lead, grants=LEADS, owner="owner", team="team")
register(CaptureForm, grants=CAPTURE_FORMS)
