"""Stopping mailings to an address: because its owner says so, or because it does not exist."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from core.parties.enums import ContactKind
from core.parties.models import ContactPoint
from crm.campaigns.enums import StopReason, TouchKind
from crm.campaigns.models import MailingRecipient, Suppression, Touch
from crm.campaigns.sql import address_hash
from crm.contacts.enums import Channel, ConsentAct
from crm.contacts.models import Consent
from crm.contacts.operations import record_consent
from crm.leads.models import Lead
from crm.leads.operations import withdraw_lead_consent


def unsubscribe_recipient(*, recipient_id: int, now: dt.datetime) -> MailingRecipient:
    """Stop mailings to the address of a recipient, whoever else has it, and write the withdrawal down with each party
    and lead that it belongs to. Unsubscribed already, nothing is written again.

    The recipient's lock makes two clicks wait for each other. An old link works anew after a new consent.
    """
    with transaction.atomic():
        found = MailingRecipient.objects.select_for_update(of=("self",)).select_related("mailing__company")
        recipient = found.get(pk=recipient_id)
        if is_stopped(company_id=recipient.company_id, email=recipient.email):
            return recipient
        Suppression.objects.create(
            company_id=recipient.company_id,
            recipient=recipient,
            address_hash=address_hash(recipient.company_id, recipient.email),
            reason=StopReason.UNSUBSCRIBED,
            at=now,
        )
        _withdraw(recipient, now)
        Touch.objects.get_or_create(
            recipient=recipient,
            kind=TouchKind.UNSUBSCRIBED,
            defaults={
                "company_id": recipient.company_id,
                "campaign_id": recipient.mailing.campaign_id,
                "party_id": recipient.party_id,
                "lead_id": recipient.lead_id,
                "at": now,
            },
        )
    return recipient


def suppress_bounced(*, recipient: MailingRecipient, now: dt.datetime) -> None:
    """Remember that the mail server knows no such address, so that no later mailing tries it."""
    Suppression.objects.create(
        company_id=recipient.company_id,
        recipient=recipient,
        address_hash=address_hash(recipient.company_id, recipient.email),
        reason=StopReason.BOUNCED,
        at=now,
    )


def is_stopped(*, company_id: int, email: str) -> bool:
    """Whether the owner of an address unsubscribed and gave no consent since."""
    stops = Suppression.objects.filter(
        company_id=company_id, address_hash=address_hash(company_id, email), reason=StopReason.UNSUBSCRIBED
    )
    latest = stops.order_by("-at", "-id").first()
    if latest is None:
        return False
    given = Consent.objects.filter(
        company_id=company_id, channel=Channel.EMAIL, purpose="marketing", act=ConsentAct.GIVEN, given_at__gt=latest.at
    )
    again = given.filter(party__in=_parties_with(company_id, email)).exists()
    return not (again or _leads_with(company_id, email).filter(consented_at__gt=latest.at).exists())


def _withdraw(recipient: MailingRecipient, now: dt.datetime) -> None:
    company_id, email = recipient.company_id, recipient.email
    with translation.override(recipient.mailing.company.language):
        evidence = _("Unsubscribed from “%(subject)s”") % {"subject": recipient.mailing.subject}
    keys = set(_parties_with(company_id, email)) | ({recipient.party_id} if recipient.party_id else set())
    for party_id in sorted(keys):
        record_consent(
            party_id=party_id,
            company_id=company_id,
            channel=Channel.EMAIL,
            act=ConsentAct.WITHDRAWN,
            evidence=evidence,
            now=now,
        )
    wanted = Q(pk=recipient.lead_id) | Q(pk__in=_leads_with(company_id, email).values("pk"))
    for lead_id in Lead.objects.filter(wanted, consented_at__isnull=False).order_by("pk").values_list("pk", flat=True):
        withdraw_lead_consent(lead_id=lead_id, user=None, now=now)


def _parties_with(company_id: int, email: str) -> "QuerySet[ContactPoint, int]":
    points = ContactPoint.objects.filter(company_id=company_id, kind=ContactKind.EMAIL, value=email)
    return points.values_list("party_id", flat=True)


def _leads_with(company_id: int, email: str) -> QuerySet[Lead]:
    return Lead.objects.filter(company_id=company_id, email=email)
