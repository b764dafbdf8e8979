"""A record as JSON. Money and quantity are strings; a reference is its id, with its name beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from core.fields import AmountField, QuantityField
from core.ui import columns, formats
from core.ui.choices import has_field
from core.ui.resource import Resource

BASE_FIELDS = ("id", "external_id", "number", "version", "status")
TAIL_FIELDS = ("created_at", "updated_at")
HIDDEN_IN_LINES = ("company",)
Getter = Callable[[Any], Any]


@lru_cache(maxsize=256)
def output_names(resource: Resource) -> tuple[str, ...]:
    """The fields that the API answers: the declared ones, or form, columns and what every record has."""
    if resource.api_fields:
        return tuple(dict.fromkeys((*resource.api_fields, *_present(resource.model, ("external_id", "version")))))
    form_fields = tuple(getattr(resource.form, "base_fields", ()))
    shown = tuple(name for name in columns.bound_columns(resource) if "__" not in name)
    known = [name for name in (*form_fields, *shown) if _readable(resource.model, name, shown)]
    head = _present(resource.model, BASE_FIELDS)
    return tuple(dict.fromkeys((*head, *known, *_present(resource.model, TAIL_FIELDS))))


def _present(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if has_field(model, name))


def _readable(model: type[models.Model], name: str, shown: tuple[str, ...]) -> bool:
    return name in shown or has_field(model, name) or hasattr(model, name)


def decimal_text(value: Decimal, field: Any, currency: str = "") -> str:
    """Amounts with the decimals of their currency, quantities without trailing zeros, rates with two at least."""
    if isinstance(field, QuantityField):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    wanted = formats.MINOR_UNITS.get(currency, 2) if isinstance(field, AmountField) else 2
    digits = f"{value:f}".partition(".")[2].rstrip("0")
    return f"{value:.{max(wanted, len(digits))}f}"


def plain(value: Any, field: Any = None, currency: str = "") -> Any:
    """Any value as JSON has it."""
    if isinstance(value, Decimal):
        return decimal_text(value, field, currency)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, models.Model):
        return value.pk
    return value if isinstance(value, str | int | bool | type(None) | list | dict) else str(value)


def _model_field(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _getters(model: type[models.Model], names: tuple[str, ...]) -> list[tuple[str, Getter]]:
    found: list[tuple[str, Getter]] = []
    for name in names:
        field = _model_field(model, name)
        if field is not None and field.many_to_many:
            found.append((name, _ids_getter(name)))
        elif field is not None and (field.many_to_one or field.one_to_one) and hasattr(field, "attname"):
            found.append((name, attrgetter(field.attname)))
            found.append((f"{name}_label", _label_getter(name)))
        else:
            found.append((name, _value_getter(name, field)))
    return found


def _value_getter(name: str, field: Any) -> Getter:
    kind = field.output_field if isinstance(field, models.GeneratedField) else field
    return lambda record: plain(getattr(record, name), kind, str(getattr(record, "currency_id", "") or ""))


def _ids_getter(name: str) -> Getter:
    return lambda record: [item.pk for item in getattr(record, name).all()]


def _label_getter(name: str) -> Getter:
    def label(record: Any) -> str | None:
        target = getattr(record, name)
        return None if target is None else str(target)

    return label


@lru_cache(maxsize=256)
def record_getters(resource: Resource) -> list[tuple[str, Getter]]:
    return _getters(resource.model, output_names(resource))


@lru_cache(maxsize=256)
def line_getters(model: type[models.Model], parent: str) -> list[tuple[str, Getter]]:
    hidden = {*HIDDEN_IN_LINES, parent}
    return _getters(model, tuple(field.name for field in model._meta.concrete_fields if field.name not in hidden))


def related_names(resource: Resource) -> tuple[str, ...]:
    """Relations whose names the answer shows; loaded with the records."""
    found = []
    for name in output_names(resource):
        field = _model_field(resource.model, name)
        if field is not None and (field.many_to_one or field.one_to_one):
            found.append(name)
    return tuple(found)


def prefetched_names(resource: Resource) -> tuple[str, ...]:
    """Many-to-many references that the answer lists."""
    fields = ((name, _model_field(resource.model, name)) for name in output_names(resource))
    return tuple(name for name, field in fields if field is not None and field.many_to_many)


def represent(resource: Resource, record: Any, *, with_lines: bool = False) -> dict[str, Any]:
    """A record with the resource's fields; its lines too when one record is asked for."""
    answer = {name: getter(record) for name, getter in record_getters(resource)}
    answer["title"] = resource.title(record)
    if with_lines and resource.answered_lines is not None:
        name, accessor = resource.answered_lines
        manager: Any = getattr(record, accessor)
        getters = line_getters(manager.model, manager.field.name)
        references = [f.name for f in manager.model._meta.concrete_fields if f.many_to_one and f.name != "company"]
        rows = manager.select_related(*references)
        answer[name] = [{field: getter(line) for field, getter in getters} for line in rows]
    return answer


def input_names(form_class: type[forms.BaseForm] | None) -> Mapping[str, forms.Field]:
    return getattr(form_class, "base_fields", {})
