"""The history of a record, readable: who changed what, when, from what to what."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access.models import User

NOISE = frozenset({"id", "version", "updated_at", "created_at", "created_by", "company"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a record: how it is called on screens, what stood there, what stands there now."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Everything one act changed on a record.

    :ivar kind: insert, update or delete.
    :ivar user: who did it; None for jobs and commands.
    :ivar verb: the business verb by which it happened, as `deals.win`; empty for plain changes.
    """

    at: dt.datetime
    kind: str
    user: str | None
    request_id: str
    verb: str
    changes: tuple[Change, ...]


def history(record: models.Model, *, limit: int = 100) -> list[HistoryEntry]:
    """What happened to the record, latest first. Records that are not tracked have none.

    Two queries, plus one for each kind of record that a changed field points at.
    """
    events = getattr(record, "events", None)
    if events is None:
        return []
    versions = list(events.select_related("pgh_context").order_by("-pgh_id")[: limit + 1])
    kept = {field.name for field in events.model._meta.concrete_fields}  # secrets are not
    fields = [field for field in _fields(type(record)) if field.name in kept]
    names = _names(versions, fields)
    people = _people(versions)
    entries = []
    for place, version in enumerate(versions[:limit]):
        earlier = versions[place + 1] if place + 1 < len(versions) else None
        changes = tuple(_changes(version, earlier, fields, names))
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
                )
            )
    return entries


def role_history(*, user_id: int, company_id: int, limit: int = 50) -> list[HistoryEntry]:
    """Roles that a person was given and lost in a company, latest first; those they lost are remembered here alone."""
    event: Any = apps.get_model("audit", "MembershipEvent")
    rows = event.objects.filter(user_id=user_id, company_id=company_id).select_related("pgh_context", "team")
    versions = list(rows.order_by("-pgh_id")[:limit])
    people = _people(versions)
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
    return Change("role", str(_("role")), said if is_lost else "", "" if is_lost else said)


def _fields(model: type[models.Model]) -> Iterable[models.Field[Any, Any]]:
    """The fields that somebody may change: not bookkeeping, and not what the database works out of other fields."""
    for field in model._meta.concrete_fields:
        if field.name not in NOISE and not isinstance(field, models.GeneratedField):
            yield field


def _meta(version: Any) -> dict[str, Any]:
    return version.pgh_context.metadata if version.pgh_context else {}


def _people(versions: Sequence[Any]) -> dict[Any, str]:
    keys = {int(meta["user"]) for version in versions if (meta := _meta(version)).get("user") is not None}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=keys)}


def _names(versions: Sequence[Any], fields: Sequence[Any]) -> dict[str, dict[Any, str]]:
    """Field → key → the name of what it points at."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for field in fields:
        if field.related_model:
            wanted[field.related_model].update(getattr(version, field.attname) for version in versions)
    found = {
        model: {row.pk: str(row) for row in model._default_manager.filter(pk__in=keys - {None})}
        for model, keys in wanted.items()
    }
    return {field.name: found[field.related_model] for field in fields if field.related_model}


def _changes(version: Any, earlier: Any, fields: Sequence[Any], names: dict[str, dict[Any, str]]) -> Iterable[Change]:
    for field in fields:
        after = getattr(version, field.attname)
        before = getattr(earlier, field.attname) if earlier is not None else None
        if before == after or (earlier is None and after in (None, "", False)):
            continue
        known = names.get(field.name)
        yield Change(field.name, str(field.verbose_name), _text(field, before, known), _text(field, after, known))


def _text(field: Any, value: Any, names: dict[Any, str] | None) -> str:
    if value is None:
        return ""
    if names is not None:
        return names.get(value, f"#{value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if hasattr(value, "normalize"):
        return f"{value.normalize():f}"
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value)
