"""Rounding policy, largest-remainder allocation, instalments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.catalog.errors import PricingError
from core.catalog.pricing import RoundingMode, RoundingPolicy, allocate, apportion, split_instalments
from tests.core.catalog.samples import D, decimals

MINOR_UNITS = st.sampled_from([0, 2, 3])


def refusal(call: Any, *args: Any, **options: Any) -> tuple[str, str]:
    with pytest.raises(PricingError) as caught:
        call(*args, **options)
    return caught.value.code, caught.value.field


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (RoundingMode.HALF_UP, ["1.01", "1.02", "-1.01", "1.00", "0.00"]),
        (RoundingMode.HALF_EVEN, ["1.00", "1.02", "-1.00", "1.00", "0.00"]),
    ],
)
def test_modes_differ_at_exactly_half(mode: RoundingMode, expected: list[str]) -> None:
    policy = RoundingPolicy(mode=mode)
    amounts = ["1.005", "1.015", "-1.005", "1.0049999", "-0.004"]
    assert [str(policy.round_amount(D(amount))) for amount in amounts] == expected


@pytest.mark.parametrize(("minor_units", "expected"), [(0, "1235"), (2, "1234.57"), (3, "1234.568"), (4, "1234.5679")])
def test_minor_units(minor_units: int, expected: str) -> None:
    assert str(RoundingPolicy(minor_units=minor_units).round_amount(D("1234.56789"))) == expected


def test_unit_price_keeps_its_own_decimals() -> None:
    assert RoundingPolicy(unit_price_decimals=4).round_unit_price(D("0.00345")) == D("0.0035")


def test_policy_refuses_decimals_it_cannot_store() -> None:
    assert refusal(RoundingPolicy, minor_units=5) == ("decimals_out_of_range", "minor_units")
    assert refusal(RoundingPolicy, minor_units=-1) == ("decimals_out_of_range", "minor_units")
    assert refusal(RoundingPolicy, unit_price_decimals=9) == ("decimals_out_of_range", "unit_price_decimals")


@pytest.mark.parametrize(
    ("amount", "weights", "expected"),
    [
        ("0.04", ["1"] * 7, ["0.01"] * 4 + ["0.00"] * 3),
        ("80", ["120", "200", "0"], ["30", "50", "0"]),
        ("100", ["1", "1", "1"], ["33.34", "33.33", "33.33"]),
        ("-100", ["1", "1", "1"], ["-33.34", "-33.33", "-33.33"]),
        ("10", ["3", "-1"], ["15", "-5"]),
        ("7", ["5"], ["7"]),
        ("0", ["0", "0"], ["0", "0"]),
        ("0", [], []),
    ],
)
def test_allocation_by_largest_remainder(amount: str, weights: list[str], expected: list[str]) -> None:
    assert allocate(D(amount), [D(weight) for weight in weights]) == tuple(D(part) for part in expected)


def test_allocation_in_a_currency_without_decimals() -> None:
    assert allocate(D("10"), [D(1), D(1), D(1)], 0) == (D(4), D(3), D(3))


def test_parts_that_cancel_out_are_mirrored_too() -> None:
    parts = [D("0.005"), D("-0.005")]
    assert apportion(parts, D("0.00"), D("0.01")) == [D("0.01"), D("-0.01")]
    assert apportion([-part for part in parts], D("0.00"), D("0.01")) == [D("-0.01"), D("0.01")]


def test_allocation_refuses() -> None:
    assert refusal(allocate, D(1), []) == ("no_weights", "weights")
    assert refusal(allocate, D(1), [D(1), D(-1)]) == ("no_weights", "weights")
    assert refusal(allocate, D("0.005"), [D(1)]) == ("not_rounded", "amount")
    assert refusal(allocate, D(1), [1]) == ("not_decimal", "weights")
    assert refusal(allocate, 1.0, [D(1)]) == ("not_decimal", "amount")
    assert refusal(allocate, D("NaN"), [D(1)]) == ("not_finite", "amount")
    assert refusal(allocate, D("1E16"), [D(1)]) == ("out_of_range", "amount")


@given(st.data(), MINOR_UNITS, st.lists(decimals("0", "1000", 6), min_size=1, max_size=12))
def test_allocation_is_exact_fair_and_symmetric(data: st.DataObject, places: int, weights: list[Decimal]) -> None:
    whole = sum(weights)
    assume(whole)
    amount = data.draw(decimals("-5000", "5000", places))
    parts = allocate(amount, weights, places)
    unit = D(1).scaleb(-places)
    assert sum(parts) == amount
    assert allocate(-amount, weights, places) == tuple(-part for part in parts)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / whole) < unit
        assert part == 0 or weight != 0
        assert part * amount >= 0


@pytest.mark.parametrize(
    ("amount", "shares", "expected"),
    [
        ("100", ["1", "1", "1"], ["33.33", "33.33", "33.34"]),
        ("42.06", ["50", "50"], ["21.03", "21.03"]),
        ("-100", ["1", "1", "1"], ["-33.33", "-33.33", "-33.34"]),
        ("0.05", ["1"] * 10, ["0.01"] * 5 + ["0.00"] * 5),
        ("-0.05", ["1"] * 10, ["-0.01"] * 5 + ["0.00"] * 5),
        ("0", ["1", "1"], ["0", "0"]),
        ("150", ["1"] * 12, ["12.50"] * 12),
        ("9.99", ["1"], ["9.99"]),
    ],
)
def test_last_instalment_takes_the_remainder(amount: str, shares: list[str], expected: list[str]) -> None:
    assert split_instalments(D(amount), [D(share) for share in shares]) == tuple(D(part) for part in expected)


def test_instalments_follow_the_rounding_mode() -> None:
    halves = [D(1), D(1)]
    assert split_instalments(D("0.05"), halves) == (D("0.03"), D("0.02"))
    assert split_instalments(D("0.05"), halves, mode=RoundingMode.HALF_EVEN) == (D("0.02"), D("0.03"))


def test_instalments_refuse() -> None:
    assert refusal(split_instalments, D(1), []) == ("no_weights", "shares")
    assert refusal(split_instalments, D(1), [D(0)]) == ("no_weights", "shares")
    assert refusal(split_instalments, D(1), [D(2), D(-1)]) == ("negative_share", "shares")
    assert refusal(split_instalments, D("0.001"), [D(1)]) == ("not_rounded", "amount")


@given(st.data(), MINOR_UNITS, st.lists(decimals("0", "100", 2), min_size=1, max_size=24))
def test_instalments_add_up_and_share_a_sign(data: st.DataObject, places: int, shares: list[Decimal]) -> None:
    assume(any(shares))
    amount = data.draw(decimals("-5000", "5000", places))
    parts = split_instalments(amount, shares, places)
    assert len(parts) == len(shares)
    assert sum(parts) == amount
    assert all(part * amount >= 0 for part in parts)
    assert split_instalments(-amount, shares, places) == tuple(-part for part in parts)
