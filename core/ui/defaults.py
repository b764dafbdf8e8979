"""What a Resource without operations of its own does: plain records written by the operations of core.documents, with
their lines and many-to-many references."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models, transaction

from core.access.models import User
from core.documents.models import Record
from core.documents.records import create_record, update_record
from core.ui.forms import singular


def create_default(
    model: type[Record],
    *,
    company_id: int,
    user: User,
    now: dt.datetime,
    values: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]] | None = None,
    relation: str = "lines",
) -> Record:
    """Create a plain record with its lines and references in one transaction."""
    own, references = _split(model, values)
    with transaction.atomic():
        record = create_record(model, company_id=company_id, user=user, now=now, values=own)
        _refer(record, references)
        if lines is not None:
            write_lines(record, lines, relation=relation)
    return record


def update_default(
    record: Record,
    *,
    user: User,
    now: dt.datetime,
    values: Mapping[str, Any],
    expected_version: int | None,
    lines: Sequence[Mapping[str, Any]] | None = None,
    relation: str = "lines",
) -> Record:
    """Change a plain record with its lines and references in one transaction."""
    own, references = _split(type(record), values)
    with transaction.atomic():
        changed = update_record(
            type(record), record.pk, user=user, now=now, values=own, expected_version=expected_version
        )
        _refer(changed, references)
        if lines is not None:
            write_lines(changed, lines, relation=relation)
    return changed


def _split(model: type[models.Model], values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[int]]]:
    many = {f"{singular(field.name)}_ids": field.name for field in model._meta.many_to_many}
    own = {name: value for name, value in values.items() if name not in many}
    return own, {many[name]: value for name, value in values.items() if name in many}


def _refer(record: models.Model, references: Mapping[str, list[int]]) -> None:
    for name, ids in references.items():
        getattr(record, name).set(ids)


def write_lines(record: Record, lines: Sequence[Mapping[str, Any]], *, relation: str) -> None:
    """Make the stored lines equal the given ones: change those with an id, add the others, delete the rest."""
    manager: Any = getattr(record, relation)
    stored = {line.pk: line for line in manager.select_for_update()}
    kept = {line["id"] for line in lines if line.get("id") in stored}
    manager.filter(pk__in=set(stored) - kept).delete()
    positioned = "position" in {field.name for field in manager.model._meta.get_fields()}
    for position, values in enumerate(lines, start=1):
        line = stored.get(values.get("id")) or manager.model(
            company_id=record.company_id, **{manager.field.attname: record.pk}
        )
        for name, value in values.items():
            if name != "id":
                setattr(line, name, value)
        if positioned:
            line.position = position
        line.save()
