"""Interactions, tasks and consent."""

import datetime as dt
from typing import TYPE_CHECKING

import nh3
from django.db import transaction
from django.db.models import F, Min
from django.utils.translation import gettext_lazy as _

from core.documents.records import lock_record
from core.documents.references import RecordRef
from core.errors import InvalidInputError
from core.parties.models import Party
from crm.contacts.consequences import activity_changed
from crm.contacts.enums import PLANNED_KINDS, Channel, ConsentAct, Direction, InteractionKind, RelationKind
from crm.contacts.models import Consent, Interaction, Relationship

if TYPE_CHECKING:
    from core.access.models import User

MINUTE = dt.timedelta(minutes=1)


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
    direction: str = "",
    minutes: int | None = None,
    external_id: str = "",
) -> Interaction:
    """Write down what happened: a note, call, meeting or mail. A subject left out is the text's first line.

    :raises NothingToTouchError: neither a party nor a record is named.
    :raises InvalidInputError: it says nothing, or is a task, which is planned instead.
    """
    if kind == InteractionKind.TASK:
        raise InvalidInputError(
            _("A task is planned, not logged."), field="kind", hint=_("Choose note, call, meeting or mail.")
        )
    interaction = _build(company_id, user, kind, subject or _first_line(text), party_id, about, text, owner_id)
    interaction.happened_at = happened_at or now
    interaction.direction = Direction(direction) if direction else ""
    interaction.minutes, interaction.external_id = minutes, external_id
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
    with transaction.atomic():
        interaction = _build(company_id, user, kind, subject, party_id, about, text, owner_id)
        interaction.due_at = due_at
        interaction.save()
        _tell(interaction)
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
            _tell(interaction)
    return interaction


def reopen_task(*, interaction_id: int, user: "User", now: dt.datetime) -> Interaction:
    """Take back that a planned interaction was done."""
    with transaction.atomic():
        interaction = lock_record(Interaction, interaction_id)
        if interaction.done_at is not None:
            interaction.done_at = interaction.happened_at = None
            _save(interaction)
            _tell(interaction)
    return interaction


def reschedule_task(*, interaction_id: int, due_at: dt.datetime, user: "User", now: dt.datetime) -> Interaction:
    """Move a planned interaction to another time.

    :raises InvalidInputError: it is done, or was never planned.
    """
    with transaction.atomic():
        interaction = lock_record(Interaction, interaction_id)
        _require_open(interaction)
        interaction.due_at = due_at
        _save(interaction)
        _tell(interaction)
    return interaction


def change_interaction(
    *,
    interaction_id: int,
    user: "User",
    now: dt.datetime,
    subject: str,
    kind: str | None = None,
    party_id: int | None = None,
    text: str = "",
    direction: str = "",
    minutes: int | None = None,
    happened_at: dt.datetime | None = None,
    owner_id: int | None = None,
    expected_version: int | None = None,
) -> Interaction:
    """Correct what was written. A moment that differs by less than a minute is the same, because forms ask for minutes.

    :raises ConflictError: somebody else changed it since.
    :raises InvalidInputError: it has no subject.
    """
    with transaction.atomic():
        interaction = lock_record(Interaction, interaction_id, expected_version=expected_version)
        interaction.kind = InteractionKind(kind) if kind else interaction.kind
        interaction.party_id = party_id or interaction.party_id
        interaction.subject, interaction.text = _subject(subject), clean_text(text)
        interaction.direction = Direction(direction) if direction else ""
        interaction.minutes, interaction.owner_id = minutes, owner_id
        before = interaction.happened_at
        if happened_at is not None and (before is None or abs(happened_at - before) >= MINUTE):
            interaction.happened_at = happened_at
        _save(interaction)
    return interaction


def update_task(
    *,
    interaction_id: int,
    user: "User",
    now: dt.datetime,
    subject: str,
    due_at: dt.datetime,
    kind: str = InteractionKind.TASK,
    party_id: int | None = None,
    owner_id: int | None = None,
    text: str = "",
    expected_version: int | None = None,
) -> Interaction:
    """Change what is planned.

    :raises ConflictError: somebody else changed it since.
    :raises InvalidInputError: it is done, was never planned, or has no subject.
    """
    with transaction.atomic():
        interaction = lock_record(Interaction, interaction_id, expected_version=expected_version)
        _require_open(interaction)
        interaction.kind, interaction.due_at = InteractionKind(kind), due_at
        interaction.subject, interaction.text = _subject(subject), clean_text(text)
        interaction.party_id, interaction.owner_id = party_id or interaction.party_id, owner_id
        _save(interaction)
        _tell(interaction)
    return interaction


