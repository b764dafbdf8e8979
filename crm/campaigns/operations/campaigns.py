"""Campaigns: planned, started, finished, cancelled, and linked to the capture forms that gather their leads."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.documents.records import create_record, lock_record, update_record
from core.documents.references import RecordRef
from core.errors import InvalidInputError
from crm.campaigns.enums import CAMPAIGN_TRANSITIONS, CampaignStatus, MailingStatus
from crm.campaigns.errors import MailingsAtWorkError
from crm.campaigns.models import Campaign, Mailing
from crm.campaigns.operations.attribution import attribute_waiting_leads
from crm.campaigns.operations.mailings import cancel_mailing
from crm.leads.models import CaptureForm

if TYPE_CHECKING:
    from core.access.models import User


def create_campaign(*, company_id: int, user: "User | None", now: dt.datetime, **values: Any) -> Campaign:
    """Plan a campaign. Leads that came by its code before it was written down count for it at once.

    :raises InvalidInputError: the code is taken or malformed, or the last day lies before the first.
    """
    values = {"owner_id": user.pk if user else None, **values}
    with transaction.atomic():
        campaign = create_record(Campaign, company_id=company_id, user=user, now=now, values=_tidy(values))
        attribute_waiting_leads(campaign=campaign, now=now)
    return campaign


def update_campaign(
    *, campaign_id: int, user: "User | None", now: dt.datetime, expected_version: int | None = None, **values: Any
) -> Campaign:
    """Change a campaign. Leads that it has already stay with it, whatever its code becomes.

    :raises ConflictError: somebody else changed it since.
    :raises InvalidInputError: as in `create_campaign`.
    """
    with transaction.atomic():
        campaign = update_record(
            Campaign, campaign_id, user=user, now=now, values=_tidy(values), expected_version=expected_version
        )
        attribute_waiting_leads(campaign=campaign, now=now)
    return campaign


def start_campaign(*, campaign_id: int, user: "User | None", now: dt.datetime) -> Campaign:
    """Let a campaign run: from now on its mailings may go out. Running already, it stays as it is.

    :raises WrongStateError: it is finished or cancelled.
    """
    with transaction.atomic():
        campaign = lock_record(Campaign, campaign_id)
        if campaign.status != CampaignStatus.RUNNING:
            _change(campaign, CampaignStatus.RUNNING)
            campaign.started_at = now
            _save(campaign)
    return campaign


def finish_campaign(*, campaign_id: int, user: "User | None", now: dt.datetime) -> Campaign:
    """End a running campaign. Leads that still come by its code count for it. Finished already, it stays as it is.

    :raises MailingsAtWorkError: a mailing is scheduled or still goes out.
    :raises WrongStateError: it never ran, or is cancelled.
    """
    with transaction.atomic():
        campaign = lock_record(Campaign, campaign_id)
        if campaign.status == CampaignStatus.FINISHED:
            return campaign
        _change(campaign, CampaignStatus.FINISHED)
        if at_work := _mailings(campaign, MailingStatus.SCHEDULED, MailingStatus.SENDING):
            raise MailingsAtWorkError(
                _("The mailing “%(subject)s” is not sent yet.") % {"subject": at_work[0].subject},
                hint=_("Wait until it is sent, or cancel it."),
            )
        campaign.finished_at = now
        _save(campaign)
    return campaign


def cancel_campaign(*, campaign_id: int, user: "User | None", now: dt.datetime) -> Campaign:
    """Give a campaign up, with every mailing that is not sent. Cancelled already, it stays as it is.

    :raises WrongStateError: it is finished.
    """
    with transaction.atomic():
        campaign = lock_record(Campaign, campaign_id)
        if campaign.status == CampaignStatus.CANCELLED:
            return campaign
        _change(campaign, CampaignStatus.CANCELLED)
        for mailing in _mailings(campaign, MailingStatus.DRAFT, MailingStatus.SCHEDULED, MailingStatus.SENDING):
            cancel_mailing(mailing_id=mailing.pk, user=user, now=now)
        campaign.finished_at = now
        _save(campaign)
    return campaign


def link_capture_form(*, campaign_id: int, capture_form_id: int, user: "User | None", now: dt.datetime) -> Campaign:
    """Have every lead of a capture form count for a campaign, from now on; the form leaves the campaign it had.

    :raises InvalidInputError: there is no such form.
    """
    with transaction.atomic():
        campaign = lock_record(Campaign, campaign_id)
        if not CaptureForm.objects.filter(pk=capture_form_id, company_id=campaign.company_id).exists():
            raise InvalidInputError(_("There is no such capture form."), field="capture_form")
        form = lock_record(CaptureForm, capture_form_id)
        if form.campaign != RecordRef.of(campaign):
            form.campaign = RecordRef.of(campaign)
            form.version += 1
            form.save()
    return campaign


def _tidy(values: dict[str, Any]) -> dict[str, Any]:
    """A code is small letters, however it is typed."""
    return values | ({"code": values["code"].strip().lower()} if "code" in values else {})


def _mailings(campaign: Campaign, *statuses: MailingStatus) -> list[Mailing]:
    return list(Mailing.objects.filter(campaign=campaign, status__in=statuses).order_by("pk"))


def _change(campaign: Campaign, status: CampaignStatus) -> None:
    CAMPAIGN_TRANSITIONS.require(campaign, status)
    campaign.status = status


def _save(campaign: Campaign) -> None:
    campaign.version += 1
    campaign.save()
