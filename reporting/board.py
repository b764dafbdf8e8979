"""One dashboard for one person and one period, ready to be drawn, exported or answered by the API."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from core.access.enums import Scope
from core.company.postgres.planning import planned_afresh
from core.ui import formats
from reporting.dashboards import Dashboard
from reporting.metrics.definition import Metric, Reading, Stand, Unit
from reporting.pictures import Chart, TodoList
from reporting.reading import Reader

HUNDRED = Decimal(100)
MINUS = "−"


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with what it was before, its course, whose it is, and the way to its rows."""

    metric: Metric
    reading: Reading
    url: str
    reach: str
    when: str
    currency: str

    @property
    def label(self) -> str:
        return str(self.metric.label)

    @property
    def hint(self) -> str:
        return str(self.metric.hint)

    @property
    def is_empty(self) -> bool:
        """Nothing yet, not now, not before, not in between: then the tile teaches instead of comparing."""
        reading = self.reading
        return not (reading.value or reading.before or any(reading.course))

    @property
    def value(self) -> str:
        return self.shown(self.reading.value)

    @property
    def before(self) -> str:
        return "" if self.reading.before is None else self.shown(self.reading.before)

    @property
    def unit(self) -> str:
        return self.currency if self.metric.unit == Unit.MONEY else ""

    def shown(self, value: Decimal) -> str:
        if self.metric.unit == Unit.PERCENT:
            return formats.percent(value)
        text = formats.number(value) if self.metric.unit == Unit.COUNT else formats.money(value, self.currency)
        return text.replace("-", MINUS)

    @property
    def values(self) -> tuple[Decimal, ...]:
        """For the sparkline."""
        return () if self.is_empty else self.reading.course

    @property
    def change(self) -> str:
        """How the figure differs from the period before: in points for percentages, else in percent of what it
        was. Empty where there is nothing to compare with."""
        value, before = self.reading.value, self.reading.before
        if before is None or (not before and self.metric.unit != Unit.PERCENT) or self.is_empty:
            return ""
        if self.metric.unit == Unit.PERCENT:
            text = _("%(points)s points") % {"points": f"{value - before:+.2f}"}
        else:
            text = f"{(value - before) / abs(before) * HUNDRED:+,.1f} %"
        return text.replace("-", MINUS)

    @property
    def good(self) -> bool | None:
        """Whether the change is one for the better; None where that cannot be said."""
        more, value, before = self.metric.more_is_better, self.reading.value, self.reading.before
        if more is None or before is None or value == before:
            return None
        return (value > before) == more


class Board:
    """A dashboard as one person sees it, or may take it away."""

    def __init__(self, dashboard: Dashboard, reader: Reader) -> None:
        self.dashboard, self.reader = dashboard, reader

    @cached_property
    def tiles(self) -> list[Tile]:
        return [self.tile(metric) for metric in self.dashboard.tiles if self.reader.may(metric)]

    def tile(self, metric: Metric) -> Tile:
        reader = self.reader
        return Tile(
            metric=metric,
            reading=reader.read(metric),
            url=reader.url(metric),
            reach=reach_in_words(metric.reach(reader)),
            when=self._when(metric),
            currency=reader.caller.company.currency_id,
        )

    def _when(self, metric: Metric) -> str:
        """To which time a figure belongs that is not of the whole period."""
        if metric.stand == Stand.NOW:
            return _("now")
        return _("at %(day)s") % {"day": formats.date(self.reader.as_of)} if metric.stand == Stand.DAY else ""

    @cached_property
    def charts(self) -> list[Chart]:
        return _made(self.dashboard.charts, self.reader)

    @cached_property
    def lists(self) -> list[TodoList]:
        return _made(self.dashboard.lists, self.reader)


@planned_afresh()
def _made(makers: tuple[Callable[[Reader], Any], ...], reader: Reader) -> list[Any]:
    """What the person may see of it."""
    return [made for make in makers if (made := make(reader)) is not None]


def reach_in_words(scope: Scope) -> str:
    """Whose rows a figure is made of, where it is not everybody's."""
    return {Scope.OWN: _("Yours only"), Scope.TEAM: _("Your team's")}.get(scope, "")
