"""Metrics over the rows of a list, by one statement for the figure, the one before and its whole course."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, DateField, DateTimeField, F, Func, IntegerField, QuerySet, Value
from django.utils import timezone

from core.ui.listing import Listing
from reporting.metrics.definition import Metric, Reading, Stand, Unit
from reporting.periods import Period

if TYPE_CHECKING:
    from reporting.reading import Reader

Found = Mapping[str, Any]


def total(found: Found) -> Decimal:
    """For metrics with one sum or count named `total`."""
    return Decimal(found.get("total") or 0)


@dataclass(frozen=True, kw_only=True)
class ListMetric(Metric):
    """A figure over the very rows that its list shows.

    :ivar column: the column that the list's date filter looks at.
    :ivar of_moment: whether that column holds moments; their days are the reader's.
    :ivar aggregates: sums and counts over the rows, by name; they add up over steps.
    :ivar value: the figure from what was added up.
    """

    aggregates: Mapping[str, Aggregate]
    value: Callable[[Found], Decimal] = total
    column: str = ""
    of_moment: bool = False

    def rows(self, reader: "Reader", period: Period) -> QuerySet[Any]:
        """The rows behind the figure, as far as the reader may see them."""
        listing = Listing(self.resource, reader.caller, self.parameters(period), verb=reader.verb)
        return listing.measured.order_by()

    def read(self, reader: "Reader") -> Reading:
        period = reader.period
        if self.stand == Stand.NOW:
            return Reading(self.value(self.rows(reader, period).aggregate(**self.aggregates)))
        steps = period.steps
        whole = Period(period.previous.date_from, period.date_to)
        places = self.rows(reader, whole).annotate(place=self._place(period, steps)).values("place")
        found = {row.pop("place"): row for row in places.annotate(**self.aggregates)}
        course = tuple(self.value(found.get(number, {})) for number in range(1, len(steps) + 1))
        in_period = [found[number] for number in range(1, len(steps) + 1) if number in found]
        return Reading(self.value(_added(in_period)), self._before(found.get(0), period), course)

    def _before(self, found: dict[str, Any] | None, period: Period) -> Decimal | None:
        """The figure of the period before; there is no share of nothing, and nothing before the beginning."""
        if period.is_all or (found is None and self.unit == Unit.PERCENT):
            return None
        return self.value(found or {})

    def _place(self, period: Period, steps: list[Period]) -> Func:
        """The number of the step that a row lies in, from 1; 0 is the period before."""
        days = [step.date_from for step in steps]
        field: Any = DateTimeField() if self.of_moment else DateField()
        starts = [_midnight(day) for day in days] if self.of_moment else days
        array = Value(starts, output_field=ArrayField(field))
        return Func(F(self.column), array, function="width_bucket", output_field=IntegerField())


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _added(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Sums and counts of several steps as those of one."""
    names = {name for row in rows for name in row}
    return {name: sum(row[name] or 0 for row in rows) for name in names}
