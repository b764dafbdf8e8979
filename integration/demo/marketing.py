"""A quarter of marketing: people agree to mailings, a campaign with a mailing and the leads that came by it."""

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from django.core.mail.backends.dummy import EmailBackend

from core.access.enums import Role
from crm.campaigns.audience import reach
from crm.campaigns.enums import Audience, DealHistory, LegalGround
from crm.campaigns.models import Campaign, MailingRecipient, Segment
from crm.campaigns.operations import (
    create_campaign,
    create_mailing,
    finish_campaign,
    send_mailing,
    start_campaign,
    unsubscribe_recipient,
)
from crm.campaigns.sending import send_batch, settle
from crm.contacts.enums import Channel, ConsentAct
from crm.contacts.operations import record_consent
from crm.leads.enums import LeadSource
from crm.leads.operations import create_lead
from integration.demo import words
from integration.demo.deals import team_id
from integration.demo.month import Month

AGREED = 0.6
UNSUBSCRIBED = 0.02
EVERY = 3
BODY = """Hello {name|there},

**%(title)s** is here: %(thing)s and more for {organisation|your rooms}, ready to ship.

- Free delivery until the end of the month
- Samples on request

Answer this mail, or [look around](https://lumen-oak.example/%(code)s?utm_campaign=%(code)s).

Kind regards
{company}"""
TITLES = ("Spring collection", "Summer terrace", "Autumn light", "Winter warmth")


def market(month: Month) -> None:
    """Once a quarter a campaign with its mailing; its leads come in every month. Called at a month's end."""
    code = f"{_title(month).lower().replace(' ', '-')}-{month.first.year}"
    campaign = Campaign.objects.filter(company=month.company, code=code).first()
    if campaign is None:
        campaign = _open(month, month.rng("marketing"), code)
    _leads(month, month.rng("campaign leads"), campaign)


def _title(month: Month) -> str:
    return TITLES[(month.first.month - 1) // EVERY]


def _day(month: Month, number: int) -> dt.date:
    """A day of the month that has come already."""
    return min(month.first + dt.timedelta(days=number - 1), month.last)


def _acting(month: Month, day: int, hour: int = 10) -> dict[str, Any]:
    return {"user": month.people[Role.MARKETER], "now": month.at(_day(month, day), hour)}


def _open(month: Month, rng: random.Random, code: str) -> Campaign:
    """Last quarter's campaign ends, this one begins and mails its segment. No mail leaves the house."""
    for last in Campaign.objects.filter(company=month.company, status="running"):
        finish_campaign(campaign_id=last.pk, **_acting(month, 1))
    _gather_consent(month, rng)
    last_month = (month.first.month - 1) // EVERY * EVERY + EVERY
    after = dt.date(month.first.year + last_month // 12, last_month % 12 + 1, 1)
    campaign = create_campaign(
        company_id=month.company.pk,
        name=f"{_title(month)} {month.first.year}",
        code=code,
        start_date=month.first,
        end_date=after - dt.timedelta(days=1),
        budget_amount=Decimal(rng.randrange(1500, 6000, 250)),
        **_acting(month, 1),
    )
    start_campaign(campaign_id=campaign.pk, **_acting(month, 2))
    readers, buyers, _leads_who_asked = _segments(month)
    _mail(month, rng, campaign, readers if month.first.month % 2 else buyers)
    return campaign


def _gather_consent(month: Month, rng: random.Random) -> None:
    """Once: most customers have agreed to mailings, on paper or at a fair."""
    if Segment.objects.filter(company=month.company).exists():
        return
    for customer in month.masters.customers:
        if rng.random() < AGREED:
            record_consent(
                party_id=customer.pk, company_id=month.company.pk, channel=Channel.EMAIL, act=ConsentAct.GIVEN,
                evidence=rng.choice(("Order form", "Trade fair", "Phone call")), **_acting(month, 1),
            )  # fmt: skip


def _segments(month: Month) -> tuple[Segment, Segment, Segment]:
    """Readers of the news, customers who bought, leads who asked for mailings."""
    wanted: tuple[dict[str, Any], ...] = (
        {"name": "Readers of our news", "audience": Audience.PARTIES},
        {"name": "Buyers", "audience": Audience.CUSTOMERS, "ground": LegalGround.CUSTOMER, "deals": DealHistory.WON},
        {"name": "Leads who asked for news", "audience": Audience.LEADS},
    )
    made = [
        Segment.objects.get_or_create(
            company=month.company, name=one.pop("name"), defaults={**one, "created_by": month.people[Role.MARKETER]}
        )[0]
        for one in wanted
    ]
    return made[0], made[1], made[2]


def _mail(month: Month, rng: random.Random, campaign: Campaign, segment: Segment) -> None:
    thing = rng.choice([thing for things in words.THINGS.values() for thing in things])
    if not reach(segment).mailed:
        return
    mailing = create_mailing(
        company_id=month.company.pk,
        campaign_id=campaign.pk,
        segment_id=segment.pk,
        subject=f"{_title(month)}: {thing}",
        body=BODY % {"title": _title(month), "thing": thing, "code": campaign.code},
        **_acting(month, 3),
    )
    sent_at = month.at(_day(month, 4), 9)
    send_mailing(mailing_id=mailing.pk, user=month.people[Role.MARKETER], now=sent_at)
    send_batch(mailing_id=mailing.pk, connection=EmailBackend(), clock=lambda: sent_at)
    settle(mailing_id=mailing.pk, now=sent_at + dt.timedelta(minutes=10))
    for recipient in MailingRecipient.objects.filter(mailing=mailing, status="sent").order_by("pk"):
        if rng.random() < UNSUBSCRIBED:
            read_at = min(sent_at + dt.timedelta(hours=rng.randint(1, 40)), month.at(month.today, 20))
            unsubscribe_recipient(recipient_id=recipient.pk, now=read_at)


def _leads(month: Month, rng: random.Random, campaign: Campaign) -> None:
    """People who came by the campaign's link; sales works them like all others."""
    for number in range(max(1, month.size.leads_a_month // 4)):
        first, last = rng.choice(words.FIRST), rng.choice(words.LAST)
        place, trade = rng.choice(words.PLACES), rng.choice(words.TRADES)
        day = rng.randint(5, 26)
        create_lead(
            company_id=month.company.pk,
            owner_id=month.people[Role.SALESPERSON].pk,
            team_id=team_id(month),
            name=f"{first} {last}",
            job_title=rng.choice(words.JOBS),
            organisation_name=f"{place} {last} {trade}",
            email=f"{first}.{last}.c{month.first:%y%m}{number}@{place}.example".lower(),
            country="DE",
            message=rng.choice(words.WISHES),
            source=LeadSource.CAMPAIGN.label,
            utm_source="newsletter",
            utm_medium="email",
            utm_campaign=campaign.code,
            consented_at=month.at(_day(month, day)),
            **_acting(month, day),
        )
