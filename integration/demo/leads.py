"""Leads: they come in, are worked, and become customers with a deal, or nothing."""

import datetime as dt
from typing import Any

from django.db.models import F

from core.access.enums import Role
from core.parties.operations import update_party
from crm.leads.conversion import convert_lead
from crm.leads.enums import OPEN_STATUSES, DisqualifyReason, LeadStatus
from crm.leads.models import Lead
from crm.leads.operations import create_lead, disqualify_lead, qualify_lead, work_lead
from crm.pipeline.operations import update_deal
from integration.demo import words
from integration.demo.deals import draw_lines, team_id
from integration.demo.month import Month

WORKED_AFTER, DECIDED_AFTER = dt.timedelta(days=2), dt.timedelta(days=8)
CONVERTED, GIVEN_UP = 38, 62
GIVEN_UP_FOR = (
    DisqualifyReason.NO_BUDGET,
    DisqualifyReason.NO_FIT,
    DisqualifyReason.NO_INTEREST,
    DisqualifyReason.UNREACHABLE,
)


def capture(month: Month) -> None:
    """New leads of the part."""
    rng = month.rng("leads")
    for number in range(month.share(month.size.leads_a_month, rng)):
        day = month.a_day(rng)
        first, last = rng.choice(words.FIRST), rng.choice(words.LAST)
        place, trade = rng.choice(words.PLACES), rng.choice(words.TRADES)
        create_lead(
            company_id=month.company.pk,
            user=month.people[Role.MARKETER],
            now=month.at(day, 9),
            owner_id=month.people[Role.SALESPERSON if rng.random() < 0.7 else Role.SALES_MANAGER].pk,
            name=f"{first} {last}",
            job_title=rng.choice(words.JOBS),
            organisation_name=f"{place} {last} {trade}",
            email=f"{first}.{last}.{month.start:%y%m%d}{number}@{place}.example".lower(),
            country=rng.choice(("DE", "DE", "DE", "NL", "AT", "FR", "SE")),
            message=rng.choice(words.WISHES),
            source=rng.choice(words.SOURCES),
            team_id=team_id(month),
        )


def work(month: Month) -> None:
    """What becomes of the open leads, each after its time."""
    leads = Lead.objects.filter(company=month.company, status__in=OPEN_STATUSES, assigned_at__isnull=False)
    for lead in leads.select_related("owner").order_by("assigned_at", "email"):
        came = (lead.assigned_at or lead.created_at).date()
        rng = month.chance(f"lead:{lead.email}")
        acting: dict[str, Any] = {"lead_id": lead.pk, "user": lead.owner}
        decided = came + DECIDED_AFTER + dt.timedelta(days=rng.randint(0, 9))
        if month.within(decided):
            now = month.at(month.not_before(decided), 11)
            if rng.choices((True, False), (CONVERTED, GIVEN_UP))[0]:
                _convert(month, lead, now)
            else:
                disqualify_lead(now=now, reason=rng.choice(GIVEN_UP_FOR), **acting)
        elif lead.status == LeadStatus.NEW and month.within(came + WORKED_AFTER):
            work_lead(now=month.at(month.not_before(came + WORKED_AFTER), 14), **acting)
    _date_back(month)


def _convert(month: Month, lead: Lead, now: dt.datetime) -> None:
    rng = month.chance(f"wish:{lead.email}")
    acting: dict[str, Any] = {"user": lead.owner, "now": now}
    if lead.status != LeadStatus.QUALIFIED:
        qualify_lead(lead_id=lead.pk, **acting)
    thing = rng.choice([thing for things in words.THINGS.values() for thing in things])
    done = convert_lead(
        lead_id=lead.pk,
        deal_title=f"{lead.organisation_name}: {words.plural(thing)}",
        expected_close_date=now.date() + dt.timedelta(days=rng.randint(20, 45)),
        **acting,
    )
    update_deal(deal_id=done.deal_id or 0, lines=draw_lines(month, rng), **acting)
    update_party(party_id=done.party_id or 0, payment_term=month.masters.term, **acting)


def _date_back(month: Month) -> None:
    """Leads of the past came in on their own days, not on the day of loading."""
    today = month.at(month.today, 0)
    loaded = Lead.objects.filter(company=month.company, created_at__gte=today, assigned_at__lt=today)
    loaded.update(created_at=F("assigned_at"))
