"""Columns, resolved: what a declared name means on its model, and the function that turns a record into a cell.

Cells are compiled once a column, so that fifty rows cost fifty plain function calls each and no query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from html import escape
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.access.models import User
from core.fields import AmountField, QuantityField, RateField
from core.ui import formats
from core.ui.badges import color_of
from core.ui.registry import url_for
from core.ui.resource import Column

if TYPE_CHECKING:
    from core.ui.resource import Resource

Field: TypeAlias = "models.Field[Any, Any]"
NUMERIC = frozenset({"money", "quantity", "percent", "price", "count"})


@dataclass(frozen=True, eq=False)
class BoundColumn:
    """A Column on its model. `sort` is the ORM path to order by, empty when the list cannot be ordered by it."""

    spec: Column
    resource: Resource
    field: Field | None
    kind: str
    sort: str

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def label(self) -> str:
        if self.spec.label is not None:
            return str(self.spec.label)
        if self.field is not None:
            return capfirst(str(self.field.verbose_name))
        return capfirst(self.name.replace("_", " "))

    @property
    def css(self) -> str:
        return f"cell-{self.kind}"

    @cached_property
    def related(self) -> tuple[str, ...]:
        """Relations to load with the row, so that the cell never queries."""
        found = list(self.spec.related)
        path = self.name.split("__")
        if self.field is not None:
            is_reference = self.field.many_to_one or self.field.one_to_one
            found.append("__".join(path if is_reference else path[:-1]))
        return tuple(relation for relation in found if relation)

    @property
    def summed(self) -> str:
        """The field or annotation that the footer adds up; empty for none."""
        if isinstance(self.spec.total, str):
            return self.spec.total
        return self.name if self.spec.total and self.spec.value is None else ""

    @cached_property
    def read(self) -> Callable[[Any], Any]:
        """Record → value. A missing relation on the way reads as None."""
        if self.spec.value is not None:
            return self.spec.value
        path = self.name.replace("__", ".")
        if "." not in path:
            return attrgetter(path)
        steps = path.split(".")

        def walk(record: Any) -> Any:
            for step in steps:
                if record is None:
                    return None
                record = getattr(record, step)
            return record

        return walk

    @cached_property
    def currency(self) -> Callable[[Any], str]:
        """Record → currency code, for the decimals of an amount."""
        path = self.spec.currency
        if path is None:
            names = {f.name: f for f in self.resource.model._meta.get_fields() if isinstance(f, models.Field)}
            path = names["currency"].attname if "currency" in names else ""
        if not path:
            return lambda record: ""
        getter = attrgetter(path.replace("__", "."))
        return lambda record: str(getter(record) or "")

    @cached_property
    def in_own_currency(self) -> bool:
        """Whether each record's amount is in the record's own currency, so that a sum needs a line a currency."""
        names = {field.name for field in self.resource.model._meta.concrete_fields}
        return self.kind == "money" and self.spec.currency is None and "currency" in names

    def text(self, record: Any) -> str:
        """The plain text of the cell, as an export label or a title has it."""
        value = self.read(record)
        if self.kind == "status" or (self.field is not None and self.field.choices):
            return self._choice(value)
        currency = self.currency(record) if self.kind == "money" else ""
        return formats.plain(value, self.kind, currency)

    @cached_property
    def _labels(self) -> dict[Any, Any]:
        return dict(self.field.flatchoices) if self.field is not None and self.field.choices else {}

    def _choice(self, value: Any) -> str:
        return "" if value in (None, "") else str(self._labels.get(value, value))

    @cached_property
    def _cells(self) -> dict[str, Callable[[Any], str]]:
        """Cell functions by language."""
        return {}

    def html(self, record: Any) -> str:
        """Escaped HTML inside the cell, in the reader's language."""
        return self.html_in(get_language() or "")(record)

    def html_in(self, language: str) -> Callable[[Any], str]:
        """Record → escaped HTML inside the cell. Made once a language, so that a cell need not ask for it; it is only
        to be called while that language is in force."""
        found = self._cells.get(language)
        if found is None:
            found = self._cells[language] = self._cell(language)
        return found

    def _cell(self, language: str) -> Callable[[Any], str]:
        if self.kind == "status":
            return self._status_cell()
        if self.kind == "money":
            return self._money_cell(language)
        if self.kind in formats.FORMATTERS:
            formatter, read = formats.FORMATTERS[self.kind], self.read
            return lambda record: formatter(read(record), language)
        if self.field is not None and self.field.choices and self.kind not in ("link", "boolean"):
            return lambda record: escape(self.text(record))
        return {"link": self._link_html, "boolean": self._boolean_html}.get(self.kind, self._text_html)

    def _text_html(self, record: Any) -> str:
        value = self.read(record)
        if value is None or value == "":
            return ""
        if isinstance(value, SafeString):
            return value
        return escape(value if isinstance(value, str) else formats.plain(value, self.kind))

    def _money_cell(self, language: str) -> Callable[[Any], str]:
        read, currency = self.read, self.currency

        def cell(record: Any) -> str:
            value = read(record)
            return "" if value is None else formats.money(value, currency(record), language)

        return cell

    def _boolean_html(self, record: Any) -> str:
        value = self.read(record)
        return "" if value is None else escape(_("Yes") if value else _("No"))

    def _status_cell(self) -> Callable[[Any], str]:
        """Keeps finished badges: a list shows the same few fifty times."""
        read, badges = self.read, dict[Any, str]()

        def cell(record: Any) -> str:
            value = read(record)
            if not value:
                return ""
            badge = badges.get(value)
            if badge is None:
                color = color_of(str(value), self.resource.status_colors)
                badge = f'<span class="badge status-{color}">{escape(self._choice(value))}</span>'
                if value in self._labels:
                    badges[value] = badge
            return badge

        return cell

    def _link_html(self, record: Any) -> str:
        target = self.read(record)
        return "" if target is None else record_link(target)


