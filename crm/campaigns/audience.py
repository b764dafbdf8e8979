"""Who is in a segment, and who of them may be mailed. One SQL statement answers for preview, count and freezing, so
what the preview shows is what is sent to; it reads sets, so 200,000 people are one statement too."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from core.company.postgres.planning import planned_afresh
from core.parties.enums import PartyKind
from core.parties.models import Party
from crm.campaigns import sql
from crm.campaigns.enums import Addressees, Audience, DealHistory, LegalGround, RecipientReason
from crm.campaigns.models import Segment
from crm.leads.enums import OPEN_STATUSES
from crm.leads.models import Lead
from crm.pipeline.enums import DealStatus
from crm.pipeline.models import Deal

Statement = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a segment.

    :ivar reason: why they get no mail; empty when they get it.
    """

    party_id: int | None
    lead_id: int | None
    email: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people a segment has, and how many of them get a mail.

    :ivar skipped: reason → people, only reasons that occur.
    """

    mailed: int
    skipped: dict[RecipientReason, int]

    @property
    def total(self) -> int:
        return self.mailed + sum(self.skipped.values())


def matching_parties(segment: Segment) -> QuerySet[Party]:
    """Parties that meet the criteria; those chosen by hand are not asked."""
    if segment.audience not in PARTY_AUDIENCES:
        return Party.objects.none()
    found = Party.objects.filter(PARTY_AUDIENCES[segment.audience], company_id=segment.company_id, active=True)
    if segment.addressees != Addressees.EVERYBODY:
        people = segment.addressees == Addressees.PEOPLE
        found = found.filter(kind=PartyKind.PERSON if people else PartyKind.ORGANISATION)
    if segment.countries:
        found = found.filter(_own_or_parents("country", "", "in", segment.countries))
    for name in ("language", "industry"):
        if value := getattr(segment, name):
            found = found.filter(_own_or_parents(name, "", "iexact", value))
    for name, value in {"group": segment.group_id, **_owners(segment)}.items():
        if value:
            found = found.filter(_own_or_parents(name, None, "exact", value))
    if segment.deals:
        found = found.filter(DEALS[segment.deals](Deal.objects.filter(company_id=segment.company_id)))
    return found


def matching_leads(segment: Segment) -> QuerySet[Lead]:
    """Leads that meet the criteria; those chosen by hand are not asked."""
    if segment.audience != Audience.LEADS:
        return Lead.objects.none()
    found = Lead.objects.filter(company_id=segment.company_id, status__in=OPEN_STATUSES)
    if segment.countries:
        found = found.filter(country__in=segment.countries)
    found = found.filter(**{name: value for name, value in _owners(segment).items() if value})
    if segment.lead_source:
        found = found.filter(source__iexact=segment.lead_source)
    if segment.lead_score_min is not None:
        found = found.filter(score__gte=segment.lead_score_min)
    return found


def _owners(segment: Segment) -> dict[str, int | None]:
    return {"owner": segment.owned_by_id, "team": segment.owned_by_team_id}


def _either(flag: str) -> Q:
    return Q(**{flag: True}) | Q(**{f"parent__{flag}": True})


PARTY_AUDIENCES: dict[str, Q] = {
    Audience.CUSTOMERS: _either("is_customer"),
    Audience.PROSPECTS: _either("is_prospect") & ~_either("is_customer"),
    Audience.PARTIES: _either("is_customer") | _either("is_prospect"),
}


def _own_or_parents(name: str, empty: Any, lookup: str, value: Any) -> Q:
    """What a person at an organisation does not say themselves, the organisation says."""
    silent = Q(**{f"{name}__isnull": True}) if empty is None else Q(**{name: empty})
    return Q(**{f"{name}__{lookup}": value}) | (silent & Q(**{f"parent__{name}__{lookup}": value}))


def _have(deals: QuerySet[Deal]) -> Q:
    """The party, or the organisation it belongs to, has one of the deals."""
    theirs = deals.filter(party__isnull=False).values("party")
    return Q(pk__in=theirs) | Q(parent__in=theirs)


DEALS: dict[str, Callable[[QuerySet[Deal]], Q]] = {
    DealHistory.NEVER: lambda deals: ~_have(deals),
    DealHistory.NOT_WON: lambda deals: ~_have(deals.filter(status=DealStatus.WON)),
    DealHistory.OPEN: lambda deals: _have(deals.filter(status=DealStatus.OPEN)),
    DealHistory.WON: lambda deals: _have(deals.filter(status=DealStatus.WON)),
}


def people(segment: Segment) -> Statement:
    """SQL with the columns party_id, lead_id, email and reason: everybody of the segment, each once."""
    (parties, party_params), (leads, lead_params) = _keys(matching_parties(segment)), _keys(matching_leads(segment))
    customers_too = segment.ground == LegalGround.CUSTOMER
    params = [segment.company_id, segment.pk, customers_too, *party_params, *lead_params]
    return sql.PEOPLE.format(parties=parties, leads=leads), params


def _keys(queryset: QuerySet[Any]) -> Statement:
    """The keys of a queryset as SQL; of an empty one too, for which Django writes none."""
    if queryset.query.is_empty():
        return "SELECT 0 WHERE false", []
    statement, params = queryset.order_by().values("pk").query.sql_with_params()
    return statement, list(params)


@planned_afresh()
def reach(segment: Segment) -> Reach:
    """How many people of a segment would get a mail now, and why the others would not."""
    statement, params = people(segment)
    with connection.cursor() as cursor:
        cursor.execute(sql.COUNT.format(people=statement), params)
        found = dict(cursor.fetchall())
    mailed = found.pop("", 0)
    return Reach(mailed, {RecipientReason(reason): found[reason] for reason in RecipientReason if reason in found})


@planned_afresh()
def first_people(segment: Segment, *, limit: int, reason: str = "") -> list[Person]:
    """Some people of a segment: of those who get a mail, or of those who get none for that reason."""
    statement, params = people(segment)
    with connection.cursor() as cursor:
        cursor.execute(sql.FIRST.format(people=statement), [*params, reason, limit])
        return [Person(*row) for row in cursor.fetchall()]


@planned_afresh()
def freeze(*, mailing_id: int, segment: Segment) -> Reach:
    """Write a mailing's recipients as they are now, in one statement. Call it under the mailing's lock, once."""
    statement, params = people(segment)
    with connection.cursor() as cursor:
        cursor.execute(sql.FREEZE.format(people=statement), [segment.company_id, mailing_id, *params])
        found = dict(cursor.fetchall())
    mailed = found.pop("", 0)
    return Reach(mailed, {RecipientReason(reason): count for reason, count in found.items()})
