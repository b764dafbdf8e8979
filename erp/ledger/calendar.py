"""Fiscal years and months as plain dates."""

import datetime as dt


def month_start(day: dt.date) -> dt.date:
    return day.replace(day=1)


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after."""
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


def next_day(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)


def fiscal_year_start(day: dt.date, first_month: int) -> dt.date:
    """The first day of the fiscal year that holds `day`."""
    return dt.date(day.year if day.month >= first_month else day.year - 1, first_month, 1)


def fiscal_year_of(year: int, first_month: int) -> tuple[dt.date, dt.date]:
    """First and last day of the fiscal year that ends in the calendar year `year`."""
    start = dt.date(year if first_month == 1 else year - 1, first_month, 1)
    return start, dt.date(start.year + 1, first_month, 1) - dt.timedelta(days=1)


def quarter_start(day: dt.date, year_start: dt.date) -> dt.date:
    """The first day of the quarter that holds `day`, counted from the first month of the fiscal year."""
    number = day.year * 12 + day.month - 1 - (day.month - year_start.month) % 3
    return dt.date(number // 12, number % 12 + 1, 1)
