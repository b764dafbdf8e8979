"""The order of a list, total by its key, and the conditions that continue after or before a row of it."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, Q, QuerySet


@dataclass(frozen=True)
class Term:
    """One column of an order. Rows without a value come last in both directions."""

    path: str
    descending: bool
    nullable: bool
    field: Field[Any, Any] | None

    def expression(self, *, backwards: bool) -> Any:
        descending = self.descending != backwards
        if not self.nullable:
            return f"-{self.path}" if descending else self.path
        target = F(self.path)
        nulls: dict[str, Any] = {"nulls_first": True} if backwards else {"nulls_last": True}
        return target.desc(**nulls) if descending else target.asc(**nulls)

    def beyond(self, value: Any, *, backwards: bool) -> Q | None:
        """Rows after (or before) a row with this value; None when there can be none."""
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if backwards else None
        operator = "lt" if self.descending != backwards else "gt"
        condition = Q(**{f"{self.path}__{operator}": value})
        if self.nullable and not backwards:
            condition |= Q(**{f"{self.path}__isnull": True})
        return condition

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})

    def read(self, record: Any) -> Any:
        for part in self.path.split("__"):
            record = getattr(record, part) if record is not None else None
        return record.pk if isinstance(record, Model) else record


@dataclass(frozen=True)
class Order:
    """A total order: the terms asked for, then the key."""

    terms: tuple[Term, ...]

    @classmethod
    def parse(cls, model: type[Model], *names: str) -> Order:
        terms = [_term(model, name) for name in names if name]
        key = model._meta.pk.name if model._meta.pk is not None else "id"
        if not any(term.path in ("pk", "id", key) for term in terms):
            descending = terms[-1].descending if terms else True
            terms.append(_term(model, f"-{key}" if descending else key))
        return cls(tuple(terms))

    def apply(self, queryset: QuerySet[Any], *, backwards: bool = False) -> QuerySet[Any]:
        return queryset.order_by(*(term.expression(backwards=backwards) for term in self.terms))

    def after(self, values: list[Any], *, backwards: bool = False) -> Q:
        """Rows strictly beyond a row with these values. The first term stands alone as well, because PostgreSQL walks
        an index by a plain bound but not by a chain of ORs."""
        chain = Q(pk__in=[])
        equal = Q()
        for term, value in zip(self.terms, values, strict=True):
            beyond = term.beyond(value, backwards=backwards)
            if beyond is not None:
                chain |= equal & beyond
            equal &= term.same(value)
        return self._bound(values[0], backwards) & chain

    def _bound(self, value: Any, backwards: bool) -> Q:
        first = self.terms[0]
        if first.nullable or value is None:
            return Q()
        operator = "lte" if first.descending != backwards else "gte"
        return Q(**{f"{first.path}__{operator}": value})

    def values_of(self, record: Any) -> list[Any]:
        return [term.read(record) for term in self.terms]

    @property
    def related(self) -> list[str]:
        """Relations the order walks over."""
        return [path for term in self.terms if (path := term.path.rpartition("__")[0])]


def _term(model: type[Model], name: str) -> Term:
    path = name.lstrip("-")
    nullable, field = False, None
    current: Any = model
    try:
        for part in path.split("__"):
            field = current._meta.pk if part == "pk" else current._meta.get_field(part)
            nullable = nullable or bool(field.null)
            current = field.related_model
    except FieldDoesNotExist:
        # An annotation: nothing is known about it, so it may be empty.
        return Term(path, name.startswith("-"), True, None)
    return Term(path, name.startswith("-"), nullable, field)


def encode_cursor(order: Order, record: Any, *, backwards: bool) -> str:
    """Where a page begins, as a short text for an address."""
    values = [None if value is None else str(_plain(value)) for value in order.values_of(record)]
    text = json.dumps(["b" if backwards else "f", *values], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def decode_cursor(order: Order, text: str) -> tuple[list[Any], bool] | None:
    """Values and direction of a cursor, or None when it is not one of this order: the list then starts anew."""
    try:
        raw = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
        if not isinstance(raw, list) or len(raw) != len(order.terms) + 1 or raw[0] not in ("f", "b"):
            return None
        values = [_value(term, item) for term, item in zip(order.terms, raw[1:], strict=True)]
    except (ValueError, TypeError, binascii.Error, ValidationError):
        return None
    return values, raw[0] == "b"


def _value(term: Term, item: Any) -> Any:
    if item is None:
        return None
    if not isinstance(item, str) or "\x00" in item:
        raise ValueError("not a cursor value")
    field: Any = term.field
    if field is not None and (field.many_to_one or field.one_to_one):
        field = field.target_field
    return field.to_python(item) if field is not None else item
