"""What changed on the lines of a document, told with the document: "Line 2 · Quantity: 3 → 5"."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.audit.fields import Change, act_of, changes_between, names_of, text_of, told_fields

TELLING = ("item", "account", "description", "quantity", "unit_price", "debit", "credit", "percent", "days")
"""What names a line that came or went."""
UNTOLD = frozenset({"position"})
MOST_VERSIONS = 500


@dataclass(frozen=True, slots=True)
class LineChanges:
    """What one act changed on a document's lines. `version` is the latest of the rows it left."""

    act: Any
    at: dt.datetime
    version: Any
    changes: tuple[Change, ...]


def line_changes(record: models.Model, accessor: str) -> list[LineChanges]:
    """Changes of the record's lines by act, latest first; none where the lines are not tracked."""
    manager: Any = getattr(record, accessor)
    line: type[models.Model] = manager.model
    if not hasattr(line, "events"):
        return []
    event: Any = line.events.rel.related_model
    parent = manager.field
    rows = event.objects.filter(**{parent.attname: record.pk}).select_related("pgh_context")
    versions = list(rows.order_by("-pgh_id")[:MOST_VERSIONS])
    kept = {field.name for field in event._meta.concrete_fields} - {parent.name, *UNTOLD}
    fields = [field for field in told_fields(line) if field.name in kept and field.editable]
    return _by_act(versions, fields)


def _by_act(versions: Sequence[Any], fields: Sequence[Any]) -> list[LineChanges]:
    names = names_of(versions, fields)
    earlier: dict[Any, Any] = {}
    found: dict[Any, list[Change]] = defaultdict(list)
    latest: dict[Any, Any] = {}
    for version in reversed(versions):
        act = act_of(version)
        found[act] += _changes(version, earlier.get(version.pgh_obj_id), fields, names)
        latest[act] = earlier[version.pgh_obj_id] = version
    acts = [LineChanges(act, one.pgh_created_at, one, tuple(found[act])) for act, one in latest.items() if found[act]]
    return sorted(acts, key=lambda one: one.at, reverse=True)


def _changes(version: Any, before: Any, fields: Sequence[Any], names: dict[str, Any]) -> Iterable[Change]:
    label = _label(version)
    if version.pgh_label == "update" and before is not None:
        for change in changes_between(version, before, fields, names):
            yield Change(change.field, f"{label} · {change.label}", change.before, change.after)
    elif version.pgh_label == "insert":
        yield Change("lines", label, "", _said(version, fields, names))
    elif version.pgh_label == "delete":
        yield Change("lines", label, _said(version, fields, names), "")


def _label(version: Any) -> str:
    """Lines are told by their place; what has none, as the instalments of a payment term, by what it is."""
    told: str = capfirst(str(version.pgh_tracked_model._meta.verbose_name))
    if hasattr(version, "position"):
        told = _("Line %s") % version.position
    return told


def _said(version: Any, fields: Sequence[Any], names: dict[str, Any]) -> str:
    by_name = {field.name: field for field in fields}
    told = (by_name[name] for name in TELLING if name in by_name)
    words = (text_of(field, getattr(version, field.attname), names.get(field.name)) for field in told)
    return " · ".join(word for word in dict.fromkeys(words) if word)
