"""What goes into the pricing engine and what comes out: frozen values without behaviour of their own."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from decimal import Decimal

from core.catalog.errors import PricingError
from core.catalog.pricing.rounding import HUNDRED, ZERO, RoundingPolicy, require_decimal
from core.catalog.pricing.taxes import TaxKind, TaxSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInput:
    """One line to price. The discount is first ``discount_percent``, then ``discount_amount`` off the whole line.

    Price and discount contain the taxes that are flagged as included. A return has a negative quantity and a negative
    discount amount. ``key`` is the caller's own and comes back on the priced line.

    :raises PricingError: ``not_decimal``, ``not_finite``, ``out_of_range``, ``discount_percent``,
        ``discount_exceeds_line``.
    """

    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    taxes: tuple[TaxSpec, ...] = ()
    key: Hashable = None

    def __post_init__(self) -> None:
        require_decimal(self.quantity, "quantity")
        require_decimal(self.unit_price, "unit_price")
        if self.discount_percent:
            require_decimal(self.discount_percent, "discount_percent")
            if not ZERO < self.discount_percent <= HUNDRED:
                raise PricingError(
                    "A discount is between 0 and 100 %", code="discount_percent", field="discount_percent"
                )
        if self.discount_amount:
            require_decimal(self.discount_amount, "discount_amount")

    def negated(self) -> LineInput:
        """The line of a document that undoes this one."""
        return replace(self, quantity=-self.quantity, discount_amount=-self.discount_amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeInput:
    """A charge (positive) or an allowance (negative) on the whole document, e.g. freight or a discount on the total.

    It belongs to a tax category by its ``taxes``; a tax per unit takes nothing from it, since it has no units.
    """

    amount: Decimal
    taxes: tuple[TaxSpec, ...] = ()
    key: Hashable = None

    def __post_init__(self) -> None:
        require_decimal(self.amount, "amount")

    def negated(self) -> ChargeInput:
        """The charge of a document that undoes this one."""
        return replace(self, amount=-self.amount)


@dataclass(frozen=True, slots=True)
class AppliedTax:
    """One tax on one line, both figures in whole minor units."""

    tax: TaxSpec
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A priced line or charge. ``subtotal − discount = net`` and ``net + tax = gross``, all in whole minor units.

    ``subtotal``, ``discount`` and ``net`` are without tax, also when the unit price includes it.
    """

    key: Hashable
    quantity: Decimal
    unit_price: Decimal
    subtotal: Decimal
    discount: Decimal
    net: Decimal
    taxes: tuple[AppliedTax, ...]
    tax: Decimal
    gross: Decimal

    @property
    def entered(self) -> Decimal:
        """The line in the terms of its price: the net plus the taxes that the price includes."""
        return self.net + sum((applied.amount for applied in self.taxes if applied.tax.price_included), ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxTotal:
    """One tax over the whole document: what a tax posting needs."""

    code: str
    kind: TaxKind
    rate: Decimal
    unit_amount: Decimal
    category_code: str
    account_key: Hashable
    base: Decimal
    amount: Decimal
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTotal:
    """One category and rate over the whole document: the tax breakdown of EN 16931 (BG-23).

    ``computed`` is the rate on the rounded basis (BR-CO-17). It differs from ``amount`` only where prices include tax
    and the amount the customer pays is kept, or where the policy rounds per line.
    """

    category_code: str
    kind: TaxKind
    rate: Decimal
    base: Decimal
    amount: Decimal
    computed: Decimal

    @property
    def difference(self) -> Decimal:
        """The cents between the tax charged and the rate on the basis: the answer to "why this cent?"."""
        return self.amount - self.computed


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The totals of a document, named as EN 16931 numbers them.

    ``lines_net`` BT-106, ``allowances`` BT-107, ``charges`` BT-108, ``net`` BT-109, ``tax`` BT-110, ``total`` BT-112.
    ``discount`` is the sum of the line discounts, already taken off ``lines_net``.
    """

    lines_net: Decimal
    discount: Decimal
    allowances: Decimal
    charges: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal

    def amount_due(self, *, prepaid: Decimal = ZERO, rounding: Decimal = ZERO) -> Decimal:
        """What is left to pay (BT-115): total − prepaid (BT-113) + cash rounding (BT-114)."""
        return self.total - prepaid + rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedDocument:
    """A priced document: its lines and charges in the order given, its taxes in the order of their sequence."""

    lines: tuple[PricedLine, ...]
    charges: tuple[PricedLine, ...]
    taxes: tuple[TaxTotal, ...]
    rates: tuple[RateTotal, ...]
    totals: Totals
    policy: RoundingPolicy
