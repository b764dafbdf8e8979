"""Payment terms split a total into instalments."""

import datetime as dt
from decimal import Decimal

import pytest

from core.parties.models import PaymentTermLine
from erp.invoicing.errors import PaymentTermError
from erp.invoicing.terms import due_date, instalments

DAY = dt.date(2026, 1, 31)
D = Decimal


def term(*parts: tuple[str, int], end_of_month: bool = False) -> list[PaymentTermLine]:
    return [PaymentTermLine(percent=D(percent), days=days, end_of_month=end_of_month) for percent, days in parts]


def split(total: str, lines: list[PaymentTermLine], minor_units: int = 2) -> list[tuple[int, dt.date, Decimal]]:
    found = instalments(lines, total=D(total), on=DAY, minor_units=minor_units)
    return [(part.number, part.due_date, part.amount) for part in found]


def test_p_02_nothing_to_pay_is_one_instalment_of_today():
    assert split("0", term(("40", 5), ("60", 9))) == [(1, DAY, D(0))]


def test_p_02_shares_that_are_not_whole_are_an_error():
    with pytest.raises(PaymentTermError):
        split("100", term(("40", 0), ("40", 30)))


def test_p_03_the_last_takes_the_remainder():
    thirds = term(("33.3333", 0), ("33.3333", 30), ("33.3334", 60))
    assert [amount for _n, _day, amount in split("100", thirds)] == [D("33.33"), D("33.33"), D("33.34")]
    tenths = term(("30", 0), ("30", 60), ("30", 120), ("10", 180))
    assert [amount for _n, _day, amount in split("100", tenths)] == [D(30), D(30), D(30), D(10)]


def test_instalments_stand_in_the_order_of_their_days():
    parts = split("100", term(("60", 30), ("40", 0)))
    assert parts == [(1, DAY, D(40)), (2, dt.date(2026, 3, 2), D(60))]


def test_parts_of_nothing_are_left_out():
    assert split("0.01", term(("50", 0), ("50", 30))) == [(1, DAY, D("0.01"))]


@pytest.mark.parametrize(("total", "minor_units"), [("101", 0), ("10.01", 2), ("10.001", 3)])
def test_every_currency_adds_up(total, minor_units):
    parts = split(total, term(("33.3333", 0), ("33.3333", 1), ("33.3334", 2)), minor_units)
    assert sum(amount for _n, _day, amount in parts) == D(total)


def test_days_may_count_from_the_end_of_the_month():
    (line,) = term(("100", 10), end_of_month=True)
    assert due_date(line, dt.date(2026, 2, 3)) == dt.date(2026, 3, 10)
