"""Moments come back as they were written, whatever the time zone of the connection."""

import datetime as dt

import pytest
from django.db import DataError, connection

pytestmark = pytest.mark.django_db


def read(text: str) -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("written", "micros"),
    [("2026-03-29 00:59:59.999999+00", 999999), ("1996-07-01 12:00:00.5+00", 500000), ("0001-01-01 00:00:00+00", 0)],
)
def test_a_moment_keeps_its_microseconds(written: str, micros: int) -> None:
    found = read(written)
    assert (found, found.microsecond) == (dt.datetime.fromisoformat(written), micros)
    assert found.tzinfo is dt.UTC


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/St_Johns", "Europe/Amsterdam"])
def test_it_is_told_in_utc(zone: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [zone])
    for moment in (dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC), dt.datetime(1936, 7, 1, 23, 30, tzinfo=dt.UTC)):
        found = read(moment.isoformat())
        assert (found, found.tzinfo, found.hour) == (moment, dt.UTC, 23)


@pytest.mark.parametrize("word", ["infinity", "-infinity", "10001-01-01 00:00+00", "0044-03-15 00:00+00 BC"])
def test_what_python_cannot_hold_is_refused(word: str) -> None:
    with pytest.raises(DataError):
        read(word)
