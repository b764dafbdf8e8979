"""One definition a number: what it is called, which rows it is made of, how they add up.

A metric names a Resource and the filters of its list. The figure is computed over that very list, as the caller sees
it, so opening the figure shows exactly the rows that add up to it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Aggregate, QuerySet
from django.db.models.functions import TruncMonth
from django.http import QueryDict
from django.utils.functional import Promise

from core.ui import registry
from core.ui.listing import Listing
from core.ui.nav import may_as
from core.ui.resource import Caller, Resource
from reporting.periods import Period, month_end, trend_months

ZERO = Decimal(0)


class Unit(models.TextChoices):
    """What a figure counts."""

    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure over the rows of a Resource's list.

    :ivar filters: parameters of the list that every row of the figure meets.
    :ivar date: the list's date filter without `_from` and `_to`; empty for a figure that stands as it is today.
    :ivar column: the column that places a row in a month, for the trend; empty for none.
    :ivar aggregates: what is added up over the rows, by name.
    :ivar value: the figure from what was added up.
    :ivar more_is_better: None when neither direction is good by itself.
    """

    key: str
    label: str | Promise
    slug: str
    aggregates: Mapping[str, Aggregate]
    value: Callable[[Mapping[str, Any]], Decimal]
    unit: Unit = Unit.MONEY
    filters: Mapping[str, str] | None = None
    date: str = ""
    until_only: bool = False
    column: str = ""
    more_is_better: bool | None = True

    @property
    def resource(self) -> Resource:
        return registry.get(self.slug)

    def parameters(self, period: Period, **more: str) -> QueryDict:
        """The list's parameters for these days."""
        query = QueryDict(mutable=True)
        query.update({**(self.filters or {}), **more})
        if self.date and not self.until_only:
            query[f"{self.date}_from"] = period.date_from.isoformat()
        if self.date:
            query[f"{self.date}_to"] = period.date_to.isoformat()
        return query

    def rows(self, caller: Caller, period: Period, **more: str) -> QuerySet[Any]:
        """The rows behind the figure, as far as the caller may see them."""
        return Listing(self.resource, caller, self.parameters(period, **more)).queryset

    def url(self, period: Period, **more: str) -> str:
        """The list that shows them. The view named in it is none, so a default view adds no filter."""
        return f"{self.resource.url('list')}?{self.parameters(period, **more).urlencode()}"

    def figure(self, caller: Caller, period: Period) -> Decimal:
        """The figure of these days."""
        return self.value(self.rows(caller, period).order_by().aggregate(**self.aggregates))

    def by_month(self, caller: Caller, today: dt.date) -> dict[dt.date, Decimal]:
        """The figure of each of the last twelve months, by one statement."""
        months = trend_months(today)
        rows = self.rows(caller, Period(months[0], month_end(months[-1]))).order_by()
        found = rows.annotate(month=TruncMonth(self.column)).values("month").annotate(**self.aggregates)
        figures = {_day(row["month"]): self.value(row) for row in found}
        return {month: figures.get(month, ZERO) for month in months}

    def is_for(self, caller: Caller, roles: frozenset[Any]) -> bool:
        """Whether the caller may see rows of it at all."""
        return may_as(roles, "view", self.resource.model)


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def total(found: Mapping[str, Any]) -> Decimal:
    """For metrics with one sum named `total`."""
    return Decimal(found["total"] or 0)
