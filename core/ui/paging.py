"""Pages of a list. Up to 100,000 rows they have numbers and an exact count; beyond, one continues after the last row
seen, as fast on page 1,000 as on page 1, and the count is PostgreSQL's estimate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict

from core.company.postgres.planning import planned_afresh
from core.ui.ordering import decode_cursor, encode_cursor
from core.whole_numbers import whole_number

if TYPE_CHECKING:
    from core.ui.listing import Listing

NUMBERED_LIMIT = 100_000
REMEMBER_FROM = 5_000
REMEMBER_SECONDS = 10
MAX_SIZE = 200


@dataclass(frozen=True)
class Count:
    """How many rows. Above `REMEMBER_FROM` the number is up to ten seconds old."""

    rows: int
    is_estimate: bool


@dataclass(frozen=True)
class Page:
    """One page of records with the addresses of its neighbours, as query parameters."""

    records: list[Any]
    count: int
    count_is_estimate: bool
    size: int
    number: int | None
    next_params: dict[str, str] | None
    previous_params: dict[str, str] | None

    @property
    def pages(self) -> int | None:
        return None if self.number is None else max(1, -(-self.count // self.size))

    @property
    def first(self) -> int | None:
        """Position of the first row shown; unknown beyond the numbered pages."""
        if self.number is None or not self.records:
            return None
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int | None:
        return None if self.first is None else self.first + len(self.records) - 1


def _sql(queryset: QuerySet[Any]) -> tuple[str, tuple[Any, ...]] | None:
    try:
        return queryset.query.sql_with_params()
    except EmptyResultSet:
        return None


def count(queryset: QuerySet[Any]) -> Count:
    """Rows of a queryset: exact up to 100,000, an estimate of the planner beyond."""
    bare = queryset.order_by().values("pk")
    compiled = _sql(bare)
    if compiled is None:
        return Count(0, False)
    key = "count:" + hashlib.sha256(repr(compiled).encode()).hexdigest()
    known = cache.get(key)
    if known is not None:
        return Count(*known)
    found = _counted(bare)
    if found.rows > REMEMBER_FROM:
        cache.set(key, (found.rows, found.is_estimate), REMEMBER_SECONDS)
    return found


def count_of(listing: Listing) -> Count:
    """As `count`, for the rows of a list; the key is what was asked, because compiling it costs more than the cache."""
    key = f"rows:{listing.identity}"
    known = cache.get(key)
    if known is not None:
        return Count(*known)
    compiled = _sql(listing.queryset)
    found = Count(0, False) if compiled is None else _counted(listing.queryset.order_by().values("pk"))
    if found.rows > REMEMBER_FROM:
        cache.set(key, (found.rows, found.is_estimate), REMEMBER_SECONDS)
    return found


def remembered(key: str, make: Callable[[], list[Any]], *, remember: bool) -> list[Any]:
    """What `make` answers; with `remember`, as it was up to ten seconds ago."""
    if not remember:
        return make()
    found: list[Any] | None = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, REMEMBER_SECONDS)
    return found


def _counted(bare: QuerySet[Any]) -> Count:
    rows = bare[: NUMBERED_LIMIT + 1].count()
    if rows <= NUMBERED_LIMIT:
        return Count(rows, False)
    return Count(max(estimate(bare), rows), True)


def estimate(queryset: QuerySet[Any]) -> int:
    """The planner's guess at the number of rows, from its statistics."""
    compiled = _sql(queryset)
    if compiled is None:
        return 0
    sql, params = compiled
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        answer = cursor.fetchone()[0]
    plan = json.loads(answer) if isinstance(answer, str) else answer
    return int(plan[0]["Plan"]["Plan Rows"])


@planned_afresh()
def page(listing: Listing, params: QueryDict, size: int) -> Page:
    """The page named by `cursor` or `page`; anything unreadable means the first."""
    size = max(1, min(size, MAX_SIZE))
    total = count_of(listing)
    if total.is_estimate or params.get("cursor"):
        return keyset_page(listing, str(params.get("cursor", "")), total, size)
    return _numbered_page(listing, str(params.get("page", "")), total, size)


def _numbered_page(listing: Listing, asked: str, total: Count, size: int) -> Page:
    pages = max(1, -(-total.rows // size))
    number = min(whole_number(asked) or 1, pages)
    start = (number - 1) * size
    records: list[Any] = []
    if total.rows:
        ordered = listing.with_relations(listing.order.apply(listing.queryset))
        records = list(ordered[start : start + size])
    following = {"page": str(number + 1)} if number < pages else None
    preceding = {"page": str(number - 1)} if number > 1 else None
    return Page(records, total.rows, False, size, number, following, preceding)


def keyset_page(listing: Listing, cursor: str, total: Count, size: int) -> Page:
    order = listing.order
    start = decode_cursor(order, cursor) if cursor else None
    backwards = start is not None and start[1]
    queryset = listing.queryset
    if start is not None:
        queryset = queryset.filter(order.after(start[0], backwards=backwards))
    related = tuple(dict.fromkeys((*listing.related, *order.related)))
    queryset = listing.with_relations(order.apply(queryset, backwards=backwards))
    records = list((queryset.select_related(*related) if related else queryset)[: size + 1])
    more, records = len(records) > size, records[:size]
    if backwards:
        records.reverse()
    has_next = bool(records) and (more if not backwards else True)
    has_previous = bool(records) and (more if backwards else start is not None)
    following = {"cursor": encode_cursor(order, records[-1], backwards=False)} if has_next else None
    preceding = {"cursor": encode_cursor(order, records[0], backwards=True)} if has_previous else None
    return Page(records, total.rows, total.is_estimate, size, None, following, preceding)


@planned_afresh()
def neighbours(listing: Listing, obj: Any) -> tuple[Any, Any]:
    """Keys before and after a record in the list's order."""
    order, values = listing.order, None
    values = order.values_of(obj)
    found = []
    for backwards in (True, False):
        beyond = listing.queryset.filter(order.after(values, backwards=backwards))
        found.append(order.apply(beyond, backwards=backwards).values_list("pk", flat=True).first())
    return found[0], found[1]
