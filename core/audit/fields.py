"""Fields of a version of a row, readable: how each is called, what stood there, what stands there now."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField

NOISE = frozenset({"id", "version", "updated_at", "created_at", "created_by", "company", "board_position"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a record: how it is called on screens, what stood there, what stands there now."""

    field: str
    label: str
    before: str
    after: str


def told_fields(model: type[models.Model]) -> Iterable[models.Field[Any, Any]]:
    """The fields that somebody may change: not bookkeeping, and not what the database works out of other fields."""
    for field in model._meta.concrete_fields:
        if field.name not in NOISE and not isinstance(field, models.GeneratedField):
            yield field


def act_of(version: Any) -> Any:
    """What the versions of one act share: its context, or the moment of its transaction where nobody is known."""
    return version.pgh_context_id or version.pgh_created_at


def names_of(versions: Sequence[Any], fields: Sequence[Any]) -> dict[str, dict[Any, str]]:
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


def changes_between(
    version: Any, earlier: Any, fields: Sequence[Any], names: dict[str, dict[Any, str]]
) -> Iterable[Change]:
    for field in fields:
        after = getattr(version, field.attname)
        before = getattr(earlier, field.attname) if earlier is not None else None
        if before == after or (earlier is None and after in (None, "", False)):
            continue
        known = names.get(field.name)
        yield Change(
            field.name, capfirst(str(field.verbose_name)), text_of(field, before, known), text_of(field, after, known)
        )


def text_of(field: Any, value: Any, names: dict[Any, str] | None) -> str:
    if value is None:
        return ""
    if names is not None:
        return names.get(value, f"#{value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, AmountField):
        return number_format(value, max(2, _places(value)), force_grouping=True)
    return _plain(value)


def _places(value: Decimal) -> int:
    return len(f"{value.normalize():f}".partition(".")[2])


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, Decimal):
        return number_format(value, _places(value), force_grouping=True)
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value)
