"""How campaigns react to events and to the clock, and what they tell timelines."""

import datetime as dt
import logging
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.access.models import User
from core.access.policies import may
from core.company.tenancy import use_companies
from core.errors import DomainError
from core.parties.models import Party
from core.ui.registry import url_for
from crm.campaigns.audience import first_people
from crm.campaigns.enums import MailingStatus, TouchKind
from crm.campaigns.events import MailingReleased, MailingTestAsked
from crm.campaigns.links import NOBODY, unsubscribe_url
from crm.campaigns.mails import mail_for
from crm.campaigns.models import Mailing, Touch
from crm.campaigns.operations.mailings import send_mailing, unschedule_mailing
from crm.campaigns.sending import continue_sending, resume
from crm.contacts.timeline import Subject, TimelineEntry
from crm.leads.models import Lead

log = logging.getLogger(__name__)
ICONS = {TouchKind.MAILED: "mail", TouchKind.UNSUBSCRIBED: "ban", TouchKind.RESPONDED: "speakerphone"}


def start_sending(event: MailingReleased) -> None:
    """Queue the first batch."""
    continue_sending(mailing_id=event.mailing_id, now=timezone.now())


def send_test_mail(event: MailingTestAsked) -> None:
    """Send the mailing to whoever asked, as the first person of the segment would get it."""
    mailing = Mailing.objects.select_related("company", "segment").get(pk=event.mailing_id)
    user = User.objects.get(pk=event.user_id)
    person = next(iter(sample_people(mailing, limit=1)), None)
    mail = mail_for(mailing, person, to=user.email, unsubscribe_url=unsubscribe_url(mailing.company, NOBODY))
    with translation.override(user.language or mailing.company.language):
        mail.subject = _("Test: %(subject)s") % {"subject": mail.subject}
    mail.send()


def sample_people(mailing: Mailing, *, limit: int) -> list[Party | Lead]:
    """The first people of the mailing's segment who get a mail, for previews."""
    people = first_people(mailing.segment, limit=limit)
    parties = Party.objects.select_related("parent").in_bulk([one.party_id for one in people if one.party_id])
    leads = Lead.objects.in_bulk([one.lead_id for one in people if one.lead_id])
    return [parties[one.party_id] if one.party_id else leads[one.lead_id or 0] for one in people]


def keep_mailings_going(now: dt.datetime) -> None:
    """Every minute: send what is due, bring back to work what stands still. One that refuses stops no other."""
    at_work = (MailingStatus.SCHEDULED, MailingStatus.SENDING)
    with transaction.atomic():
        found = list(
            Mailing.objects.filter(Q(scheduled_at=None) | Q(scheduled_at__lte=now), status__in=at_work)
            .order_by("pk")
            .values_list("pk", "company_id", "status")
        )
    for mailing_id, company_id, status in found:
        with use_companies([company_id]):
            if status == MailingStatus.SENDING:
                resume(mailing_id=mailing_id, now=now)
            else:
                _send_due(mailing_id, now)


def _send_due(mailing_id: int, now: dt.datetime) -> None:
    """What cannot be sent any more goes back to draft, where people see it, instead of being tried every minute."""
    try:
        send_mailing(mailing_id=mailing_id, user=None, now=now)
    except DomainError as refusal:
        log.warning("scheduled mailing refused", extra={"mailing_id": mailing_id, "refusal": str(refusal)})
        unschedule_mailing(mailing_id=mailing_id, user=None, now=now)


def touches(subject: Subject) -> Iterable[TimelineEntry]:
    """What campaigns did to a person, or an organisation's people, and what they answered."""
    if subject.is_a("parties.party"):
        key = subject.record.pk
        wanted = Q(party=key) | Q(party__parent=key) | Q(lead__party=key)
    elif subject.is_a("leads.lead"):
        wanted = Q(lead=subject.record.pk)
    else:
        return []
    if not may(subject.user, "view", Touch, subject.company_id):
        return []
    sees_mailings = may(subject.user, "view", Mailing, subject.company_id)
    rows = Touch.objects.filter(wanted).select_related("campaign", "recipient__mailing")
    return [_entry(touch, sees_mailings) for touch in rows.order_by("-at", "-pk")[: subject.limit]]


def _entry(touch: Touch, sees_mailings: bool) -> TimelineEntry:
    kind = TouchKind(touch.kind)
    what = touch.recipient.mailing if touch.recipient else touch.campaign
    return TimelineEntry(
        at=touch.at,
        icon=ICONS[kind],
        title=f"{kind.label}: {what}",
        url=url_for(what) if sees_mailings or touch.recipient is None else "",
        color="red" if kind == TouchKind.UNSUBSCRIBED else "",
    )
