"""Creating and changing plain records: the operations of master data that need none of their own."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from core.documents.models import Record
from core.errors import ConflictError, InvalidInputError

if TYPE_CHECKING:
    from core.access.models import User

R = TypeVar("R", bound=Record)


def create_record(
    model: type[R], *, company_id: int, user: "User | None", now: dt.datetime, values: Mapping[str, Any]
) -> R:
    """Write a new record after the model's own checks.

    :raises InvalidInputError: what the model refuses, with the field.
    """
    with transaction.atomic():
        record = model(company_id=company_id, created_by=user, **values)
        _check(record)
        record.save(force_insert=True)
    return record


def update_record(
    model: type[R],
    record_id: int,
    *,
    user: "User | None",
    now: dt.datetime,
    values: Mapping[str, Any],
    expected_version: int | None = None,
) -> R:
    """Change a record under its lock.

    :raises ConflictError: when `expected_version` is not the stored one.
    :raises InvalidInputError: what the model refuses, with the field.
    """
    with transaction.atomic():
        record = lock_record(model, record_id, expected_version=expected_version)
        for name, value in values.items():
            setattr(record, name, value)
        _check(record)
        record.version += 1
        record.save()
    return record


def amend_record(
    model: type[R], record_id: int, *, user: "User | None", now: dt.datetime, values: Mapping[str, Any]
) -> R:
    """Give a record a few values, such as its owner, whatever else changed meanwhile: for verbs and bulk actions. A
    record that has them already is not written.

    :raises InvalidInputError: what the model refuses, with the field.
    """
    with transaction.atomic():
        record = lock_record(model, record_id)
        if all(getattr(record, name) == value for name, value in values.items()):
            return record
        return update_record(model, record_id, user=user, now=now, values=values)


def lock_record(model: type[R], record_id: int, *, expected_version: int | None = None) -> R:
    """Read a record for change; others wait.

    :raises ConflictError: when `expected_version` is given and is not the stored one.
    """
    record = model._default_manager.select_for_update(of=("self",)).get(pk=record_id)
    if expected_version is not None and record.version != expected_version:
        raise ConflictError(current_version=record.version)
    return record


def _check(record: Record) -> None:
    try:
        record.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        named = None if field == "__all__" else field
        raise InvalidInputError(messages[0], code="invalid", field=named) from error
