"""Questions about interactions, tasks and consent."""

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from core.access.policies import scoped
from core.documents.references import RecordRef
from core.parties.models import Party
from crm.contacts.enums import ActivityState, ConsentAct
from crm.contacts.models import Consent, Interaction, Relationship

if TYPE_CHECKING:
    from core.access.models import User


def activity_state(next_due_at: dt.datetime | None, now: dt.datetime) -> ActivityState:
    """How a record stands whose nearest open activity is due then: late, planned, or nothing planned."""
    if next_due_at is None:
        return ActivityState.NONE
    return ActivityState.LATE if next_due_at < now else ActivityState.PLANNED


def interactions_of(*, party_id: int) -> QuerySet[Interaction]:
    """Everything logged and planned with a party, with the people of the organisation, latest first."""
    return Interaction.objects.filter(Q(party_id=party_id) | Q(party__parent_id=party_id)).order_by("-id")


def interactions_about(*refs: RecordRef) -> QuerySet[Interaction]:
    """Everything logged and planned about these records, latest first."""
    wanted = Q(pk__in=())
    for ref in refs:
        wanted |= Q(about_label=ref.label, about_id=ref.id)
    return Interaction.objects.filter(wanted).order_by("-id")


def open_tasks(
    *, company_id: int, owner_id: int | None = None, until: dt.datetime | None = None
) -> QuerySet[Interaction]:
    """Planned and not done, the most urgent first; of one person, and due up to a moment, when given."""
    tasks = Interaction.objects.filter(company_id=company_id, done_at=None, due_at__isnull=False)
    if owner_id is not None:
        tasks = tasks.filter(owner_id=owner_id)
    if until is not None:
        tasks = tasks.filter(due_at__lte=until)
    return tasks.order_by("due_at", "id")


def party_activity_state(*, party_id: int, now: dt.datetime) -> ActivityState:
    """The state from the party's nearest open activity."""
    nearest = Interaction.objects.filter(party_id=party_id, done_at=None, due_at__isnull=False).order_by("due_at")
    return activity_state(nearest.values_list("due_at", flat=True).first(), now)


def consents_of(*, party_id: int, purpose: str = "marketing") -> list[Consent]:
    """The latest word of a party on every channel it said something about."""
    latest = Consent.objects.filter(party_id=party_id, purpose=purpose).order_by("channel", "-given_at", "-id")
    return list(latest.distinct("channel"))


def consenting_party_ids(
    *, company_id: int, channel: str, party_ids: Collection[int] | None = None, purpose: str = "marketing"
) -> set[int]:
    """Parties whose latest word on the channel is yes, in one query."""
    said = Consent.objects.filter(company_id=company_id, channel=channel, purpose=purpose)
    if party_ids is not None:
        said = said.filter(party_id__in=party_ids)
    latest = said.order_by("party_id", "-given_at", "-id").distinct("party_id")
    return {party_id for party_id, act in latest.values_list("party_id", "act") if act == ConsentAct.GIVEN}


def has_consent(*, party_id: int, channel: str, purpose: str = "marketing") -> bool:
    """Whether the party's latest word on the channel is yes."""
    latest = Consent.objects.filter(party_id=party_id, channel=channel, purpose=purpose).order_by("-given_at", "-id")
    return latest.values_list("act", flat=True).first() == ConsentAct.GIVEN


def relationships_of(*, party_id: int) -> QuerySet[Relationship]:
    """Relations from and to the party."""
    return Relationship.objects.filter(Q(party_id=party_id) | Q(other_id=party_id)).select_related("party", "other")


def visible_interactions(user: "User", rows: QuerySet[Interaction], company_id: int) -> QuerySet[Interaction]:
    """The part of the rows that the person may see. What hangs on a party is seen by whoever sees the party."""
    allowed = scoped(user, rows, "view", company_id)
    return allowed.filter(Q(party=None) | Q(party__in=scoped(user, Party.objects.all(), "view", company_id)))
