"""Numbers and days as files write them: what can be read in two ways stays open."""

import datetime as dt
from decimal import Decimal

import pytest

from core.imports.formats import marks_of, orders_of, read_day, read_decimal


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1,234.50", ".", Decimal("1234.50")),
        ("1.234,50", ",", Decimal("1234.50")),
        ("1 234,50", ",", Decimal("1234.50")),
        ("1'234.50", ".", Decimal("1234.50")),
        ("-0,5", ",", Decimal("-0.5")),
        ("$ 12", ".", Decimal(12)),
        ("15%", ".", Decimal(15)),
        ("1,23.4", ".", None),
        ("12.5", ",", None),
        ("1e5", ".", None),
        ("NaN", ".", None),
        ("", ".", None),
    ],
)
def test_a_number_under_a_mark(text, mark, value):
    assert read_decimal(text, mark) == value


@pytest.mark.parametrize(
    ("text", "order", "value"),
    [
        ("2026-12-31", "ymd", dt.date(2026, 12, 31)),
        ("31.12.2026", "dmy", dt.date(2026, 12, 31)),
        ("7/4/1996", "mdy", dt.date(1996, 7, 4)),
        ("20-10-16", "dmy", dt.date(2016, 10, 20)),
        ("01.02.70", "dmy", dt.date(1970, 2, 1)),
        ("2026年3月2日", "ymd", dt.date(2026, 3, 2)),
        ("2026-03-02T10:30:00", "ymd", dt.date(2026, 3, 2)),
        ("31.02.2026", "dmy", None),
        ("31.12.2026", "mdy", None),
        ("soon", "dmy", None),
    ],
)
def test_a_day_in_an_order(text, order, value):
    assert read_day(text, order) == value


def test_a_column_decides_what_one_value_cannot():
    assert marks_of(["1,234", "12.50"]) == {"."}
    assert marks_of(["1,234", "5,678"]) == {".", ","}
    assert marks_of(["1.234,50", "much", "2,00"]) == {","}
    assert marks_of(["much", "more", "1"]) == set()
    assert orders_of(["01/02/2026", "13/02/2026"]) == {"dmy"}
    assert orders_of(["01/02/2026", ""]) == {"dmy", "mdy"}
