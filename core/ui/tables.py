"""Tables of a list: a django-tables2 class built from the columns, with rows rendered in one pass.

django-tables2 keeps what it is good at (the columns, their headers, the ordering and its aliases). Its cell-by-cell
rendering costs more than the query of a page, so the body is compiled here: one string a row, no template a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

import django_tables2 as tables2
from django.db.models import Model
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core.ui import columns as columns_module
from core.ui.columns import BoundColumn, bind, related_of
from core.ui.registry import for_model, url_for
from core.ui.resource import Resource

if TYPE_CHECKING:
    from django.http import QueryDict

DIRECTIONS = {"": "", "asc": "ascending", "desc": "descending"}


@dataclass(frozen=True)
class Row:
    """A finished row of a list."""

    pk: Any
    url: str
    title: str
    cells: SafeString

    @property
    def html(self) -> SafeString:
        return mark_safe(f'<tr data-href="{escape(self.url)}">{self.cells}</tr>')  # noqa: S308  escaped part by part

    @property
    def selectable_html(self) -> SafeString:
        """With a box in front, for lists whose rows can be chosen."""
        box = (
            '<td class="cell-check"><label><input type="checkbox" class="check" name="ids"'
            f' value="{escape(str(self.pk))}" form="bulk-form" aria-label="{escape(self.title)}"></label></td>'
        )
        return mark_safe(f'<tr data-href="{escape(self.url)}">{box}{self.cells}</tr>')  # noqa: S308  escaped part by part


@dataclass(frozen=True)
class Header:
    """A column's head: the address that sorts by it, or by it the other way round."""

    name: str
    label: str
    kind: str
    css: str
    sort_url: str
    sort: str


class ResourceTable(tables2.Table):
    """Base of the built tables; `bound` holds the compiled columns in order."""

    bound: tuple[BoundColumn, ...] = ()

    class Meta:
        order_by_field = "sort"
        orderable = True

    def headers(self, params: QueryDict) -> list[Header]:
        current = dict(_direction(item) for item in self.order_by or ())
        return [_header(column, current.get(column.name, ""), params) for column in self.bound]

    def body(self, resource: Resource, records: Iterable[Any]) -> list[Row]:
        return list(_rows(resource, self.bound, records))


def _direction(item: str) -> tuple[str, str]:
    return (item[1:], "desc") if item.startswith("-") else (item, "asc")


def _header(column: BoundColumn, direction: str, params: QueryDict) -> Header:
    url = ""
    if column.sort:
        wanted = params.copy()
        for name in ("page", "cursor"):
            wanted.pop(name, None)
        wanted["sort"] = f"-{column.name}" if direction == "asc" else column.name
        url = f"?{wanted.urlencode()}"
    return Header(column.name, column.label, column.kind, column.css, url, DIRECTIONS[direction])


Compiled = tuple[tuple[str, Callable[[Any], str]], ...]


@lru_cache(maxsize=1024)
def _compiled(bound: tuple[BoundColumn, ...], language: str) -> Compiled:
    """Each column's opening tag in this language and its cell function."""
    return tuple(
        (f'<td class="{column.css}" data-label="{escape(column.label)}">', column.html_in(language)) for column in bound
    )


def _joined(compiled: Compiled, record: Any) -> str:
    return "".join([f"{opening}{html(record)}</td>" for opening, html in compiled])


def cells(bound: tuple[BoundColumn, ...], record: Any) -> SafeString:
    """All cells of a row. Each column escapes its own content; labels are escaped when they are compiled."""
    return mark_safe(_joined(_compiled(bound, get_language() or ""), record))  # noqa: S308  escaped part by part


@lru_cache(maxsize=1024)
def _heading(bound: tuple[BoundColumn, ...], language: str) -> tuple[str, Callable[[Any], str], Compiled]:
    """The opening tag of a row's heading, the function that names it, and the cells after it."""
    first = bound[0]
    opening = f'<th scope="row" class="{first.css}" data-label="{escape(first.label)}">'
    name = first.html_in(language) if first.kind != "link" else lambda record: escape(first.text(record))
    return opening, name, _compiled(bound[1:], language)


def linked_cells(bound: tuple[BoundColumn, ...], record: Any, url: str, title: str) -> SafeString:
    """As `cells`, the first one the row's heading and link; a record without a number yet shows its title there."""
    opening, name, rest = _heading(bound, get_language() or "")
    head = f'{opening}<a href="{escape(url)}">{name(record) or escape(title)}</a></th>'
    return mark_safe(f"{head}{_joined(rest, record)}")  # noqa: S308  escaped part by part


def _rows(resource: Resource, bound: tuple[BoundColumn, ...], records: Iterable[Any]) -> Iterator[Row]:
    for record in records:
        url, title = resource.detail_url(record.pk), resource.title(record)
        yield Row(record.pk, url, title, linked_cells(bound, record, url, title))


@lru_cache(maxsize=512)
def table_class(resource: Resource, names: tuple[str, ...]) -> type[ResourceTable]:
    """The table of these columns; built once a process and choice of columns."""
    bound = columns_module.chosen_columns(resource, names)
    members: dict[str, Any] = {
        column.name: tables2.Column(
            accessor=column.name, order_by=(column.sort,) if column.sort else None, orderable=bool(column.sort)
        )
        for column in bound
    }
    members["bound"] = tuple(bound)
    return type(f"{resource.model.__name__}Table", (ResourceTable,), members)


@lru_cache(maxsize=1024)
def prepared(resource: Resource, names: tuple[str, ...], sort: str) -> ResourceTable:
    """The table of these columns in an order. Read, never changed: making one costs more than all its headers."""
    return table_class(resource, names)(data=[], order_by=sort or None)


@lru_cache(maxsize=512)
def columns_for(model: Any, declared: tuple[Any, ...]) -> tuple[BoundColumn, ...]:
    """Columns of a panel, also for a model without a Resource of its own."""
    resource = for_model(model) or _bare_resource(model)
    return tuple(bind(resource, item) for item in declared)


@lru_cache(maxsize=256)
def _bare_resource(model: type[Model]) -> Resource:
    made: type[Resource] = type(f"{model.__name__}Rows", (Resource,), {"model": model, "slug": ""})
    return made()


def select_related_for(bound: Sequence[BoundColumn]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(related_of(list(bound))))


def row_url(record: Model) -> str:
    return url_for(record)
