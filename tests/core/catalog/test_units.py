"""Units of measure: exact conversion, rounding to the step of the unit, dimensions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.errors import PricingError, UnitMismatchError
from core.catalog.pricing import (
    QuantityRounding,
    Unit,
    UnitBridge,
    convert_quantity,
    convert_unit_price,
    require_countable,
    round_quantity,
    unit_ratio,
)
from tests.core.catalog.samples import D, decimals

PIECE = Unit(code="pc", dimension="count", step=D(1))
DOZEN = Unit(code="doz", dimension="count", numerator=D(12))
THIRD = Unit(code="third", dimension="count", numerator=D(1), denominator=D(3))
GRAM = Unit(code="g", dimension="mass", step=D("1"))
KILOGRAM = Unit(code="kg", dimension="mass", numerator=D(1000), step=D("0.001"))
POUND = Unit(code="lb", dimension="mass", numerator=D("453.59237"), step=D("0.01"))
METRE = Unit(code="m", dimension="length")
BAG = UnitBridge(source=PIECE, target=KILOGRAM, source_quantity=D(1), target_quantity=D(25))


@pytest.mark.parametrize(
    ("quantity", "source", "target", "expected"),
    [
        ("3", DOZEN, PIECE, "36"),
        ("6", PIECE, DOZEN, "0.500000"),
        ("1", PIECE, DOZEN, "0.083333"),
        ("9", THIRD, PIECE, "3"),
        ("1", DOZEN, THIRD, "36.000000"),
        ("2.5", KILOGRAM, GRAM, "2500"),
        ("1", POUND, KILOGRAM, "0.454"),
        ("1", KILOGRAM, POUND, "2.20"),
        ("-0.0005", KILOGRAM, KILOGRAM, "-0.001"),
        ("-0.4", GRAM, GRAM, "0"),
    ],
)
def test_conversion(quantity: str, source: Unit, target: Unit, expected: str) -> None:
    assert str(convert_quantity(D(quantity), source, target)) == expected


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [(QuantityRounding.NEAREST, "0.91"), (QuantityRounding.UP, "0.91"), (QuantityRounding.DOWN, "0.90")],
)
def test_rounding_direction(rounding: QuantityRounding, expected: str) -> None:
    assert str(convert_quantity(D("0.411"), KILOGRAM, POUND, rounding=rounding)) == expected


def test_rounding_to_a_step_that_is_no_power_of_ten() -> None:
    crate = Unit(code="crate", dimension="count", step=D("0.25"))
    assert [str(round_quantity(D(quantity), crate)) for quantity in ("0.374", "0.375", "-0.375", "0")] == [
        "0.25",
        "0.50",
        "-0.50",
        "0.00",
    ]
    assert round_quantity(D("0.26"), crate, QuantityRounding.UP) == D("0.50")
    assert round_quantity(D("-0.26"), crate, QuantityRounding.DOWN) == D("-0.50")


def test_dimensions_do_not_mix() -> None:
    with pytest.raises(UnitMismatchError) as caught:
        convert_quantity(D(1), PIECE, KILOGRAM)
    assert (caught.value.code, caught.value.field) == ("unit_dimension", "unit")
    with pytest.raises(UnitMismatchError):
        convert_quantity(D(1), PIECE, METRE, bridges=[BAG])


def test_an_item_can_bridge_dimensions_both_ways() -> None:
    assert convert_quantity(D(2), DOZEN, GRAM, bridges=[BAG]) == D(600000)
    assert convert_quantity(D(600), KILOGRAM, DOZEN, bridges=[BAG]) == D(2)
    assert unit_ratio(GRAM, PIECE, [BAG]) == Fraction(1, 25000)


def test_unit_price_converts_the_other_way_round() -> None:
    assert convert_unit_price(D("24.00"), DOZEN, PIECE) == D("2")
    assert convert_unit_price(D("1.00"), PIECE, DOZEN, decimals=2) == D("12.00")
    assert convert_unit_price(D("10"), THIRD, DOZEN, decimals=2) == D("360.00")
    assert convert_unit_price(D("1"), KILOGRAM, POUND, decimals=4) == D("0.4536")
    assert convert_unit_price(D("50"), PIECE, KILOGRAM, decimals=2, bridges=[BAG]) == D("2.00")


def test_half_a_piece_is_refused() -> None:
    require_countable(D("2.0"), PIECE)
    require_countable(D("0.25"), METRE)
    with pytest.raises(PricingError) as caught:
        require_countable(D("2.5"), PIECE, "ordered")
    assert (caught.value.code, caught.value.field) == ("quantity_step", "ordered")


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (lambda: Unit(code="u", dimension="d", numerator=D(0)), "unit_factor"),
        (lambda: Unit(code="u", dimension="d", denominator=D(0)), "unit_factor"),
        (lambda: Unit(code="u", dimension="d", denominator=D(-1)), "unit_factor"),
        (lambda: Unit(code="u", dimension="d", step=D(0)), "unit_step"),
        (lambda: Unit(code="u", dimension="d", step=D("0.0000001")), "unit_step"),
        (lambda: Unit(code="u", dimension="d", numerator=1.5), "not_decimal"),  # type: ignore[arg-type]
        (
            lambda: UnitBridge(source=PIECE, target=GRAM, source_quantity=D(1), target_quantity=D(0)),
            "unit_factor",
        ),
        (lambda: convert_quantity(1.0, PIECE, PIECE), "not_decimal"),  # type: ignore[arg-type]
        (lambda: convert_unit_price(D(1), PIECE, PIECE, decimals=9), "decimals_out_of_range"),
    ],
)
def test_units_that_make_no_sense_are_refused(build: Any, code: str) -> None:
    with pytest.raises(PricingError) as caught:
        build()
    assert caught.value.code == code


FACTORS = decimals("0.001", "5000", 3)


@given(decimals("-99999", "99999", 4), FACTORS, FACTORS)
def test_ratio_is_exact_and_conversion_within_half_a_step(quantity: Decimal, one: Decimal, other: Decimal) -> None:
    source = Unit(code="a", dimension="d", numerator=one, denominator=other)
    target = Unit(code="b", dimension="d", numerator=other, step=D("0.001"))
    assert unit_ratio(source, target) * unit_ratio(target, source) == 1
    converted = convert_quantity(quantity, source, target)
    assert abs(Fraction(converted) - Fraction(quantity) * unit_ratio(source, target)) <= Fraction(1, 2000)
    assert convert_quantity(-quantity, source, target) == -converted


@given(st.sampled_from([PIECE, DOZEN, THIRD]), st.integers(-1000, 1000))
def test_same_unit_is_the_identity(unit: Unit, quantity: int) -> None:
    assert convert_quantity(Decimal(quantity), unit, unit) == quantity
