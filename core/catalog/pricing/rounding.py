"""How amounts are rounded and shared out: the only place of the suite that rounds money.

Every function computes in ``ENGINE_CONTEXT``, whatever decimal context the caller has set: 60 digits hold a product of
two stored numbers exactly, and leave a quotient so precise that the one final rounding is the right one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import (
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from enum import StrEnum

from core.catalog.errors import PricingError

ENGINE_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow])

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)

MAX_MINOR_UNITS = 4  # amounts are stored with four decimals
MAX_DECIMALS = 8  # unit prices and rates are stored with eight
MAX_INTEGER_DIGITS = 16  # what numeric(20,4) leaves before the point

_QUANTA = tuple(ONE.scaleb(-places) for places in range(MAX_DECIMALS + 1))


class RoundingMode(StrEnum):
    """What happens to exactly half a minor unit. Both modes treat +x and −x alike."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


class RoundingScope(StrEnum):
    """Where tax on top of the price is rounded: once a rate group of the document, or on every line."""

    DOCUMENT = "document"
    LINE = "line"


_DECIMAL_ROUNDING = {RoundingMode.HALF_UP: ROUND_HALF_UP, RoundingMode.HALF_EVEN: ROUND_HALF_EVEN}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundingPolicy:
    """The rounding rules of one document: its currency's minor units and the company's choices.

    ``minor_units`` is the number of decimals of the currency (JPY 0, EUR 2, KWD 3). A unit price is rounded to
    ``unit_price_decimals`` before it is multiplied, so that a printed document can be recomputed from what it prints.
    """

    minor_units: int = 2
    scope: RoundingScope = RoundingScope.DOCUMENT
    mode: RoundingMode = RoundingMode.HALF_UP
    unit_price_decimals: int = MAX_DECIMALS

    def __post_init__(self) -> None:
        quantum_of(self.minor_units, maximum=MAX_MINOR_UNITS, field="minor_units")
        quantum_of(self.unit_price_decimals, field="unit_price_decimals")

    @property
    def quantum(self) -> Decimal:
        """The smallest amount of the currency, e.g. 0.01."""
        return _QUANTA[self.minor_units]

    @property
    def rounding(self) -> str:
        """The name of the mode in the ``decimal`` module."""
        return _DECIMAL_ROUNDING[self.mode]

    def round_amount(self, amount: Decimal) -> Decimal:
        """``amount`` in whole minor units of the currency; never a negative zero."""
        return rounded(amount, self.quantum, self.rounding)

    def round_unit_price(self, price: Decimal) -> Decimal:
        """``price`` with the decimals a unit price may have."""
        return rounded(price, _QUANTA[self.unit_price_decimals], self.rounding)


def quantum_of(decimals: int, *, maximum: int = MAX_DECIMALS, field: str = "decimals") -> Decimal:
    """The unit of the last of ``decimals`` decimals.

    :raises PricingError: ``decimals_out_of_range``.
    """
    if not 0 <= decimals <= maximum:
        raise PricingError(f"{field} must be between 0 and {maximum}", code="decimals_out_of_range", field=field)
    return _QUANTA[decimals]


