"""Taxes as pure values, and their arithmetic.

Every supported tax is linear in the net amount and the quantity, so a set of taxes compiles into a chain of
coefficients from which the way back, from a price that includes taxes to the net, is one closed formula:
``net = (gross − quantity · Σ fixed) / (1 + Σ rates)``.

Rules of the chain:

- Taxes apply in the order of ``sequence``; taxes of the same sequence do not see each other.
- A tax with ``affects_base`` raises the base of every tax of a later sequence, inside its group and after it.
- A group stands at its own sequence; its children are ordered by theirs among themselves.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import groupby

from core.catalog.errors import PricingError
from core.catalog.pricing.rounding import ENGINE_CONTEXT, HUNDRED, ONE, ZERO, require_decimal


class TaxKind(StrEnum):
    """How a tax is computed.

    PERCENT: ``rate`` % of its base. FIXED: ``amount`` per unit of quantity. DIVISION: ``rate`` % of base plus itself,
    that is ``base · rate / (100 − rate)``. GROUP: nothing of its own, stands for its children.
    """

    PERCENT = "percent"
    FIXED = "fixed"
    DIVISION = "division"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSpec:
    """One tax as the engine sees it. ``rate`` is in percent (19 is 19 %), ``amount`` is money per unit.

    ``category_code`` is the EN 16931 tax category (S, Z, E, AE, K, G, O …), empty for a levy that is no VAT: taxes of
    the same category and rate are rounded together. ``account_key`` is opaque and comes back with the totals, as does
    ``name``, which is what people read.

    :raises PricingError: ``tax_rate``, ``tax_children``, ``tax_group_flags``, ``not_decimal``.
    """

    code: str
    kind: TaxKind = TaxKind.PERCENT
    rate: Decimal = ZERO
    amount: Decimal = ZERO
    price_included: bool = False
    affects_base: bool = False
    sequence: int = 0
    category_code: str = ""
    account_key: Hashable = None
    name: str = ""
    children: tuple[TaxSpec, ...] = ()

    def __post_init__(self) -> None:
        require_decimal(self.rate, "rate")
        require_decimal(self.amount, "amount")
        is_group = self.kind is TaxKind.GROUP
        if is_group != bool(self.children):
            raise PricingError(f"{self.code}: a group, and only a group, has taxes in it", code="tax_children")
        if is_group and (self.rate or self.amount or self.price_included or self.affects_base):
            raise PricingError(f"{self.code}: rates and flags belong to the taxes in a group", code="tax_group_flags")
        if self.kind is TaxKind.DIVISION and self.rate >= HUNDRED:
            raise PricingError(f"{self.code}: a share of the gross stays below 100 %", code="tax_rate", field="rate")

    def on(self, base: Decimal, quantity: Decimal) -> Decimal:
        """The unrounded tax on a base; a group has none of its own."""
        if self.kind is TaxKind.PERCENT:
            return (base * self.rate).scaleb(-2)
        if self.kind is TaxKind.FIXED:
            return self.amount * quantity
        return base * self.rate / (HUNDRED - self.rate)


@dataclass(frozen=True, slots=True)
class TaxLink:
    """A single tax in a chain: ``raised_by`` are the positions of the taxes that raise its base.

    Unrounded, its amount is ``net · per_net + quantity · per_unit``.
    """

    tax: TaxSpec
    raised_by: tuple[int, ...]
    per_net: Fraction
    per_unit: Fraction

    def exact(self, net: Decimal, quantity: Decimal) -> Decimal:
        """The unrounded amount of the tax for a net amount."""
        return _times(net, self.per_net) + _times(quantity, self.per_unit)


@dataclass(frozen=True, slots=True)
class TaxChain:
    """The compiled form of the taxes of a line, in the order in which they apply."""

    links: tuple[TaxLink, ...]
    included: tuple[int, ...]
    net_factor: Fraction
    included_per_unit: Fraction

    def net_of(self, amount: Decimal, quantity: Decimal) -> Decimal:
        """The unrounded net of an amount that contains the included taxes."""
        return _times(amount - _times(quantity, self.included_per_unit), self.net_factor)

    def gross_of(self, net: Decimal, quantity: Decimal) -> Decimal:
        """The unrounded net with all its taxes."""
        return sum((link.exact(net, quantity) for link in self.links), net)


@lru_cache(maxsize=2048)
def tax_chain(taxes: tuple[TaxSpec, ...]) -> TaxChain:
    """Compile the taxes of a line.

    :raises PricingError: ``tax_not_invertible`` when included taxes eat the whole price.
    """
    links: list[TaxLink] = []
    _append_links(taxes, (), links)
    included = tuple(index for index, link in enumerate(links) if link.tax.price_included)
    divisor = 1 + sum((links[index].per_net for index in included), Fraction(0))
    if divisor <= 0:
        raise PricingError("The included taxes leave no net price", code="tax_not_invertible", field="taxes")
    per_unit = sum((links[index].per_unit for index in included), Fraction(0))
    return TaxChain(tuple(links), included, 1 / divisor, per_unit)


def including(taxes: Iterable[TaxSpec]) -> tuple[TaxSpec, ...]:
    """The same taxes, all of them inside the price."""
    return tuple(_with_inclusion(tax, included=True) for tax in taxes)


def excluding(taxes: Iterable[TaxSpec]) -> tuple[TaxSpec, ...]:
    """The same taxes, all of them on top of the price."""
    return tuple(_with_inclusion(tax, included=False) for tax in taxes)


def net_from_gross(gross: Decimal, taxes: Sequence[TaxSpec], quantity: Decimal = ONE) -> Decimal:
    """The unrounded net for which ``taxes``, included in the price or not, lead to ``gross``.

    :raises PricingError: ``tax_not_invertible``, ``not_decimal``.
    """
    require_decimal(gross, "gross")
    with localcontext(ENGINE_CONTEXT):
        return tax_chain(including(taxes)).net_of(gross, quantity)


def gross_from_net(net: Decimal, taxes: Sequence[TaxSpec], quantity: Decimal = ONE) -> Decimal:
    """The unrounded net plus all ``taxes``, included in the price or not; inverse of ``net_from_gross``.

    :raises PricingError: ``not_decimal``.
    """
    require_decimal(net, "net")
    with localcontext(ENGINE_CONTEXT):
        return tax_chain(excluding(taxes)).gross_of(net, quantity)


def _append_links(taxes: Iterable[TaxSpec], raised_by: tuple[int, ...], links: list[TaxLink]) -> tuple[int, ...]:
    """Append the single taxes and return the positions of those that raise the base of whatever follows."""
    raising: tuple[int, ...] = ()
    for _, step in groupby(sorted(taxes, key=_sequence), key=_sequence):
        seen = raised_by + raising
        for tax in step:
            if tax.kind is TaxKind.GROUP:
                raising += _append_links(tax.children, seen, links)
                continue
            links.append(_link(tax, seen, links))
            if tax.affects_base:
                raising += (len(links) - 1,)
    return raising


def _link(tax: TaxSpec, raised_by: tuple[int, ...], links: Sequence[TaxLink]) -> TaxLink:
    if tax.kind is TaxKind.FIXED:
        return TaxLink(tax, raised_by, Fraction(0), Fraction(tax.amount))
    rate = Fraction(tax.rate) / 100
    factor = rate if tax.kind is TaxKind.PERCENT else rate / (1 - rate)
    base_per_net = 1 + sum(links[index].per_net for index in raised_by)
    base_per_unit = sum((links[index].per_unit for index in raised_by), Fraction(0))
    return TaxLink(tax, raised_by, factor * base_per_net, factor * base_per_unit)


def _sequence(tax: TaxSpec) -> int:
    return tax.sequence


def _with_inclusion(tax: TaxSpec, *, included: bool) -> TaxSpec:
    if tax.kind is TaxKind.GROUP:
        return replace(tax, children=tuple(_with_inclusion(child, included=included) for child in tax.children))
    return tax if tax.price_included is included else replace(tax, price_included=included)


def _times(value: Decimal, factor: Fraction) -> Decimal:
    # One division at the very end: a result that has a finite expansion comes out exact.
    return value * factor.numerator / factor.denominator
