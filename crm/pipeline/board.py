"""The board of deals: its columns and cards."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ui import formats
from core.ui.resource import Caller, Card, Kanban
from crm.contacts.enums import ActivityState
from crm.contacts.queries import activity_state
from crm.pipeline.enums import DealStatus, RotState
from crm.pipeline.models import Deal, Stage
from crm.pipeline.operations import move_deal_to_stage
from crm.pipeline.queries import rot_state


def stage_columns(caller: Caller) -> Sequence[tuple[Any, Any]]:
    """The stages of the company's active pipelines; with their pipeline's name where there are several."""
    stages = Stage.objects.filter(company_id=caller.company_id, pipeline__active=True).select_related("pipeline")
    rows = list(stages.order_by("pipeline__position", "pipeline_id", "position", "pk"))
    several = len({stage.pipeline_id for stage in rows}) > 1
    return [(stage.pk, f"{stage.pipeline} · {stage}" if several else str(stage)) for stage in rows]


def deal_card(deal: Deal) -> Card:
    """Title, customer, amount and owner; days in the stage with what is wrong about them, and the next activity."""
    now = timezone.now()
    return Card(
        title=deal.title,
        subtitle=str(deal.party or ""),
        amount=formats.money(deal.amount, deal.currency_id),
        owner=str(deal.owner or ""),
        age_state=card_state(deal, now=now),
        age=_age(deal, now=now),
    )


def card_state(deal: Deal, *, now: Any) -> str:
    """One word for the card's colour: rotten, late, none (nothing planned) or planned."""
    rot, activity = rot_state(deal, now), activity_state(deal.next_activity_at, now)
    if rot == RotState.ROTTEN:
        return rot.value
    if rot == RotState.LATE or activity == ActivityState.LATE:
        return "late"
    return activity.value


def _age(deal: Deal, *, now: Any) -> str:
    days = _("%(days)s d") % {"days": deal.days_in_stage(now)}
    rot, activity = rot_state(deal, now), activity_state(deal.next_activity_at, now)
    word = rot.label if rot != RotState.FRESH else activity.label
    return f"{days} · {word}"


DEAL_BOARD = Kanban(
    group="stage",
    columns=stage_columns,
    move=move_deal_to_stage,
    card=deal_card,
    sum="company_amount",
    related=("party", "owner", "stage"),
    ordering=("board_position",),
    filters={"status": DealStatus.OPEN},
    label=_("Board"),
)
