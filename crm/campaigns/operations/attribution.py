"""Which campaign brought a lead: the first one that is known counts, and stays."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from core.documents.references import RecordRef
from crm.campaigns.enums import AttributedBy, CampaignStatus, TouchKind
from crm.campaigns.models import Campaign, LeadAttribution, Touch
from crm.leads.models import Lead

LABEL = Campaign._meta.label_lower


def attribute_lead(*, lead: Lead, now: dt.datetime) -> None:
    """Say which campaign brought a lead, by its capture form or by the code in the link; of both the form counts.

    Runs in the transaction that writes the lead. What is attributed stays; a cancelled campaign gets nothing.
    """
    by_form = lead.campaign is not None and lead.campaign.label == LABEL
    code = lead.utm_campaign.strip().lower()
    if not (by_form or code) or LeadAttribution.objects.filter(lead=lead).exists():
        return
    wanted = Q(pk=lead.campaign.id) if by_form and lead.campaign else Q(code=code)
    campaign = _open_campaigns(lead.company_id).filter(wanted).first()
    if campaign is not None:
        _attribute(campaign, [lead], AttributedBy.FORM if by_form else AttributedBy.CODE, now)


def attribute_waiting_leads(*, campaign: Campaign, now: dt.datetime) -> int:
    """Attribute the leads that came by the campaign's code before anybody wrote the campaign down.

    :returns: how many there were.
    """
    leads = Lead.objects.filter(company_id=campaign.company_id, attribution=None).exclude(utm_campaign="")
    waiting = list(leads.alias(code=Lower("utm_campaign")).filter(code=campaign.code))
    if not waiting or campaign.status == CampaignStatus.CANCELLED:
        return 0
    _attribute(campaign, waiting, AttributedBy.CODE, now)
    return len(waiting)


def _open_campaigns(company_id: int) -> QuerySet[Campaign]:
    return Campaign.objects.filter(company_id=company_id).exclude(status=CampaignStatus.CANCELLED)


def _attribute(campaign: Campaign, leads: Sequence[Lead], by: AttributedBy, now: dt.datetime) -> None:
    company_id = campaign.company_id
    LeadAttribution.objects.bulk_create(
        LeadAttribution(company_id=company_id, campaign=campaign, lead=lead, by=by, at=now) for lead in leads
    )
    Touch.objects.bulk_create(
        Touch(
            company_id=company_id, campaign=campaign, lead=lead, kind=TouchKind.RESPONDED, at=min(lead.created_at, now)
        )
        for lead in leads
    )
    # The lead carries it to its deal. Its row version stays, because nobody who edits the lead is disturbed by it.
    reference = RecordRef.of(campaign)
    for lead in leads:
        lead.campaign = reference
    keys = [lead.pk for lead in leads]
    Lead.objects.filter(pk__in=keys).update(campaign_label=reference.label, campaign_id=reference.id)
