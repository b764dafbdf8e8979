"""The time a dashboard is about, the one before it, and the steps of its course."""

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from erp.ledger.calendar import quarter_start

ONE_DAY = dt.timedelta(days=1)
DAYS_BY_DAY, MONTHS_BY_MONTH, MONTHS_BY_QUARTER = 31, 36, 120


class Preset(models.TextChoices):
    """Times that people ask for by name. `CUSTOM` stands for days that somebody chose."""

    MONTH = "month", _("This month")
    LAST_MONTH = "last_month", _("Last month")
    QUARTER = "quarter", _("This quarter")
    YEAR = "year", _("This year")
    LAST_YEAR = "last_year", _("Last year")
    TWELVE_MONTHS = "12_months", _("Last 12 months")
    ALL = "all", _("All time")
    CUSTOM = "custom", _("Chosen days")


OF_THE_YEAR = (Preset.QUARTER, Preset.YEAR, Preset.LAST_YEAR)
"""Times that hang on the fiscal year."""


class Grain(models.TextChoices):
    """How long a step of a course is."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    YEAR = "year", _("year")


MONTHS_OF = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included.

    :ivar is_all: from the first fact of the company to its last one.
    """

    date_from: dt.date
    date_to: dt.date
    is_all: bool = False

    @property
    def previous(self) -> "Period":
        """As many days right before; whole months give way to whole months."""
        before = self.date_from - ONE_DAY
        if self.date_from.day == 1 and (self.date_to + ONE_DAY).day == 1:
            return Period(months_before(before, self.months - 1), before)
        return Period(before - (self.date_to - self.date_from), before)

    @property
    def months(self) -> int:
        """How many calendar months it touches."""
        return (self.date_to.year - self.date_from.year) * 12 + self.date_to.month - self.date_from.month + 1

    @property
    def grain(self) -> Grain:
        """The step by which its course is drawn."""
        if (self.date_to - self.date_from).days < DAYS_BY_DAY:
            return Grain.DAY
        if self.months <= MONTHS_BY_MONTH:
            return Grain.MONTH
        return Grain.QUARTER if self.months <= MONTHS_BY_QUARTER else Grain.YEAR

    @property
    def steps(self) -> list["Period"]:
        """The period cut into days, months, quarters or years. The first and the last may be cut short, so that the
        steps together are the period."""
        found = []
        start = self.date_from
        while start <= self.date_to:
            end = min(step_end(start, self.grain), self.date_to)
            found.append(Period(start, end))
            start = end + ONE_DAY
        return found

    def name(self, grain: Grain) -> str:
        """How a step is called on an axis."""
        if grain == Grain.DAY:
            return date_format(self.date_from, "j M")
        if grain == Grain.MONTH:
            return date_format(self.date_from, "M y")
        if grain == Grain.QUARTER:
            quarter = {"quarter": (self.date_from.month + 2) // 3, "year": self.date_from.year}
            return _t("Q%(quarter)s %(year)s") % quarter
        return str(self.date_from.year)


def step_end(day: dt.date, grain: Grain) -> dt.date:
    """The last day of the day's own step."""
    if grain == Grain.DAY:
        return day
    months = MONTHS_OF[grain]
    first = months_before(day, (day.month - 1) % months)
    return months_before(first, -months) - ONE_DAY


def months_before(day: dt.date, months: int) -> dt.date:
    """The first day of the month that lies `months` before the day's own."""
    number = day.year * 12 + day.month - 1 - months
    return dt.date(number // 12, number % 12 + 1, 1)


def month_end(day: dt.date) -> dt.date:
    return months_before(day, -1) - ONE_DAY


def period_of(preset: str, today: dt.date, year_start: dt.date) -> Period:
    """The days of a preset on that day. The running month, quarter or year is taken whole, so that what is entered
    ahead counts. All time is a matter of the company (`queries.all_time`), chosen days of whoever chose them.

    :param year_start: the first day of the running fiscal year; years and quarters are those of the statements.
    """
    if preset == Preset.LAST_MONTH:
        first = months_before(today, 1)
        return Period(first, month_end(first))
    if preset == Preset.QUARTER:
        first = quarter_start(today, year_start)
        return Period(first, month_end(months_before(first, -2)))
    if preset == Preset.YEAR:
        return Period(year_start, month_end(months_before(year_start, -11)))
    if preset == Preset.LAST_YEAR:
        return Period(months_before(year_start, 12), year_start - ONE_DAY)
    if preset == Preset.MONTH:
        return Period(months_before(today, 0), month_end(today))
    return Period(months_before(today, 11), month_end(today))
