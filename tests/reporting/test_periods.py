"""The days that a preset means."""

import datetime as dt
from itertools import pairwise

import pytest

from reporting.periods import Period, period_of

DAY = dt.date(2026, 2, 14)


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("month", "2026-02-01", "2026-02-28"),
        ("last_month", "2026-01-01", "2026-01-31"),
        ("quarter", "2026-01-01", "2026-03-31"),
        ("year", "2026-01-01", "2026-12-31"),
        ("last_year", "2025-01-01", "2025-12-31"),
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


@pytest.mark.parametrize(
    ("first", "last", "count", "names"),
    [
        ("2026-02-01", "2026-02-28", 28, ("1 Feb", "28 Feb")),
        ("2026-01-15", "2026-03-10", 3, ("Jan 26", "Mar 26")),
        ("1996-07-04", "2001-05-06", 20, ("Q3 1996", "Q2 2001")),
        ("2001-06-01", "2026-11-25", 26, ("2001", "2026")),
    ],
)
def test_the_steps_of_a_period_are_the_period(first: str, last: str, count: int, names: tuple[str, str]) -> None:
    period = Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    steps = period.steps
    assert (steps[0].date_from, steps[-1].date_to, len(steps)) == (period.date_from, period.date_to, count)
    assert all(after.date_from == step.date_to + dt.timedelta(days=1) for step, after in pairwise(steps))
    assert (steps[0].name(period.grain), steps[-1].name(period.grain)) == names


def test_all_time_of_a_new_company_is_twelve_months() -> None:
    assert period_of("all", DAY) == period_of("12_months", DAY)
