"""What a list shows: scope → company → filters → search → order → page. List, export, bulk, board, previous/next and
the API all read through here, so they agree about which rows there are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import Aggregate, Count, DateTimeField, F, Model, Q, QuerySet, Sum, TextField
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.access import policies
from core.access.policies import grants_of
from core.company.postgres.planning import planned_afresh
from core.ui import columns, filters, paging, tables
from core.ui.columns import BoundColumn
from core.ui.filters import ResourceFilterSet
from core.ui.ordering import Order
from core.ui.paging import Page
from core.ui.resource import Caller, Resource
from core.ui.searching import found_in

OWN_PARAMETERS = ("q", "sort", "view")
IN_OWN = "="
"""Among the sums of a column: what they come to in the company's currency."""
NO_RATE = "?"
"""Among the sums of a column: how many rows are in a currency without a rate, and so in no such sum."""
PAGING_PARAMETERS = ("page", "cursor")


class Listing:
    """One list for one caller. `params` may come from anywhere: only names that are allowed have any effect.

    :ivar verb: the policy verb whose scope limits the rows ("view", "export", or a bulk action's own).
    """

    def __init__(
        self,
        resource: Resource,
        caller: Caller,
        params: QueryDict,
        *,
        verb: str = "view",
        column_names: tuple[str, ...] = (),
    ) -> None:
        self.resource, self.caller, self.verb = resource, caller, verb
        self.params = clean_params(resource, params)
        self.column_names = column_names

    @cached_property
    def identity(self) -> str:
        """What decides which rows there are: who asks with which rights, for what. The same identity has the same rows
        within a moment."""
        caller = self.caller
        asked = sorted((name, values) for name, values in self.filter_values.items())
        what = (
            self.resource.slug,
            self.verb,
            caller.company_id,
            caller.user.pk,
            grants_of(caller.user),
            asked,
            self.query,
        )
        return hashlib.sha256(repr(what).encode()).hexdigest()

    @cached_property
    def columns(self) -> list[BoundColumn]:
        return columns.chosen_columns(self.resource, self.column_names)

    @cached_property
    def query(self) -> str:
        return str(self.params.get("q", "")).strip()

    @cached_property
    def filter_values(self) -> dict[str, list[str]]:
        """The filters that are set, by parameter."""
        names = filter_names(self.resource)
        return {name: values for name, values in self.params.lists() if name in names and any(values)}

    @cached_property
    def filterset(self) -> ResourceFilterSet | None:
        """The bound FilterSet; made only when somebody filters or the filter bar is drawn."""
        declared = filters.filter_set(self.resource)
        if declared is None:
            return None
        data = QueryDict(mutable=True)
        for name, values in filters.replace_me(self.resource, self.filter_values, self.caller.user).items():
            data.setlist(name, values)
        return declared(data=data, queryset=self._unfiltered, caller=self.caller)

    def holds_any(self) -> bool:
        """Whether the person sees any record here, whatever the filter says."""
        return self._unfiltered.order_by().exists()

    @cached_property
    def _unfiltered(self) -> QuerySet[Any]:
        queryset = self.resource.queryset()
        return policies.scoped(self.caller.user, queryset, self.verb, self.caller.company_id)

    @cached_property
    def queryset(self) -> QuerySet[Any]:
        """All rows of the list in no particular order. A filter value that makes no sense finds nothing."""
        queryset = self._unfiltered
        if self.filter_values and self.filterset is not None:
            queryset = self.filterset.qs if self.filterset.is_valid() else queryset.none()
        if self.query and self.resource.search:
            queryset = found_in(self.resource, queryset, self.caller.company_id, self.query)
        return queryset

    @property
    def measured(self) -> QuerySet[Any]:
        """The same rows, for adding up."""
        return self.resource.measured(self.queryset)

    @cached_property
    def order(self) -> Order:
        """The order asked for, when it is one of the sortable columns, else the resource's own; the key always last."""
        asked = str(self.params.get("sort", ""))
        column = columns.bound_columns(self.resource).get(asked.lstrip("-"))
        if column is not None and column.sort:
            return Order.parse(self.resource.model, ("-" if asked.startswith("-") else "") + column.sort)
        return Order.parse(self.resource.model, self.resource.ordering)

    @cached_property
    def sort(self) -> str:
        """The sort as the table's headers name it."""
        asked = str(self.params.get("sort", ""))
        known = columns.bound_columns(self.resource)
        if asked.lstrip("-") in known and known[asked.lstrip("-")].sort:
            return asked
        bare = self.resource.ordering.lstrip("-")
        return self.resource.ordering if bare in known and known[bare].sort else ""

    @cached_property
    def related(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.resource.select_related, *tables.select_related_for(self.columns))))

    def with_relations(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Load what the cells of a row need, with the rows."""
        if self.related:
            queryset = queryset.select_related(*self.related).defer(*unread_of(self.resource.model, self.related))
        if self.resource.prefetch_related:
            queryset = queryset.prefetch_related(*self.resource.prefetch_related)
        return queryset

    @property
    def narrowed(self) -> bool:
        """Whether the list shows less than all its rows."""
        return bool(self.filter_values or self.query)

    def page(self, params: QueryDict, size: int | None = None) -> Page:
        """The page that `page` or `cursor` of `params` names."""
        return paging.page(self, params, size or self.resource.page_size)

    def rows(self) -> Iterator[Any]:
        """Every row in order, in blocks: for exports. Holds no more than a block in memory."""
        ordered = self.with_relations(self.order.apply(self.queryset))
        return ordered.iterator(chunk_size=1000)

    @planned_afresh()
    def totals(self, *, remember: bool = False) -> dict[str, dict[str, Any]]:
        """Sums over all rows of the columns that ask for one: column → currency → sum. Amounts in the records' own
        currencies are never added across them; what has one currency or none stands under an empty key. A column that
        knows its amount in the company's currency gives that sum under `IN_OWN`, and under `NO_RATE` the number of rows
        that it leaves out.

        :param remember: accept sums that are a few seconds old, for lists too long to add up on every page.
        """
        summed = columns.total_of(self.columns)
        if not summed:
            return {}
        by_currency = [column.name for column in summed if column.in_own_currency]
        key = f"sums:{self.identity}:{','.join(column.name for column in summed)}"
        rows = paging.remembered(key, lambda: self._sums(summed, bool(by_currency)), remember=remember)
        found: dict[str, dict[str, Any]] = {column.name: {} for column in summed}
        for row in rows:
            for name, totals in found.items():
                currency = str(row.get("currency_id") or "") if name in by_currency else ""
                totals[currency] = (totals.get(currency) or 0) + (row[f"sum_{name}"] or 0)
                if f"own_{name}" in row:
                    totals[IN_OWN] = (totals.get(IN_OWN) or 0) + (row[f"own_{name}"] or 0)
                    totals[NO_RATE] = totals.get(NO_RATE, 0) + row[f"rows_{name}"]
        return found

    def _sums(self, summed: list[BoundColumn], by_currency: bool) -> list[dict[str, Any]]:
        sums: dict[str, Aggregate] = {f"sum_{column.name}": Sum(F(column.summed)) for column in summed}
        for column in (column for column in summed if column.spec.own):
            sums[f"own_{column.name}"] = Sum(F(column.spec.own))
            sums[f"rows_{column.name}"] = Count("pk", filter=Q(**{f"{column.spec.own}__isnull": True}))
        queryset = self.measured.order_by()
        return list(queryset.values("currency_id" if by_currency else "company_id").annotate(**sums))

    def neighbours(self, obj: Model) -> tuple[Any, Any]:
        """Keys of the records before and after `obj` in this list."""
        return paging.neighbours(self, obj)

    def described(self) -> list[tuple[str, str]]:
        """The filters in words, as (label, value): for chips, exports and saved views."""
        result = [(_("Search"), self.query)] if self.query else []
        if not self.filter_values or self.filterset is None:
            return result
        form = self.filterset.form
        form.is_valid()
        for name in self.filter_values:
            result.append((str(self.filterset.filters[name].label), self.value_in_words(name)))
        return result

    def value_in_words(self, name: str) -> str:
        """The value of one filter as a person would say it."""
        raw = ", ".join(self.filter_values.get(name, []))
        if self.filterset is None or not self.filterset.form.is_valid():
            return raw
        cleaned = self.filterset.form.cleaned_data.get(name)
        field: Any = self.filterset.form.fields.get(name)
        choices = dict(getattr(field, "choices", ())) if not hasattr(field, "queryset") else {}
        if isinstance(cleaned, list | tuple):
            return ", ".join(str(choices.get(item, item)) for item in cleaned)
        if raw in ("me", "none"):
            return _("Me") if raw == "me" else _("None")
        if isinstance(cleaned, Model):
            return str(cleaned)
        return str(choices.get(cleaned, raw)) if choices else raw


@lru_cache(maxsize=512)
def unread_of(model: type[Model], related: tuple[str, ...]) -> tuple[str, ...]:
    """Texts and moments of related rows: a cell shows the row's name, and these cost the most to read."""
    found = []
    for path in related:
        target: Any = model
        for step in path.split("__"):
            target = target._meta.get_field(step).related_model
        heavy = (field for field in target._meta.concrete_fields if isinstance(field, DateTimeField | TextField))
        found += [f"{path}__{field.name}" for field in heavy]
    return tuple(found)


def filter_names(resource: Resource) -> frozenset[str]:
    declared = filters.filter_set(resource)
    return frozenset(declared.base_filters) if declared is not None else frozenset()


def clean_params(resource: Resource, params: QueryDict) -> QueryDict:
    """Only the parameters that mean something to this list; what a saved view stores."""
    unasked = () if resource.search else ("q",)
    allowed = (filter_names(resource) | set(OWN_PARAMETERS)) - set(unasked)
    result = QueryDict(mutable=True)
    for name, values in params.lists():
        kept = [value[:200].replace("\x00", "") for value in values if value != ""]
        if name in allowed and kept:
            result.setlist(name, kept[:50])
    return result
