"""Mailings: written, scheduled, sent, cancelled. The mails themselves leave in `crm.campaigns.sending`."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.documents.records import create_record, lock_record, update_record
from core.errors import InvalidInputError
from core.events.outbox import record
from crm.campaigns.audience import freeze, reach
from crm.campaigns.enums import (
    MAILING_TRANSITIONS,
    CampaignStatus,
    MailingStatus,
    RecipientReason,
    RecipientStatus,
)
from crm.campaigns.errors import (
    CampaignNotRunningError,
    MailingReleasedError,
    NobodyToMailError,
    NoOwnAddressError,
)
from crm.campaigns.events import MailingReleased, MailingTestAsked
from crm.campaigns.links import public_address
from crm.campaigns.models import Campaign, Mailing, MailingRecipient, Segment
from crm.campaigns.wording import check_fields

if TYPE_CHECKING:
    from core.access.models import User

CHANGEABLE = (MailingStatus.DRAFT, MailingStatus.SCHEDULED)


def create_mailing(*, company_id: int, user: "User | None", now: dt.datetime, **values: Any) -> Mailing:
    """Write a mailing's text for a segment.

    :raises UnknownMergeFieldError: subject or text name a merge field that nobody fills.
    """
    _check_text(values)
    return create_record(Mailing, company_id=company_id, user=user, now=now, values=values)


def update_mailing(
    *, mailing_id: int, user: "User | None", now: dt.datetime, expected_version: int | None = None, **values: Any
) -> Mailing:
    """Change a mailing that is not sent yet.

    :raises ConflictError: somebody else changed it since.
    :raises MailingReleasedError: it has gone out or was cancelled.
    :raises UnknownMergeFieldError: as in `create_mailing`.
    """
    _check_text(values)
    with transaction.atomic():
        mailing = lock_record(Mailing, mailing_id, expected_version=expected_version)
        if mailing.status not in CHANGEABLE:
            raise MailingReleasedError(
                _("“%(mailing)s” is %(status)s; its text stands.")
                % {"mailing": mailing, "status": mailing.get_status_display()},
                hint=_("Write a new mailing."),
            )
        return update_record(Mailing, mailing_id, user=user, now=now, values=values)


def schedule_mailing(*, mailing_id: int, scheduled_at: dt.datetime, user: "User | None", now: dt.datetime) -> Mailing:
    """Have a mailing sent at a later moment, or at another one than before. The segment is read then, not now.

    :raises InvalidInputError: the moment is past.
    :raises CampaignNotRunningError: its campaign does not run.
    :raises NoPublicAddressError: nobody could unsubscribe.
    :raises WrongStateError: it is sent or cancelled.
    """
    if scheduled_at <= now:
        raise InvalidInputError(
            _("This moment is past."), field="scheduled_at", hint=_("Choose a later one, or send it now.")
        )
    with transaction.atomic():
        mailing = lock_record(Mailing, mailing_id)
        if mailing.status != MailingStatus.SCHEDULED:
            MAILING_TRANSITIONS.require(mailing, MailingStatus.SCHEDULED)
        _require_ready(mailing)
        mailing.status, mailing.scheduled_at = MailingStatus.SCHEDULED, scheduled_at
        _save(mailing)
    return mailing


def unschedule_mailing(*, mailing_id: int, user: "User | None", now: dt.datetime) -> Mailing:
    """Take a scheduled mailing back to draft. A draft stays as it is.

    :raises WrongStateError: it is sent or cancelled.
    """
    with transaction.atomic():
        mailing = lock_record(Mailing, mailing_id)
        if mailing.status != MailingStatus.DRAFT:
            MAILING_TRANSITIONS.require(mailing, MailingStatus.DRAFT)
            mailing.status, mailing.scheduled_at = MailingStatus.DRAFT, None
            _save(mailing)
    return mailing


def send_mailing(*, mailing_id: int, user: "User | None", now: dt.datetime) -> Mailing:
    """Freeze the recipients and let the mails go out after the commit. On its way already, it stays as it is.

    Everybody of the segment becomes a recipient once: queued, or skipped with the reason.

    :raises CampaignNotRunningError: its campaign does not run.
    :raises NoPublicAddressError: nobody could unsubscribe.
    :raises NobodyToMailError: nobody of the segment may be mailed; nothing is frozen.
    :raises WrongStateError: it is cancelled.
    """
    with transaction.atomic():
        mailing = lock_record(Mailing, mailing_id)
        if mailing.status in (MailingStatus.SENDING, MailingStatus.SENT):
            return mailing
        MAILING_TRANSITIONS.require(mailing, MailingStatus.SENDING)
        _require_ready(mailing)
        segment = Segment.objects.get(pk=mailing.segment_id)
        if freeze(mailing_id=mailing.pk, segment=segment).mailed == 0:
            raise NobodyToMailError(
                _("Nobody of %(segment)s may be mailed.") % {"segment": segment},
                hint=_("The segment's page says why."),
            )
        mailing.status, mailing.released_at, mailing.ground = MailingStatus.SENDING, now, segment.ground
        _save(mailing)
        record(MailingReleased(mailing_id=mailing.pk), company_id=mailing.company_id)
    return mailing


def cancel_mailing(*, mailing_id: int, user: "User | None", now: dt.datetime) -> Mailing:
    """Stop a mailing: whoever has not got it yet gets it no more. Cancelled already, it stays as it is.

    A mail that a worker holds at this moment still goes out.

    :raises WrongStateError: it is sent.
    """
    with transaction.atomic():
        mailing = lock_record(Mailing, mailing_id)
        if mailing.status == MailingStatus.CANCELLED:
            return mailing
        MAILING_TRANSITIONS.require(mailing, MailingStatus.CANCELLED)
        MailingRecipient.objects.filter(mailing=mailing, status=RecipientStatus.QUEUED).update(
            status=RecipientStatus.SKIPPED, reason=RecipientReason.CANCELLED
        )
        mailing.status, mailing.scheduled_at, mailing.finished_at = MailingStatus.CANCELLED, None, now
        _save(mailing)
    return mailing


def ask_for_test_mail(*, mailing_id: int, user: "User", now: dt.datetime) -> Mailing:
    """Have the mailing sent to oneself after the commit, as the first person of the segment would get it. Nothing else
    changes.

    :raises NoOwnAddressError: one has no mail address.
    :raises NoPublicAddressError: its unsubscribe link could not be written.
    """
    if not user.email:
        raise NoOwnAddressError(_("You have no mail address yourself."), hint=_("Ask an administrator to enter it."))
    with transaction.atomic():
        mailing = Mailing.objects.select_related("company").get(pk=mailing_id)
        public_address(mailing.company)
        record(MailingTestAsked(mailing_id=mailing.pk, user_id=user.pk), company_id=mailing.company_id)
    return mailing


def what_sending_does(mailing: Mailing) -> list[str]:
    """What will happen when the mailing is sent now, in words and figures."""
    segment = Segment.objects.get(pk=mailing.segment_id)
    found = reach(segment)
    lines = [
        ngettext(
            "%(count)s person of %(segment)s gets this mail.",
            "%(count)s people of %(segment)s get this mail.",
            found.mailed,
        )
        % {"count": found.mailed, "segment": segment},
        str(_("Legal ground: %(ground)s.") % {"ground": segment.get_ground_display()}),
    ]
    lines += [
        str(_("Skipped: %(count)s · %(reason)s") % {"count": count, "reason": reason.label})
        for reason, count in found.skipped.items()
    ]
    return [*lines, str(_("A mail that has left cannot be taken back."))]


def _check_text(values: dict[str, Any]) -> None:
    for name in ("subject", "body"):
        if name in values:
            check_fields(values[name], field=name)


def _require_ready(mailing: Mailing) -> None:
    campaign = Campaign.objects.select_related("company").get(pk=mailing.campaign_id)
    if campaign.status != CampaignStatus.RUNNING:
        raise CampaignNotRunningError(
            _("The campaign %(campaign)s is %(status)s.")
            % {"campaign": campaign, "status": campaign.get_status_display()},
            hint=_("Start the campaign first.") if campaign.status == CampaignStatus.DRAFT else "",
        )
    public_address(campaign.company)


def _save(mailing: Mailing) -> None:
    mailing.version += 1
    mailing.save()
