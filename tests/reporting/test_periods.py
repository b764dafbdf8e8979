"""The days that a preset means."""

import datetime as dt

import pytest

from reporting.periods import Period, period_of, trend_months

DAY = dt.date(2026, 2, 14)


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("month", "2026-02-01", "2026-02-28"),
        ("last_month", "2026-01-01", "2026-01-31"),
        ("quarter", "2026-01-01", "2026-03-31"),
        ("year", "2026-01-01", "2026-12-31"),
        ("12_months", "2025-03-01", "2026-02-28"),
    ],
)
def test_presets(preset: str, first: str, last: str) -> None:
    assert period_of(preset, DAY) == Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


def test_whole_months_come_before_whole_months() -> None:
    quarter = Period(dt.date(2026, 1, 1), dt.date(2026, 3, 31))
    assert quarter.previous == Period(dt.date(2025, 10, 1), dt.date(2025, 12, 31))
    week = Period(dt.date(2026, 2, 8), dt.date(2026, 2, 14))
    assert week.previous == Period(dt.date(2026, 2, 1), dt.date(2026, 2, 7))


def test_a_trend_ends_with_the_running_month() -> None:
    months = trend_months(DAY)
    assert (months[0], months[-1], len(months)) == (dt.date(2025, 3, 1), dt.date(2026, 2, 1), 12)
