"""Interactions, tasks and consent."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import nh3
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.documents.records import lock_record
from core.documents.references import RecordRef
from core.errors import InvalidInputError
from crm.contacts.enums import PLANNED_KINDS, ConsentAct, InteractionKind
from crm.contacts.models import Consent, Interaction

if TYPE_CHECKING:
    from core.access.models import User


class NothingToTouchError(InvalidInputError):
    """An interaction belongs to a party or to a record."""

    code = "no_party"


def clean_text(text: str) -> str:
    """What a person wrote or a mail said, as text: no tag survives."""
    return nh3.clean(text, tags=set()).strip()


def log_interaction(
    *,
    company_id: int,
    user: "User | None",
    now: dt.datetime,
    kind: str,
    subject: str,
    party_id: int | None = None,
    about: RecordRef | None = None,
    text: str = "",
    happened_at: dt.datetime | None = None,
    owner_id: int | None = None,
    **values: Any,
) -> Interaction:
    """Write down what happened: a note, call, meeting or mail.

    :raises NothingToTouchError: neither a party nor a record is named.
    :raises InvalidInputError: it has no subject.
    """
    interaction = _build(company_id, user, kind, subject, party_id, about, text)
    interaction.happened_at = happened_at or now
    interaction.owner_id = owner_id if owner_id is not None else getattr(user, "pk", None)
    for name, value in values.items():
        setattr(interaction, name, value)
    interaction.save()
    return interaction


def plan_interaction(
    *,
    company_id: int,
    user: "User | None",
    now: dt.datetime,
    subject: str,
    due_at: dt.datetime,
    kind: str = InteractionKind.TASK,
    party_id: int | None = None,
    about: RecordRef | None = None,
    text: str = "",
    owner_id: int | None = None,
) -> Interaction:
    """Plan a task, call or meeting for somebody, by default oneself.

    :raises InvalidInputError: notes and mails cannot be planned.
    """
    if kind not in PLANNED_KINDS:
        raise InvalidInputError(_("Only tasks, calls and meetings can be planned."), field="kind")
    interaction = _build(company_id, user, kind, subject, party_id, about, text)
    interaction.due_at = due_at
    interaction.owner_id = owner_id if owner_id is not None else getattr(user, "pk", None)
    interaction.save()
    return interaction


def complete_task(*, interaction_id: int, user: "User", now: dt.datetime, text: str = "") -> Interaction:
    """Mark a planned interaction as done; done already, it stays as it is.

    :raises InvalidInputError: it was never planned.
    """
    with transaction.atomic():
        interaction = lock_record(Interaction, interaction_id)
        if interaction.due_at is None:
            raise InvalidInputError(_("This was not planned, so it cannot be completed."))
        if interaction.done_at is None:
            interaction.done_at = interaction.happened_at = now
            if text:
                interaction.text = "\n\n".join(part for part in (interaction.text, clean_text(text)) if part)
            _save(interaction)
    return interaction


def reopen_task(*, interaction_id: int, user: "User", now: dt.datetime) -> Interaction:
    """Take back that a planned interaction was done."""
    with transaction.atomic():
        interaction = lock_record(Interaction, interaction_id)
        if interaction.done_at is not None:
            interaction.done_at = interaction.happened_at = None
            _save(interaction)
    return interaction


def reschedule_task(*, interaction_id: int, due_at: dt.datetime, user: "User", now: dt.datetime) -> Interaction:
    """Move a planned interaction to another time.

    :raises InvalidInputError: it is done, or was never planned.
    """
    with transaction.atomic():
        interaction = lock_record(Interaction, interaction_id)
        if not interaction.is_open:
            raise InvalidInputError(_("Only what is still open can be rescheduled."))
        interaction.due_at = due_at
        _save(interaction)
    return interaction


def record_consent(
    *,
    party_id: int,
    company_id: int,
    channel: str,
    act: str,
    evidence: str,
    now: dt.datetime,
    purpose: str = "marketing",
) -> Consent:
    """Write down that a party gave or withdrew consent. What it says already is not written again.

    :raises InvalidInputError: there is no evidence.
    """
    if not evidence.strip():
        raise InvalidInputError(_("Say where the consent was given or withdrawn."), field="evidence")
    with transaction.atomic():
        latest = Consent.objects.filter(party_id=party_id, channel=channel, purpose=purpose).first()
        if latest is not None and latest.act == act:
            return latest
        return Consent.objects.create(
            company_id=company_id,
            party_id=party_id,
            channel=channel,
            purpose=purpose,
            act=ConsentAct(act),
            given_at=now,
            evidence=evidence.strip()[:250],
        )


def _build(  # noqa: PLR0917 - the parts of an interaction, in the order of the model
    company_id: int,
    user: "User | None",
    kind: str,
    subject: str,
    party_id: int | None,
    about: RecordRef | None,
    text: str,
) -> Interaction:
    if party_id is None and about is None:
        raise NothingToTouchError(_("Choose whom this is about."), field="party")
    if not subject.strip():
        raise InvalidInputError(_("Say in a few words what it is."), field="subject")
    interaction = Interaction(
        company_id=company_id, created_by=user, kind=InteractionKind(kind), subject=subject.strip()[:250],
        party_id=party_id, text=clean_text(text),
    )  # fmt: skip
    interaction.about = about
    return interaction


def _save(interaction: Interaction) -> None:
    interaction.version += 1
    interaction.save()
