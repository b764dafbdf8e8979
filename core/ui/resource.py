"""The declaration of a model's screens: one Resource gives list, record, form, board, menu, export, API and tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.ui.badges import Badge, status_badge

if TYPE_CHECKING:
    import datetime as dt

    from django_filters import Filter, FilterSet

    from core.access.models import User
    from core.company.models import Company
    from core.ui.actions import Action
    from core.ui.panels import Panel
    from core.ui.previews import Preview

Text = Any  # a str or a lazy translation; Django offers no public type for both

# Functions written as class attributes of a Resource; kept from becoming methods when they are read from an instance.
OPERATIONS = ("create", "update", "preview", "stepper", "defaults")


@dataclass(frozen=True)
class Caller:
    """Who asks, for which company, at which moment. Requests, API calls and jobs build one and share all code below."""

    user: User
    company: Company
    now: dt.datetime

    @property
    def company_id(self) -> int:
        return int(self.company.pk)


@dataclass(frozen=True)
class Menu:
    """Where the list stands in the sidebar. `section` is one of core.ui.nav.SECTIONS; `key` is the letter after `g`."""

    section: str
    order: int = 50
    icon: str = ""
    label: Text = None
    key: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a list. `name` is a field, a path over foreign keys (`party__city`), a property, or an annotation.

    `kind` (text link money quantity price percent date datetime status boolean count user) is read from the field.
    `sort` is the field to order by, False for never. `related` names the relations the cell needs beyond its own path.
    `value` replaces reading the attribute; `total` adds the column's sum to the footer; given as a name, it says what
    is added up for a column that reads its value otherwise. Where records have currencies of their own, `own` names the
    same amount in the company's currency, whose sum then stands behind the others.
    """

    name: str
    label: Text = None
    kind: str | None = None
    sort: str | Literal[False] | None = None
    related: tuple[str, ...] = ()
    value: Callable[[Any], Any] | None = None
    currency: str | None = None
    total: bool | str = False
    own: str = ""


@dataclass(frozen=True)
class LineForm:
    """Lines edited inside the document's form. `relation` is the reverse accessor that holds them."""

    form: type[forms.BaseForm]
    name: str = "lines"
    min: int = 0
    max: int = 500
    extra: int = 1
    relation: str | None = None
    label: Text = None

    @property
    def accessor(self) -> str:
        return self.relation or self.name


@dataclass(frozen=True)
class PresetView:
    """A saved view that ships with the Resource. `params` are list parameters, "me" and relative days included."""

    name: str
    label: Text
    params: Mapping[str, Any]
    default: bool = False


@dataclass(frozen=True)
class Card:
    """What a board shows of a record."""

    title: str
    subtitle: str = ""
    amount: str = ""
    owner: str = ""
    age_state: str = ""
    age: str = ""


@dataclass(frozen=True)
class SearchIn:
    """What a list is searched by whose records are not in the index of found things (core/search).

    :ivar starts: texts that begin with the words, by an index of `text_pattern_ops`; where there are such, the rest is
        not asked.
    :ivar words: columns that hold the words anywhere, else similar ones; every row is read, so for tables of few rows.
    :ivar alike: whether similar words count; long texts and tables that grow with the business take seconds for that.
    :ivar records: foreign keys; what the words find there is found here.
    :ivar source: the RecordRef of the document behind a fact, found by the document's number.
    """

    starts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    source: str = ""
    alike: bool = True


@dataclass(frozen=True)
class Kanban:
    """A board. `columns(caller)` gives (key, label) pairs of `group`; `move` is the operation a card drop calls."""

    group: str
    columns: Callable[[Caller], Sequence[tuple[Any, Any]]]
    move: Callable[..., Any]
    card: Callable[[Any], Card] | None = None
    sum: str | None = None
    verb: str = "change"
    related: tuple[str, ...] = ()
    ordering: tuple[str, ...] = ("-pk",)
    limit: int = 20
    filters: Mapping[str, Any] = field(default_factory=dict)
    label: Text = None


@dataclass(frozen=True)
class Step:
    """One stage of a document chain as the stepper shows it."""

    label: Text
    number: str = ""
    amount: str = ""
    status: str = ""
    url: str = ""
    current: bool = False
    done: bool = False


