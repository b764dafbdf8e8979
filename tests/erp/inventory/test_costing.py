"""FIFO and moving average in memory: the published figures, and what holds for any history."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.enums import CostingMethod
from erp.inventory.costing import ItemStock, returned_value

CENT = Decimal("0.01")
METHODS = [CostingMethod.FIFO, CostingMethod.AVERAGE]


def stock(method: str) -> ItemStock:
    return ItemStock(method, CENT)


def issue(of: ItemStock, quantity: str) -> Decimal:
    return sum((part.value for part in of.take(Decimal(quantity))), Decimal(0))


def receive(of: ItemStock, quantity: str, unit_cost: str) -> None:
    of.put(Decimal(quantity), of.amount(Decimal(quantity), Decimal(unit_cost)))


def test_fifo_02_oldest_first():
    a = stock(CostingMethod.FIFO)
    receive(a, "10", "10")
    receive(a, "10", "20")
    assert issue(a, "15") == Decimal("200.00")
    assert (a.value, a.quantity) == (Decimal("100.00"), Decimal(5))


def test_fifo_08_return_at_the_issued_cost():
    a = stock(CostingMethod.FIFO)
    receive(a, "10", "10")
    out = issue(a, "10")
    receive(a, "10", "20")
    a.put(Decimal(10), out)
    assert (a.value, a.quantity) == (Decimal("300.00"), Decimal(20))


def test_avco_01_average_of_receipts():
    a = stock(CostingMethod.AVERAGE)
    receive(a, "10", "10")
    receive(a, "10", "20")
    assert a.unit_cost == Decimal(15)
    assert issue(a, "15") == Decimal("225.00")
    assert (a.value, a.quantity) == (Decimal("75.00"), Decimal(5))


def test_avco_06_everything_out_leaves_nothing():
    a = stock(CostingMethod.AVERAGE)
    receive(a, "1000", "0.17")
    receive(a, "800", "0.23")
    assert a.unit_cost == Decimal("0.19666667")
    issue(a, "1800")
    assert a.value == Decimal("0.00")


def test_avco_08_out_and_back():
    a = stock(CostingMethod.AVERAGE)
    receive(a, "1", "13.13")
    receive(a, "1", "12.20")
    out = issue(a, "2")
    assert out == Decimal("25.33")
    a.put(Decimal(2), out)
    assert a.value == Decimal("25.33")


def test_avco_14_average_of_a_third():
    a = stock(CostingMethod.AVERAGE)
    a.put(Decimal(3), Decimal("10.00"))
    assert [issue(a, "1") for _ in range(3)] == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert a.value == 0


def test_avco_14_fifo_of_a_third_keeps_the_cent_apart():
    a = stock(CostingMethod.FIFO)
    a.put(Decimal(3), Decimal("10.00"))
    parts = [a.take(Decimal(1))[0] for _ in range(3)]
    assert [part.value - part.residue for part in parts] == [Decimal("3.33")] * 3
    assert [part.residue for part in parts] == [0, 0, Decimal("0.01")]
    assert (a.value, a.layers) == (0, [])


def test_fifo_of_very_cheap_goods_does_not_run_out_of_value():
    a = stock(CostingMethod.FIFO)
    a.put(Decimal(1000), Decimal("5.00"))
    values = [issue(a, "1") for _ in range(1000)]
    assert sum(values) == Decimal("5.00")
    assert sum(values[:500]) in (Decimal("2.50"), Decimal("2.51"))


def test_a_return_in_parts_never_gives_back_more_than_went_out():
    shares = []
    for back in range(3):
        shares.append(
            returned_value(
                issued=Decimal(3),
                issued_value=Decimal("10.00"),
                back=Decimal(back),
                back_value=sum(shares, Decimal(0)),
                quantity=Decimal(1),
                minor_unit=CENT,
            )
        )
    assert shares == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]


def test_taking_more_than_there_is_is_a_programming_error():
    a = stock(CostingMethod.FIFO)
    receive(a, "1", "1")
    with pytest.raises(ArithmeticError):
        a.take(Decimal(2))


QUANTITIES = st.decimals(Decimal("0.001"), Decimal(500), places=3)
VALUES = st.decimals(Decimal(0), Decimal(5000), places=2)
STEPS = st.lists(st.tuples(st.sampled_from(["in", "out", "back", "all"]), QUANTITIES, VALUES), max_size=40)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=150, deadline=None)
@given(steps=STEPS)
def test_whatever_happens_nothing_is_worth_nothing(method: str, steps: list[tuple[str, Decimal, Decimal]]):
    a = stock(method)
    came, went = Decimal(0), Decimal(0)
    issues: list[tuple[Decimal, Decimal]] = []
    for kind, quantity, value in steps:
        if kind == "in":
            a.put(quantity, value)
            came += value
        elif kind == "back" and issues:
            gone, at = issues.pop()
            a.put(gone, at)
            came += at
        elif a.quantity:
            wanted = a.quantity if kind == "all" else min(quantity, a.quantity)
            out = issue(a, str(wanted))
            issues.append((wanted, out))
            went += out
        assert a.value == came - went
        assert a.value >= 0
        assert a.quantity or a.value == 0
        assert all(layer.quantity > 0 and layer.value >= 0 for layer in a.layers)
        if method == CostingMethod.FIFO:
            assert sum((layer.quantity for layer in a.layers), Decimal(0)) == a.quantity
            assert sum((layer.value for layer in a.layers), Decimal(0)) == a.value