def record_link(target: Any) -> SafeString:
    """A link to a record's page, or its name alone when its model has no screens."""
    url = url_for(target) if isinstance(target, models.Model) else ""
    text = escape(str(target))
    return mark_safe(f'<a href="{escape(url)}">{text}</a>' if url else text)  # noqa: S308  both parts are escaped


def _find_field(model: type[models.Model], path: str) -> Field | None:
    found: Field | None = None
    current: type[models.Model] | None = model
    for part in path.split("__"):
        if current is None:
            return None
        try:
            field = current._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        if not isinstance(field, models.Field):
            return None
        found, current = field, field.related_model if isinstance(field.related_model, type) else None
    return found


def kind_of(field: Field | None) -> str:
    """The kind of a model field, as columns and panels show it."""
    if field is None:
        return "text"
    if field.name == "status":
        return "status"
    if field.many_to_one or field.one_to_one:
        return "user" if field.related_model is User else "link"
    for classes, kind in KINDS:
        if isinstance(field, classes):
            return kind
    return "text"


KINDS: tuple[tuple[Any, str], ...] = (
    (AmountField, "money"),
    (QuantityField, "quantity"),
    (RateField, "price"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.BooleanField, "boolean"),
    (models.DecimalField, "quantity"),
    (models.IntegerField, "count"),
)


def bind(resource: Resource, declared: str | Column) -> BoundColumn:
    """Resolve one declared column of a resource."""
    spec = declared if isinstance(declared, Column) else Column(declared)
    field = _find_field(resource.model, spec.name)
    sort = spec.sort if isinstance(spec.sort, str) else ""
    if spec.sort is None and field is not None and spec.value is None:
        sort = _sort_path(spec.name, field)
    kind = spec.kind or kind_of(field)
    if field is not None and field.choices and kind in ("count", "text"):
        kind = "text"
    return BoundColumn(spec, resource, field, kind, sort)


def _sort_path(name: str, field: Field) -> str:
    """A relation is ordered by its own first ordering field, so that names sort and not ids."""
    if not (field.many_to_one or field.one_to_one):
        return name
    target = field.related_model
    ordering = target._meta.ordering if isinstance(target, type) else ()
    first = next((str(item).lstrip("-") for item in ordering or () if isinstance(item, str)), "")
    return f"{name}__{first}" if first and first != "pk" else name


def bound_columns(resource: Resource) -> dict[str, BoundColumn]:
    """All columns a person may choose from, default ones first."""
    every = (*resource.columns, *resource.more_columns)
    cached: tuple[Any, dict[str, BoundColumn]] | None = resource.__dict__.get("_bound_columns")
    if cached is None or cached[0] != every:
        found = {column.name: column for column in (bind(resource, item) for item in every)}
        cached = resource.__dict__["_bound_columns"] = (every, found)
    return cached[1]


def default_names(resource: Resource) -> tuple[str, ...]:
    return tuple(item.name if isinstance(item, Column) else item for item in resource.columns)


def chosen_columns(resource: Resource, names: list[str] | tuple[str, ...]) -> list[BoundColumn]:
    """The columns of these names in this order; unknown names fall away, none at all means the default ones."""
    known = bound_columns(resource)
    found = [known[name] for name in names if name in known]
    return found or [known[name] for name in default_names(resource)]


def related_of(columns: list[BoundColumn]) -> Iterator[str]:
    for column in columns:
        yield from column.related


def total_of(columns: list[BoundColumn]) -> list[BoundColumn]:
    """The columns whose sums the footer shows: fields, and annotations of the Resource's queryset."""
    return [column for column in columns if column.summed]


def exported(column: BoundColumn, record: Any) -> Any:
    """The value of a cell for a spreadsheet: numbers, dates and moments stay what they are, so that they sort and
    calculate there; everything else is text. A moment is the reader's local time, for spreadsheets know no zones."""
    value = column.read(record)
    if isinstance(value, dt.datetime) and column.kind == "datetime":
        return timezone.localtime(value).replace(tzinfo=None, second=0, microsecond=0)
    if isinstance(value, bool) or value is None:
        return column.text(record)
    if isinstance(value, dt.datetime) or not isinstance(value, Decimal | int | dt.date | dt.time):
        return column.text(record)
    return column.text(record) if column.field is not None and column.field.choices else value
