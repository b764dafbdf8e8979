"""What a price list says, as pure values: for whom, for what, from when, from how many, and how the price is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import IntEnum, StrEnum
from typing import TypeAlias

from core.catalog.errors import PricingError
from core.catalog.pricing.rounding import HUNDRED, ONE, ZERO, require_decimal


class PriceBase(StrEnum):
    """What a formula starts from."""

    LIST = "list"
    COST = "cost"


class EndingDirection(StrEnum):
    """To which neighbour a price is moved that has another ending."""

    NEAREST = "nearest"
    UP = "up"
    DOWN = "down"


_DIRECTIONS = {
    EndingDirection.NEAREST: ROUND_HALF_UP,
    EndingDirection.UP: ROUND_CEILING,
    EndingDirection.DOWN: ROUND_FLOOR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceEnding:
    """Prices of the form ``n · step + ending`` with n ≥ 0: step 0.05 for cash steps, step 1 and ending 0.99 for x.99.

    :raises PricingError: ``price_ending``, ``not_decimal``.
    """

    step: Decimal
    ending: Decimal = ZERO
    direction: EndingDirection = EndingDirection.NEAREST

    def __post_init__(self) -> None:
        require_decimal(self.step, "step")
        require_decimal(self.ending, "ending")
        if not ZERO <= self.ending < self.step:
            raise PricingError("The ending is at least zero and below the step", code="price_ending", field="ending")

    def apply(self, price: Decimal, direction: EndingDirection | None = None) -> Decimal:
        """The neighbour of ``price`` with this ending."""
        steps = (price - self.ending) / self.step
        count = steps.to_integral_value(rounding=_DIRECTIONS[direction or self.direction])
        return max(count, ZERO) * self.step + self.ending


@dataclass(frozen=True, slots=True)
class FixedPrice:
    """The price itself, in the currency of its rule."""

    amount: Decimal

    def __post_init__(self) -> None:
        require_decimal(self.amount, "amount")
        if self.amount < 0:
            raise PricingError("A price is not negative", code="price_negative", field="amount")


@dataclass(frozen=True, slots=True)
class ListDiscount:
    """The list price with a discount in percent that the document shows."""

    percent: Decimal

    def __post_init__(self) -> None:
        require_decimal(self.percent, "percent")
        if not ZERO <= self.percent <= HUNDRED:
            raise PricingError("A discount is between 0 and 100 %", code="discount_percent", field="percent")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFormula:
    """``base · (1 + markup_percent / 100)``, moved to an ending, never below the margin.

    The markup may be negative (list less 15 %). ``min_margin_percent`` is of the price: at 20 % a cost of 8 allows no
    price below 10. The margin wins over the ending's direction: the price then goes up to the next ending.

    :raises PricingError: ``price_markup``, ``price_margin``, ``not_decimal``.
    """

    base: PriceBase
    markup_percent: Decimal = ZERO
    ending: PriceEnding | None = None
    min_margin_percent: Decimal | None = None

    def __post_init__(self) -> None:
        require_decimal(self.markup_percent, "markup_percent")
        if self.markup_percent < -HUNDRED:
            raise PricingError("A price is not negative", code="price_markup", field="markup_percent")
        if self.min_margin_percent is not None:
            require_decimal(self.min_margin_percent, "min_margin_percent")
            if not self.min_margin_percent < HUNDRED:
                raise PricingError("A margin is below 100 %", code="price_margin", field="min_margin_percent")


PriceMethod: TypeAlias = FixedPrice | ListDiscount | PriceFormula


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRule:
    """One row of a price list. What is None does not restrict.

    ``valid_from`` and ``valid_to`` are both inside the validity, ``min_quantity`` is in the unit the price is for.
    ``currency`` None means any, which a fixed price must not leave open. A higher ``priority`` overrides the order of
    precedence; leave it 0 to keep it. ``key`` identifies the rule and breaks the last tie (the smaller wins).

    :raises PricingError: ``rule_scope``, ``rule_currency``, ``rule_validity``, ``rule_quantity``, ``not_decimal``.
    """

    key: str
    method: PriceMethod
    item: Hashable = None
    category: Hashable = None
    customer: Hashable = None
    group: Hashable = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    min_quantity: Decimal = ZERO
    currency: str | None = None
    priority: int = 0

    def __post_init__(self) -> None:
        require_decimal(self.min_quantity, "min_quantity")
        if self.min_quantity < 0:
            raise PricingError("A quantity break is not negative", code="rule_quantity", field="min_quantity")
        if self.item is not None and self.category is not None:
            raise PricingError("A rule is for an item or a category", code="rule_scope", field="category")
        if self.customer is not None and self.group is not None:
            raise PricingError("A rule is for a customer or a group", code="rule_scope", field="group")
        if isinstance(self.method, FixedPrice) and self.currency is None:
            raise PricingError("A fixed price has a currency", code="rule_currency", field="currency")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise PricingError("The validity ends before it starts", code="rule_validity", field="valid_to")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPricing:
    """What the price of an item can start from. ``categories`` runs from its own category up to the root;
    ``currency`` is that of list price and cost.
    """

    item: Hashable
    currency: str
    categories: tuple[Hashable, ...] = ()
    list_price: Decimal | None = None
    cost: Decimal | None = None

    def __post_init__(self) -> None:
        for field in ("list_price", "cost"):
            value = getattr(self, field)
            if value is not None:
                require_decimal(value, field)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyPricing:
    """Who asks for the price; ``groups`` from the nearest (a dealer of the region) to the widest (all dealers)."""

    customer: Hashable = None
    groups: tuple[Hashable, ...] = ()


class PriceSource(StrEnum):
    """Where a price comes from."""

    LIST = "list"
    FIXED = "fixed"
    DISCOUNT = "discount"
    FORMULA = "formula"


class Criterion(IntEnum):
    """The order of precedence: the first of these in which two rules differ decides between them."""

    PRIORITY = 0
    PARTY = 1
    ITEM = 2
    QUANTITY_BREAK = 3
    VALIDITY = 4
    KEY = 5


@dataclass(frozen=True, slots=True)
class LostRule:
    """A rule that fits as well, and the criterion by which the chosen one beat it."""

    key: str
    criterion: Criterion


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceReason:
    """Why this price: its source, the rule, the amount it started from, and the rules that lost.

    ``base_price`` is in the currency of the answer. ``raised_to_margin`` says that the minimum margin overrode the
    formula.
    """

    source: PriceSource
    rule: PriceRule | None = None
    base_price: Decimal | None = None
    raised_to_margin: bool = False
    lost: tuple[LostRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedPrice:
    """The answer of a price list: what to put on a line, and the reason."""

    unit_price: Decimal
    discount_percent: Decimal
    currency: str
    reason: PriceReason

    @property
    def net_unit_price(self) -> Decimal:
        """The unrounded unit price after the discount."""
        return self.unit_price * (ONE - self.discount_percent.scaleb(-2))