def pass_on_interactions(*, about: RecordRef, party_id: int) -> int:
    """Show everything logged and planned about a record on a party's timeline too, as when a lead became that party.

    :returns: how many there were.
    """
    orphans = Interaction.objects.filter(about_label=about.label, about_id=about.id, party=None)
    return orphans.update(party_id=party_id, version=F("version") + 1)


def record_consent(
    *,
    party_id: int,
    company_id: int,
    channel: str,
    act: str,
    evidence: str,
    now: dt.datetime,
    user: "User | None" = None,
    purpose: str = "marketing",
) -> Consent:
    """Write down that a party gave or withdrew consent. What it says already is not written again.

    The party's lock makes two at once wait for each other, so the latest is never in doubt.

    :raises InvalidInputError: there is no evidence.
    """
    if not evidence.strip():
        raise InvalidInputError(_("Say where the consent was given or withdrawn."), field="evidence")
    with transaction.atomic():
        lock_record(Party, party_id)
        latest = Consent.objects.filter(party_id=party_id, channel=channel, purpose=purpose).first()
        if latest is not None and latest.act == act:
            return latest
        return Consent.objects.create(
            company_id=company_id,
            party_id=party_id,
            channel=Channel(channel),
            purpose=purpose,
            act=ConsentAct(act),
            given_at=now,
            evidence=evidence.strip()[:250],
            recorded_by=user,
        )


def relate_parties(
    *, party_id: int, kind: str, other_id: int, user: "User | None", now: dt.datetime, note: str = ""
) -> Relationship:
    """Say how a party relates to another. Said again, only the note changes.

    :raises InvalidInputError: both are the same party.
    """
    if party_id == other_id:
        raise InvalidInputError(_("A party does not relate to itself."), field="other", hint=_("Choose another party."))
    with transaction.atomic():
        party = lock_record(Party, party_id)
        relationship, is_new = Relationship.objects.get_or_create(
            party=party,
            kind=RelationKind(kind),
            other_id=other_id,
            defaults={"company_id": party.company_id, "note": note, "created_by": user},
        )
        if not is_new and relationship.note != note:
            relationship.note = note
            relationship.version += 1
            relationship.save()
    return relationship


def _build(  # noqa: PLR0917 - the parts of an interaction, in the order of the model
    company_id: int,
    user: "User | None",
    kind: str,
    subject: str,
    party_id: int | None,
    about: RecordRef | None,
    text: str,
    owner_id: int | None,
) -> Interaction:
    if party_id is None and about is None:
        raise NothingToTouchError(_("Choose whom this is about."), field="party")
    interaction = Interaction(
        company_id=company_id,
        created_by=user,
        kind=InteractionKind(kind),
        subject=_subject(subject),
        party_id=party_id,
        text=clean_text(text),
        owner_id=owner_id if owner_id is not None else getattr(user, "pk", None),
    )
    interaction.about = about
    return interaction


def _require_open(interaction: Interaction) -> None:
    if not interaction.is_open:
        raise InvalidInputError(
            _("Only what is planned and still open can be changed."), hint=_("Reopen it first, or plan a new one.")
        )


def _subject(subject: str) -> str:
    if not subject.strip():
        raise InvalidInputError(_("Say in a few words what it is."), field="subject")
    return subject.strip()[:250]


def _first_line(text: str) -> str:
    return next((line.strip() for line in clean_text(text).splitlines() if line.strip()), "")


def _tell(interaction: Interaction) -> None:
    """Let the record it is about know when its nearest open activity is due."""
    about = interaction.about
    if about is None:
        return
    planned = Interaction.objects.filter(about_label=about.label, about_id=about.id, done_at=None, due_at__isnull=False)
    activity_changed.run(about=about, next_due_at=planned.aggregate(nearest=Min("due_at"))["nearest"])


def _save(interaction: Interaction) -> None:
    interaction.version += 1
    interaction.save()
