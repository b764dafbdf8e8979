"""Who may see and do what in marketing. Sellers see which campaign brought their lead, and nobody's mail address."""

from core.access.enums import Role
from core.access.policies import register
from crm.campaigns.models import (
    Campaign,
    LeadAttribution,
    Mailing,
    MailingRecipient,
    Segment,
    SegmentMember,
    Suppression,
    Touch,
)

READ = "view:company export:company"
MARKETING = {
    Role.MARKETER: "*:company",
    Role.SALES_MANAGER: READ,
    Role.DIRECTOR: READ,
    Role.AUDITOR: READ,
    Role.ADMINISTRATOR: "*:company",
}
SEEN_ON_RECORDS = MARKETING | {Role.SALESPERSON: "view:company", Role.SUPPORT_AGENT: "view:company"}
FACTS = dict.fromkeys(MARKETING, READ)

register(Campaign, grants=MARKETING | {Role.SALESPERSON: "view:company"}, owner="owner")
for model in (Segment, SegmentMember, Mailing):
    register(model, grants=MARKETING)
for rows in (MailingRecipient, Suppression):
    register(rows, grants=FACTS)
for fact in (Touch, LeadAttribution):
    register(fact, grants=SEEN_ON_RECORDS)
