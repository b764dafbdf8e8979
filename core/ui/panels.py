"""Panels of a record page. Each is a small declaration: which facts, in which template, beside or below."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from core.access import policies
from core.ui import columns, registry, tables
from core.ui.listing import filter_names
from core.ui.requests import caller_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from core.ui.columns import BoundColumn
    from core.ui.resource import Caller, Text


@dataclass(frozen=True)
class PanelRow:
    """A row of a panel's table: finished cells and, when it has one, the address of its record."""

    cells: SafeString
    url: str = ""


class Panel:
    """Base. A subclass names itself and answers `context`; keyword arguments override the class attributes.

    :ivar side: "side" for context (money, goods, people, timeline), "main" for the document itself.
    :ivar lazy: fetched after the page stands; for everything that is not cheap.
    :ivar verb: policy verb on the record without which the panel is not there.
    :ivar last: stands below those that other apps add.
    """

    name: str = ""
    title: Text = ""
    template: str = ""
    side: Literal["main", "side"] = "main"
    lazy: bool = False
    verb: str = "view"
    last: bool = False

    def __init__(self, **options: Any) -> None:
        for name, value in options.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no option {name!r}")
            setattr(self, name, value)
        self.name = self.name or type(self).__name__.removesuffix("Panel").lower()

    def applies(self, caller: Caller, obj: Any) -> bool:
        """Whether this record has this panel at all; must not query."""
        return True

    def offered(self, caller: Caller, obj: Any) -> bool:
        allowed = self.verb == "view" or policies.may(caller.user, self.verb, obj, caller.company_id)
        return allowed and self.applies(caller, obj)

    def header_action(self, caller: Caller, obj: Any) -> Mapping[str, Any] | None:
        """A link beside the title, as label, url and icon, such as the way to one more; must not query."""
        return None

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any] | None:
        """What the template shows; None leaves the panel out."""
        return {}

    def render(self, request: HttpRequest, obj: Any) -> SafeString:
        """The panel's inside, or an empty string when it has nothing to say."""
        context = self.context(request, obj)
        if context is None:
            return mark_safe("")
        return render_to_string(self.template, {"object": obj, "panel": self, **context}, request=request)


class AttributesPanel(Panel):
    """Fields of the record as label and value; empty ones are left out."""

    name = "attributes"
    title = _("Details")
    template = "ui/panels/attributes.html"
    fields: tuple[Any, ...] = ()
    show_empty = False

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any] | None:
        resource = registry.for_model(type(obj))
        if resource is None:
            return None
        bound = [columns.bind(resource, item) for item in self.fields]
        rows = [
            # The cell function escapes what it shows.
            {"label": column.label, "value": mark_safe(column.html(obj)), "css": column.css}  # noqa: S308
            for column in bound
        ]
        shown = rows if self.show_empty else [row for row in rows if row["value"] != ""]
        return {"fields": shown} if shown else None


class TablePanel(Panel, ABC):
    """Rows of another model under the record; columns are declared as in a Resource."""

    template = "ui/panels/table.html"
    columns: tuple[Any, ...] = ()
    limit = 10
    empty_text: Text = _("Nothing here yet.")
    linked = True

    @abstractmethod
    def rows(self, caller: Caller, obj: Any) -> QuerySet[Any]:
        """The rows that this caller may see."""

    def more(self, obj: Any) -> str:
        """The address of the whole list; `more=function` as an option does the same."""
        return ""

    def footer(self, obj: Any) -> Sequence[Any]:
        """Cells of a last line, such as a sum."""
        return ()

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any] | None:
        queryset = self.rows(caller_of(request), obj)
        model: Any = queryset.model
        bound = tables.columns_for(model, self.columns)
        related = tables.select_related_for(bound)
        records = list((queryset.select_related(*related) if related else queryset)[: self.limit + 1])
        return {
            "headers": [{"label": column.label, "css": column.css} for column in bound],
            "rows": [self.row(bound, record) for record in records[: self.limit]],
            "more_url": self.more(obj) if len(records) > self.limit else "",
            "has_more": len(records) > self.limit,
            "footer": self.footer(obj),
            "empty_text": self.empty_text,
        }

    def row(self, bound: tuple[BoundColumn, ...], record: Any) -> PanelRow:
        """One row; its first cell leads to the record where that has a page."""
        url = tables.row_url(record) if self.linked else ""
        made = tables.linked_cells(bound, record, url, str(record)) if url else tables.cells(bound, record)
        return PanelRow(made, url)


class LinesPanel(TablePanel):
    """The document's own lines, all of them."""

    name = "lines"
    title = _("Lines")
    relation = "lines"
    limit = 1000
    linked = False

    def rows(self, caller: Caller, obj: Any) -> QuerySet[Any]:
        manager: Any = getattr(obj, self.relation)
        return manager.all()  # type: ignore[no-any-return]


class RelatedPanel(TablePanel):
    """Records that point here by a foreign key, within what the person may see."""

    model: ClassVar[type[Model] | None] = None
    field: str = ""
    ordering: tuple[str, ...] = ("-pk",)
    where: ClassVar[Mapping[str, Any]] = {}
    side: Literal["main", "side"] = "side"
    lazy = True

    def rows(self, caller: Caller, obj: Any) -> QuerySet[Any]:
        if self.model is None:
            raise ImproperlyConfigured(f"{self.name}: RelatedPanel needs a model")
        queryset = self.model._default_manager.filter(**{self.field: obj}, **self.where).order_by(*self.ordering)
        return policies.scoped(caller.user, queryset, "view", caller.company_id)

    def more(self, obj: Any) -> str:
        """The model's own list with a filter on this record, where it has that filter."""
        resource = registry.for_model(self.model) if self.model is not None else None
        if resource is None or self.field not in filter_names(resource):
            return ""
        return f"{resource.url('list')}?{self.field}={obj.pk}"

    def offered(self, caller: Caller, obj: Any) -> bool:
        if self.model is None:
            raise ImproperlyConfigured(f"{self.name}: RelatedPanel needs a model")
        return policies.may(caller.user, "view", self.model, caller.company_id) and super().offered(caller, obj)


class TotalsPanel(Panel):
    """Totals of a document: `totals(obj)` gives rows of label, value and whether it is the one that counts."""

    name = "totals"
    title = _("Totals")
    template = "ui/panels/totals.html"

    def totals(self, obj: Any) -> Sequence[Mapping[str, Any]]:
        return ()

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any] | None:
        rows = self.totals(obj)
        return {"rows": rows} if rows else None