class Resource:
    """Base of all declarations; see the module docstring of core.ui for the attributes that an app sets."""

    model: ClassVar[type[Model]]
    slug: ClassVar[str]
    menu: Menu | None = None
    columns: tuple[str | Column, ...] = ()
    more_columns: tuple[str | Column, ...] = ()
    ordering: str = "-id"
    filters: tuple[str, ...] | type[FilterSet] = ()
    more_filters: Mapping[str, Filter] = {}
    search: bool | SearchIn = False
    form: type[forms.BaseForm] | None = None
    lines: LineForm | None = None
    create: Callable[..., Any] | Literal[False] | None = None
    update: Callable[..., Any] | Literal[False] | None = None
    preview: Callable[..., Preview] | None = None
    defaults: Callable[[Caller], Mapping[str, Any]] | None = None
    stepper: Callable[..., Sequence[Step]] | None = None
    stepper_label: Text = _("Chain of documents")
    panels: tuple[Panel, ...] = ()
    actions: tuple[Action, ...] = ()
    views: Mapping[str, Kanban] = {}
    saved_views: tuple[PresetView, ...] = ()
    api_fields: tuple[str, ...] = ()
    api_lines: str = ""  # lines that the API answers although no form writes them: their reverse accessor
    api: bool = True
    files: bool | None = None
    select_related: tuple[str, ...] = ()
    prefetch_related: tuple[str, ...] = ()
    detail_related: tuple[str, ...] = ()
    page_size: int = 50
    empty_text: Text = None
    label: Text = None
    label_plural: Text = None
    icon: str = ""
    status_colors: Mapping[str, str] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in OPERATIONS:
            value = cls.__dict__.get(name)
            if callable(value) and not isinstance(value, staticmethod):
                setattr(cls, name, staticmethod(value))

    # What an app may override

    def queryset(self) -> QuerySet[Any]:
        """All rows, unscoped; the place for annotations that columns read."""
        return self.model._default_manager.all()

    def measured(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows with the annotations that only sums read; a page of rows does without their cost."""
        return queryset

    def title(self, obj: Any) -> str:
        return str(obj)

    def subtitle(self, obj: Any) -> str:
        return ""

    def status_badge(self, obj: Any) -> Badge | None:
        return status_badge(obj, self.status_colors)

    def footer(self, sums: Mapping[str, Any]) -> Sequence[tuple[Any, Any]]:
        """What the footer adds to the sums of the columns, as label and amount in the company's currency."""
        return ()

    def landing(self, obj: Any) -> str:
        """Where a person goes when the form is saved."""
        return self.detail_url(obj.pk)

    def editable(self, obj: Any) -> bool:
        """Whether the record's state still allows the form; the operation checks again."""
        return True

    def initial(self, obj: Any) -> dict[str, Any]:
        """Values of the edit form for a plain Form; a ModelForm reads its instance."""
        if self.form is None or issubclass(self.form, forms.BaseModelForm):
            return {}
        names = getattr(self.form, "base_fields", {})
        return {name: getattr(obj, name, None) for name in names}

    # What the framework asks

    @cached_property
    def singular(self) -> Any:
        return self.label or self.model._meta.verbose_name

    @cached_property
    def plural(self) -> Any:
        return self.label_plural or self.model._meta.verbose_name_plural

    @property
    def form_class(self) -> type[forms.BaseForm]:
        """:raises ImproperlyConfigured: when the resource has no form; ask `can_create` or `can_update` first."""
        if self.form is None:
            raise ImproperlyConfigured(f"{self.slug} has no form")
        return self.form

    @property
    def line_form(self) -> LineForm:
        """:raises ImproperlyConfigured: when the resource has no lines."""
        if self.lines is None:
            raise ImproperlyConfigured(f"{self.slug} has no lines")
        return self.lines

    @cached_property
    def can_create(self) -> bool:
        return self.form is not None and self.create is not False

    @cached_property
    def can_update(self) -> bool:
        return self.form is not None and self.update is not False

    @property
    def answered_lines(self) -> tuple[str, str] | None:
        """Name and reverse accessor of the lines that the API answers with a record."""
        if self.lines is not None:
            return self.lines.name, self.lines.accessor
        return (self.api_lines, self.api_lines) if self.api_lines else None

    def url(self, name: str, *args: Any) -> str:
        """The address of one of this resource's pages, e.g. `url("edit", 7)`."""
        return reverse(f"ui:{self.slug}-{name}", args=args)

    @cached_property
    def _detail_pattern(self) -> tuple[str, str]:
        head, _zero, tail = self.url("detail", 0).rpartition("0")
        return head, tail

    def detail_url(self, pk: Any) -> str:
        """The record's address without the cost of a full reverse, because lists build fifty of them."""
        head, tail = self._detail_pattern
        return f"{head}{pk}{tail}"

    def action(self, name: str) -> Action | None:
        return next((action for action in self.actions if action.name == name), None)

    def panel(self, name: str) -> Panel | None:
        return next((panel for panel in self.panels if panel.name == name), None)
