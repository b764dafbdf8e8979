"""The time a dashboard is about, and the one before it."""

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

ONE_DAY = dt.timedelta(days=1)
MONTHS_OF_TREND = 12


class Preset(models.TextChoices):
    """Times that people ask for by name."""

    MONTH = "month", _("This month")
    LAST_MONTH = "last_month", _("Last month")
    QUARTER = "quarter", _("This quarter")
    YEAR = "year", _("This year")
    TWELVE_MONTHS = "12_months", _("Last 12 months")


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included."""

    date_from: dt.date
    date_to: dt.date

    @property
    def previous(self) -> "Period":
        """As many days right before; whole months give way to whole months."""
        before = self.date_from - ONE_DAY
        if self.date_from.day == 1 and (self.date_to + ONE_DAY).day == 1:
            months = (self.date_to.year - self.date_from.year) * 12 + self.date_to.month - self.date_from.month
            return Period(months_before(before, months), before)
        return Period(before - (self.date_to - self.date_from), before)


def months_before(day: dt.date, months: int) -> dt.date:
    """The first day of the month that lies `months` before the day's own."""
    number = day.year * 12 + day.month - 1 - months
    return dt.date(number // 12, number % 12 + 1, 1)


def month_end(day: dt.date) -> dt.date:
    return months_before(day, -1) - ONE_DAY


def period_of(preset: str, today: dt.date) -> Period:
    """The days of a preset on that day. The running month, quarter or year is taken whole, so that what is entered
    ahead counts."""
    if preset == Preset.LAST_MONTH:
        first = months_before(today, 1)
        return Period(first, month_end(first))
    if preset == Preset.QUARTER:
        first = months_before(today, (today.month - 1) % 3)
        return Period(first, month_end(months_before(first, -2)))
    if preset == Preset.YEAR:
        return Period(dt.date(today.year, 1, 1), dt.date(today.year, 12, 31))
    if preset == Preset.TWELVE_MONTHS:
        return Period(months_before(today, MONTHS_OF_TREND - 1), month_end(today))
    return Period(months_before(today, 0), month_end(today))


def trend_months(today: dt.date) -> list[dt.date]:
    """First days of the last twelve months, the running one last."""
    return [months_before(today, number) for number in range(MONTHS_OF_TREND - 1, -1, -1)]
