"""Questions about leads: who they might already be, and whose turn it is."""

from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Lower

from core.access.enums import Role
from core.access.models import User
from core.parties.duplicates import DuplicateCandidate, duplicate_candidates
from crm.leads.enums import OPEN_STATUSES
from crm.leads.models import Lead

SELLERS = (Role.SALESPERSON, Role.SALES_MANAGER)


@dataclass(frozen=True, slots=True)
class LeadDuplicates:
    """Who a lead might be: parties, the likeliest first, and other open leads."""

    parties: list[DuplicateCandidate]
    leads: list[Lead]


def duplicates_of(lead: Lead) -> LeadDuplicates:
    """Parties and open leads that share a mail address, a phone or the organisation's name with the lead."""
    parties = duplicate_candidates(
        company_id=lead.company_id,
        name=lead.organisation_name or lead.name,
        emails=[lead.email],
        phones=[lead.phone],
        domains=[lead.website],
    )
    return LeadDuplicates(parties, list(similar_leads(lead)[:5]))


def similar_leads(lead: Lead) -> QuerySet[Lead]:
    """Other open leads with the same mail address, phone or organisation."""
    same = Q(pk__in=())
    if lead.email:
        same |= Q(email=lead.email)
    if lead.phone:
        same |= Q(phone=lead.phone)
    if lead.organisation_name:
        same |= Q(organisation=lead.organisation_name.lower())
    others = Lead.objects.filter(company_id=lead.company_id, status__in=OPEN_STATUSES).exclude(pk=lead.pk)
    return others.alias(organisation=Lower("organisation_name")).filter(same).order_by("-id")


def next_in_turn(*, company_id: int, team_id: int) -> User | None:
    """The seller of the team who has waited longest for a lead; None when the team has no seller."""
    sellers = User.objects.filter(
        is_active=True,
        memberships__company_id=company_id,
        memberships__accepted_at__isnull=False,
        memberships__team_id=team_id,
        memberships__role__in=SELLERS,
    ).distinct()
    last = dict(
        Lead.objects.filter(company_id=company_id, owner__in=sellers)
        .order_by()
        .values_list("owner")
        .annotate(last=Max("assigned_at"))
    )
    return min(sellers, key=lambda user: (last.get(user.pk) is not None, last.get(user.pk) or 0, user.pk), default=None)