def rounded(value: Decimal, quantum: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """``value`` as a multiple of ``quantum`` (a power of ten); adding zero turns −0.00 into 0.00."""
    return ENGINE_CONTEXT.add(value.quantize(quantum, rounding=rounding, context=ENGINE_CONTEXT), ZERO)


def require_decimal(value: Decimal, field: str) -> None:
    """Refuse what is no finite Decimal of storable size.

    :raises PricingError: ``not_decimal``, ``not_finite``, ``out_of_range``.
    """
    if not isinstance(value, Decimal):
        raise PricingError(f"{field} must be a Decimal, got {type(value).__name__}", code="not_decimal", field=field)
    if not value.is_finite():
        raise PricingError(f"{field} must be a finite number", code="not_finite", field=field)
    if value and value.adjusted() >= MAX_INTEGER_DIGITS:
        raise PricingError(f"{field} is too large to be stored", code="out_of_range", field=field)


def require_rounded(amount: Decimal, quantum: Decimal, field: str = "amount") -> None:
    """Refuse an amount that is finer than the currency: sharing it out would lose the excess silently.

    :raises PricingError: ``not_rounded`` and what ``require_decimal`` raises.
    """
    require_decimal(amount, field)
    if rounded(amount, quantum) != amount:
        raise PricingError(f"{field} {amount} is not a multiple of {quantum}", code="not_rounded", field=field)


def apportion(exact: Sequence[Decimal], total: Decimal, quantum: Decimal) -> list[Decimal]:
    """Round ``exact`` parts so that they add up to ``total``: largest remainder first, then position.

    ``total`` is the rounded sum of the parts (off by half a quantum at most). A part that is exactly zero stays zero.
    A negative total is shared out as the mirror of the positive one, so a credit note mirrors its invoice.
    """
    if len(exact) == 1:
        return [total]
    mirrored = total < 0 or (not total and next((part for part in exact if part), ZERO) < 0)
    positive = [-part for part in exact] if mirrored else exact
    shares = [part.quantize(quantum, rounding=ROUND_FLOOR) for part in positive]
    missing = int((abs(total) - sum(shares)) / quantum)
    by_remainder = sorted(range(len(shares)), key=lambda index: shares[index] - positive[index])
    for index in by_remainder[:missing]:
        shares[index] += quantum
    return [ZERO - share if mirrored else ZERO + share for share in shares]


def allocate(amount: Decimal, weights: Sequence[Decimal], minor_units: int = 2) -> tuple[Decimal, ...]:
    """Share ``amount`` out in proportion to ``weights`` by largest remainder; the parts add up to it exactly.

    Ties go to the earlier weight; a weight of zero receives nothing.

    :raises PricingError: ``no_weights`` (no weight, or they cancel out), ``not_rounded``, ``not_decimal``.
    """
    quantum = quantum_of(minor_units, field="minor_units")
    require_rounded(amount, quantum)
    for weight in weights:
        require_decimal(weight, "weights")
    with localcontext(ENGINE_CONTEXT):
        whole = sum(weights, ZERO)
        if not amount:
            return (rounded(ZERO, quantum),) * len(weights)
        if not whole:
            raise PricingError("The weights add up to zero", code="no_weights", field="weights")
        return tuple(apportion([amount * weight / whole for weight in weights], amount, quantum))


def split_instalments(
    amount: Decimal,
    shares: Sequence[Decimal],
    minor_units: int = 2,
    mode: RoundingMode = RoundingMode.HALF_UP,
) -> tuple[Decimal, ...]:
    """Split ``amount`` into instalments by ``shares`` (50/50, 1/1/1 …); the last takes the remainder.

    An instalment is never larger than what is left, so the last one never turns against the others (0.05 by ten is
    five times 0.01 and then nothing).

    :raises PricingError: ``no_weights``, ``negative_share``, ``not_rounded``, ``not_decimal``.
    """
    quantum = quantum_of(minor_units, field="minor_units")
    require_rounded(amount, quantum)
    for share in shares:
        require_decimal(share, "shares")
        if share < 0:
            raise PricingError("A share of an instalment plan is negative", code="negative_share", field="shares")
    with localcontext(ENGINE_CONTEXT):
        whole = sum(shares, ZERO)
        if not whole:
            raise PricingError("The shares add up to zero", code="no_weights", field="shares")
        left = rounded(amount, quantum)
        parts = []
        for share in shares[:-1]:
            part = rounded(amount * share / whole, quantum, _DECIMAL_ROUNDING[mode])
            part = min(part, left) if amount >= 0 else max(part, left)
            parts.append(part)
            left -= part
        return (*parts, left)
