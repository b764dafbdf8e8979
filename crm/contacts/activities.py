"""Quick notes, calls, meetings and tasks on any record: its actions, and the timeline they appear on.

A Resource above takes `*activity_actions("pipeline.deal")` among its actions and `TimelinePanel()` among its panels.
"""

import datetime as dt
from functools import partial
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.documents.references import RecordRef
from core.errors import InvalidInputError
from core.ui.actions import Action
from crm.contacts.enums import InteractionKind
from crm.contacts.forms import CallForm, MeetingForm, NoteForm, PlanForm
from crm.contacts.models import Interaction
from crm.contacts.operations import log_interaction, plan_interaction

PARTY = "parties.party"


def log_about(
    *,
    label: str,
    record_id: int,
    user: User,
    now: dt.datetime,
    kind: str,
    subject: str = "",
    text: str = "",
    direction: str = "",
    minutes: int | None = None,
    happened_at: dt.datetime | None = None,
) -> Interaction:
    """Log what happened with a party, or about another record and with its party.

    :raises InvalidInputError: the record is gone, or it says nothing.
    """
    company_id, party_id, about = _whom(label, record_id)
    return log_interaction(
        company_id=company_id,
        user=user,
        now=now,
        kind=kind,
        subject=subject,
        text=text,
        party_id=party_id,
        about=about,
        direction=direction,
        minutes=minutes,
        happened_at=happened_at,
    )


def plan_about(
    *,
    label: str,
    record_id: int,
    user: User,
    now: dt.datetime,
    subject: str,
    due_at: dt.datetime,
    kind: str = InteractionKind.TASK,
    owner_id: int | None = None,
    text: str = "",
) -> Interaction:
    """Plan a task, call or meeting with a party, or about another record and with its party.

    :raises InvalidInputError: the record is gone, or nothing is said.
    """
    company_id, party_id, about = _whom(label, record_id)
    return plan_interaction(
        company_id=company_id,
        user=user,
        now=now,
        subject=subject,
        due_at=due_at,
        kind=kind,
        owner_id=owner_id,
        text=text,
        party_id=party_id,
        about=about,
    )


def activity_actions(label: str, *, verb: str = "log") -> tuple[Action, ...]:
    """The four quick actions for records of a model, such as `pipeline.deal`.

    :param verb: the policy verb on the record that lets a person log and plan.
    """
    log, plan = partial(log_about, label=label), partial(plan_about, label=label)
    common: dict[str, Any] = {"verb": verb, "id_name": "record_id"}
    return (
        Action("log_note", _("Note"), partial(log, kind=InteractionKind.NOTE), form=NoteForm, icon="note", **common),
        Action(
            "log_call", _("Log call"), partial(log, kind=InteractionKind.CALL), form=CallForm, icon="phone", **common
        ),
        Action(
            "log_meeting",
            _("Log meeting"),
            partial(log, kind=InteractionKind.MEETING),
            form=MeetingForm,
            icon="users",
            **common,
        ),
        Action("plan_task", _("Plan task"), plan, form=PlanForm, icon="checklist", **common),
    )


def _whom(label: str, record_id: int) -> tuple[int, int | None, RecordRef | None]:
    """The company, the party and the record an interaction belongs to."""
    record: Any = apps.get_model(label)._default_manager.filter(pk=record_id).first()
    if record is None:
        raise InvalidInputError(_("The record is gone."), hint=_("Look for it in the list."))
    if label == PARTY:
        return record.company_id, record.pk, None
    return record.company_id, getattr(record, "party_id", None), RecordRef(label, record_id)
