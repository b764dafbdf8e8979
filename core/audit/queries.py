"""The history of a record, readable: who changed what, when, from what to what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.audit.fields import Change, act_of, changes_between, names_of, told_fields
from core.audit.lines import LineChanges, line_changes


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Everything one act changed on a record.

    :ivar kind: insert, update or delete.
    :ivar user: who did it; None for jobs and commands.
    :ivar verb: the business verb by which it happened, as `deals.win`; empty for plain changes.
    :ivar act: what it shares with everything else that was changed with it.
    """

    at: dt.datetime
    kind: str
    user: str | None
    request_id: str
    verb: str
    changes: tuple[Change, ...]
    act: Any = None


def history(record: models.Model, *, limit: int = 100, lines: str = "") -> list[HistoryEntry]:
    """What happened to the record, latest first. Records that are not tracked have none.

    :param lines: the accessor of its lines, whose changes are told with those of the record.

    Two queries, plus one for each kind of record that a changed field points at.
    """
    events = getattr(record, "events", None)
    if events is None:
        return []
    versions = list(events.select_related("pgh_context").order_by("-pgh_id")[: limit + 1])
    kept = {field.name for field in events.model._meta.concrete_fields}  # secrets are not
    fields = [field for field in told_fields(type(record)) if field.name in kept]
    names = names_of(versions, fields)
    people = _people(versions)
    entries = []
    for place, version in enumerate(versions[:limit]):
        earlier = versions[place + 1] if place + 1 < len(versions) else None
        changes = tuple(changes_between(version, earlier, fields, names))
        if changes or version.pgh_label != "update":
            meta = _meta(version)
            entries.append(
                HistoryEntry(
                    version.pgh_created_at,
                    version.pgh_label,
                    people.get(meta.get("user")),
                    str(meta.get("request_id") or ""),
                    str(meta.get("verb") or ""),
                    changes,
                    act_of(version),
                )
            )
    return _with_lines(entries, line_changes(record, lines))[:limit] if lines else entries


def _with_lines(entries: list[HistoryEntry], lines: list[LineChanges]) -> list[HistoryEntry]:
    """The entries with what the same act did to lines, and one for each act that changed nothing but lines."""
    by_act = {one.act: one for one in lines}
    told = [
        replace(entry, changes=(*entry.changes, *found.changes)) if (found := by_act.pop(entry.act, None)) else entry
        for entry in entries
    ]
    people = _people([one.version for one in by_act.values()])
    alone = [_of_lines(one, people) for one in by_act.values()]
    return sorted([*told, *alone], key=lambda entry: entry.at, reverse=True)


def _of_lines(one: LineChanges, people: dict[Any, str]) -> HistoryEntry:
    meta = _meta(one.version)
    return HistoryEntry(
        one.at,
        "update",
        people.get(meta.get("user")),
        str(meta.get("request_id") or ""),
        str(meta.get("verb") or ""),
        one.changes,
        one.act,
    )


def role_history(*, user_id: int, company_id: int, known_as: str = "", limit: int = 50) -> list[HistoryEntry]:
    """Roles that a person was given and lost in a company, latest first; those they lost are remembered here alone.

    :param known_as: what to call the person where they acted themselves, instead of by their name.
    """
    event: Any = apps.get_model("audit", "MembershipEvent")
    rows = event.objects.filter(user_id=user_id, company_id=company_id).select_related("pgh_context", "team")
    versions = list(rows.order_by("-pgh_id")[:limit])
    people = _people(versions) | ({user_id: known_as} if known_as else {})
    return [
        HistoryEntry(
            row.pgh_created_at,
            row.pgh_label,
            people.get(_meta(row).get("user")),
            str(_meta(row).get("request_id") or ""),
            str(_meta(row).get("verb") or ""),
            (_role_change(row),),
        )
        for row in versions
    ]


def _role_change(row: Any) -> Change:
    said = f"{row.get_role_display()} · {row.team}" if row.team else row.get_role_display()
    is_lost = row.pgh_label == "delete"
    return Change("role", capfirst(str(_("role"))), said if is_lost else "", "" if is_lost else said)


def _meta(version: Any) -> dict[str, Any]:
    return version.pgh_context.metadata if version.pgh_context else {}


def _people(versions: Sequence[Any]) -> dict[Any, str]:
    keys = {int(meta["user"]) for version in versions if (meta := _meta(version)).get("user") is not None}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=keys)}
