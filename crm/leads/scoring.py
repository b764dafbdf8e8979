"""How well a lead fits, by plain rules that can be told: points from 0 to 100 with the reason of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.parties.duplicates import FREE_MAIL
from core.parties.normalise import domain_of
from crm.leads.enums import LeadSource
from crm.leads.models import Lead

LONG_MESSAGE = 60


@dataclass(frozen=True, slots=True)
class Reason:
    """Why points were given or taken."""

    points: int
    text: Any


@dataclass(frozen=True, slots=True)
class Score:
    """:ivar value: sum of the reasons' points, within 0 and 100."""

    value: int
    reasons: tuple[Reason, ...]


Rule = tuple[int, Any, Callable[[Lead, str], bool]]

RULES: tuple[Rule, ...] = (
    (20, _("Names an organisation"), lambda lead, country: bool(lead.organisation_name)),
    (20, _("Business mail address"), lambda lead, country: bool(lead.email) and not _is_free(lead.email)),
    (15, _("Phone number given"), lambda lead, country: bool(lead.phone)),
    (10, _("Job title given"), lambda lead, country: bool(lead.job_title)),
    (10, _("Website given"), lambda lead, country: bool(lead.website)),
    (10, _("From our own country"), lambda lead, country: bool(country) and lead.country == country),
    (10, _("Says what they need"), lambda lead, country: len(lead.message) >= LONG_MESSAGE),
    (5, _("Came by referral"), lambda lead, country: lead.source == LeadSource.REFERRAL),
    (-10, _("Mail address of a public provider"), lambda lead, country: bool(lead.email) and _is_free(lead.email)),
    (-20, _("No way to reach them"), lambda lead, country: not lead.email and not lead.phone),
)


def fit_score(lead: Lead, *, company_country: str) -> Score:
    """The lead's fit. The rules add up to 100 at most, so no rule is ever hidden behind a cap."""
    reasons = tuple(Reason(points, text) for points, text, applies in RULES if applies(lead, company_country))
    return Score(max(0, min(100, sum(reason.points for reason in reasons))), reasons)


def _is_free(email: str) -> bool:
    return domain_of(email) in FREE_MAIL
