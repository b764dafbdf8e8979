"""What a Resource without operations of its own does: plain records written by the operations of core.documents, with
their lines and many-to-many references."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from core.access.models import User
from core.documents.models import Record
from core.documents.records import create_record, update_record
from core.errors import InvalidInputError
from core.ui.forms import singular


def create_default(
    model: type[models.Model],
    *,
    company_id: int,
    user: User,
    now: dt.datetime,
    values: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]] | None = None,
    relation: str = "lines",
) -> Any:
    """Create a plain record with its lines and references in one transaction."""
    own, references = _split(model, values)
    with transaction.atomic():
        if issubclass(model, Record):
            record: Any = create_record(model, company_id=company_id, user=user, now=now, values=own)
        else:
            record = _written(model(company_id=company_id), own)
        _refer(record, references)
        if lines is not None:
            write_lines(record, lines, relation=relation)
    return record


def update_default(
    record: models.Model,
    *,
    user: User,
    now: dt.datetime,
    values: Mapping[str, Any],
    expected_version: int | None,
    lines: Sequence[Mapping[str, Any]] | None = None,
    relation: str = "lines",
) -> Any:
    """Change a plain record with its lines and references in one transaction."""
    own, references = _split(type(record), values)
    with transaction.atomic():
        if isinstance(record, Record):
            changed: Any = update_record(
                type(record), record.pk, user=user, now=now, values=own, expected_version=expected_version
            )
        else:
            changed = _written(type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk), own)
        _refer(changed, references)
        if lines is not None:
            write_lines(changed, lines, relation=relation)
    return changed


def _split(model: type[models.Model], values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[int]]]:
    many = {f"{singular(field.name)}_ids": field.name for field in model._meta.many_to_many}
    own = {name: value for name, value in values.items() if name not in many}
    return own, {many[name]: value for name, value in values.items() if name in many}


def _written(row: models.Model, values: Mapping[str, Any]) -> models.Model:
    """A row of a small set-up table (team, exchange rate) that has neither version nor author."""
    for name, value in values.items():
        setattr(row, name, value)
    try:
        row.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInputError(messages[0], field=None if field == "__all__" else field) from error
    row.save()
    return row


def _refer(record: models.Model, references: Mapping[str, list[int]]) -> None:
    for name, ids in references.items():
        getattr(record, name).set(ids)


def write_lines(record: Any, lines: Sequence[Mapping[str, Any]], *, relation: str) -> None:
    """Make the stored lines equal the given ones: change those with an id, add the others, delete the rest."""
    manager: Any = getattr(record, relation)
    stored = {line.pk: line for line in manager.select_for_update(of=("self",))}
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
