"""Units of measure: exact conversion as fractions, rounded once to what the target unit can count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from fractions import Fraction

from core.catalog.errors import PricingError, UnitMismatchError
from core.catalog.pricing.rounding import ENGINE_CONTEXT, MAX_DECIMALS, ONE, ZERO, quantum_of, require_decimal, rounded

QUANTITY_DECIMALS = 6  # quantities are stored with six decimals
FINEST_STEP = ONE.scaleb(-QUANTITY_DECIMALS)


class QuantityRounding(StrEnum):
    """Where a converted quantity goes that its unit cannot count: NEAREST (half away from zero), UP (enough to cover
    the need; towards +∞) or DOWN (no more than there is; towards −∞).
    """

    NEAREST = "nearest"
    UP = "up"
    DOWN = "down"


_TO_INTEGER = {
    QuantityRounding.NEAREST: ROUND_HALF_UP,
    QuantityRounding.UP: ROUND_CEILING,
    QuantityRounding.DOWN: ROUND_FLOOR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit of one dimension (count, mass, length, time …).

    One unit is ``numerator / denominator`` reference units of its dimension, so a third of a dozen is as exact as a
    gram. ``step`` is the smallest quantity it counts: 1 for pieces, 0.001 for kilograms.

    :raises PricingError: ``unit_factor``, ``unit_step``, ``not_decimal``.
    """

    code: str
    dimension: str
    numerator: Decimal = ONE
    denominator: Decimal = ONE
    step: Decimal = FINEST_STEP

    def __post_init__(self) -> None:
        for field in ("numerator", "denominator", "step"):
            require_decimal(getattr(self, field), field)
        if self.numerator <= 0 or self.denominator <= 0:
            raise PricingError(f"{self.code}: a unit is a positive part of its reference", code="unit_factor")
        if self.step <= 0 or rounded(self.step, FINEST_STEP) != self.step:
            raise PricingError(
                f"{self.code}: the step is positive and has at most {QUANTITY_DECIMALS} decimals",
                code="unit_step",
                field="step",
            )

    @property
    def factor(self) -> Fraction:
        """Reference units in one unit."""
        return Fraction(self.numerator) / Fraction(self.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitBridge:
    """What an item itself says about two dimensions: ``source_quantity`` of one unit is ``target_quantity`` of the
    other (a bag of cement: 1 piece is 25 kg). It serves in both directions.

    :raises PricingError: ``unit_factor``, ``not_decimal``.
    """

    source: Unit
    target: Unit
    source_quantity: Decimal
    target_quantity: Decimal

    def __post_init__(self) -> None:
        for field in ("source_quantity", "target_quantity"):
            require_decimal(getattr(self, field), field)
            if getattr(self, field) <= 0:
                raise PricingError("A bridge joins positive quantities", code="unit_factor", field=field)

    def rate(self, source: str, target: str) -> Fraction | None:
        """Reference units of dimension ``target`` for one of ``source``, or None when it joins other dimensions."""
        rate = Fraction(self.target_quantity) * self.target.factor
        rate /= Fraction(self.source_quantity) * self.source.factor
        if (source, target) == (self.source.dimension, self.target.dimension):
            return rate
        if (target, source) == (self.source.dimension, self.target.dimension):
            return 1 / rate
        return None


def unit_ratio(source: Unit, target: Unit, bridges: Sequence[UnitBridge] = ()) -> Fraction:
    """How many ``target`` units one ``source`` unit is, exactly.

    :raises UnitMismatchError: ``unit_dimension`` when the dimensions differ and no bridge joins them.
    """
    if source.dimension == target.dimension:
        return source.factor / target.factor
    for bridge in bridges:
        rate = bridge.rate(source.dimension, target.dimension)
        if rate is not None:
            return source.factor * rate / target.factor
    raise UnitMismatchError(
        f"{source.code} ({source.dimension}) cannot be converted to {target.code} ({target.dimension})",
        code="unit_dimension",
        field="unit",
    )


def convert_quantity(
    quantity: Decimal,
    source: Unit,
    target: Unit,
    *,
    rounding: QuantityRounding = QuantityRounding.NEAREST,
    bridges: Sequence[UnitBridge] = (),
) -> Decimal:
    """``quantity`` of ``source`` in ``target`` units, as a multiple of the target's step.

    :raises UnitMismatchError: ``unit_dimension``.
    :raises PricingError: ``not_decimal``, ``not_finite``, ``out_of_range``.
    """
    require_decimal(quantity, "quantity")
    return _to_step(Fraction(quantity) * unit_ratio(source, target, bridges), target, rounding)


def round_quantity(quantity: Decimal, unit: Unit, rounding: QuantityRounding = QuantityRounding.NEAREST) -> Decimal:
    """``quantity`` as a multiple of the unit's step.

    :raises PricingError: ``not_decimal``, ``not_finite``, ``out_of_range``.
    """
    require_decimal(quantity, "quantity")
    return _to_step(Fraction(quantity), unit, rounding)


def require_countable(quantity: Decimal, unit: Unit, field: str = "quantity") -> None:
    """Refuse a quantity that the unit cannot count, such as half a piece.

    :raises PricingError: ``quantity_step``, ``not_decimal``, ``not_finite``, ``out_of_range``.
    """
    require_decimal(quantity, field)
    if Fraction(quantity) % Fraction(unit.step):
        raise PricingError(
            f"{quantity} {unit.code} is not a multiple of {unit.step}", code="quantity_step", field=field
        )


def convert_unit_price(
    price: Decimal,
    source: Unit,
    target: Unit,
    *,
    decimals: int = MAX_DECIMALS,
    bridges: Sequence[UnitBridge] = (),
) -> Decimal:
    """A price for one ``source`` unit as the price of one ``target`` unit, rounded half-up to ``decimals``.

    :raises UnitMismatchError: ``unit_dimension``.
    :raises PricingError: ``not_decimal``, ``decimals_out_of_range``.
    """
    require_decimal(price, "price")
    return _as_decimal(Fraction(price) / unit_ratio(source, target, bridges), quantum_of(decimals), ROUND_HALF_UP)


def _to_step(exact: Fraction, unit: Unit, rounding: QuantityRounding) -> Decimal:
    return _as_decimal(exact, unit.step, _TO_INTEGER[rounding])


def _as_decimal(exact: Fraction, step: Decimal, rounding: str) -> Decimal:
    with localcontext(ENGINE_CONTEXT):
        steps = exact / Fraction(step)
        count = Decimal(steps.numerator) / Decimal(steps.denominator)
        return count.quantize(ONE, rounding=rounding) * step + ZERO
