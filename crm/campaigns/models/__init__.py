"""Campaigns, whom they address, what they send, and what comes of it."""

from crm.campaigns.models.campaigns import Campaign, LeadAttribution
from crm.campaigns.models.facts import Suppression, Touch
from crm.campaigns.models.mailings import Mailing, MailingRecipient
from crm.campaigns.models.segments import Segment, SegmentMember

__all__ = [
    "Campaign",
    "LeadAttribution",
    "Mailing",
    "MailingRecipient",
    "Segment",
    "SegmentMember",
    "Suppression",
    "Touch",
]
