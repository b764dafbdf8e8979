"""Which price applies, and why.

Order of precedence among the rules that fit, each step deciding only what the one before left open:

1. the higher priority (0 unless somebody sets one to override the rest),
2. the customer before a group (the nearest group first) before everybody,
3. the item before a category (the nearest category first) before every item,
4. the larger quantity break,
5. the newest validity (the later start; no start is the oldest),
6. the smaller key, so that the answer never depends on the order of the rules.

Without a rule the list price applies.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from typing import TypeAlias

from core.catalog.errors import NoPriceError, PricingError
from core.catalog.pricing.price_rules import (
    Criterion,
    EndingDirection,
    FixedPrice,
    ItemPricing,
    ListDiscount,
    LostRule,
    PartyPricing,
    PriceBase,
    PriceFormula,
    PriceReason,
    PriceRule,
    PriceSource,
    ResolvedPrice,
)
from core.catalog.pricing.rounding import (
    ENGINE_CONTEXT,
    HUNDRED,
    MAX_DECIMALS,
    ZERO,
    quantum_of,
    require_decimal,
    rounded,
)

_Match: TypeAlias = tuple[int, int]
_Rank: TypeAlias = tuple[int, _Match, _Match, Decimal, int]

_ANY: _Match = (0, 0)
_EXACT: _Match = (2, 0)


def resolve_price(
    item: ItemPricing,
    party: PartyPricing,
    quantity: Decimal,
    date: dt.date,
    rules: Iterable[PriceRule],
    *,
    currency: str | None = None,
    currency_rate: Decimal | None = None,
    decimals: int = MAX_DECIMALS,
) -> ResolvedPrice:
    """The unit price of ``item`` for ``party`` on ``date``, and the reason.

    ``quantity`` is in the unit the prices are for; a return finds the break of what was sold. ``currency`` is that of
    the document (default: the item's), ``currency_rate`` its units for one unit of the item's currency. A price that
    the engine derives is rounded half-up to ``decimals``.

    :raises NoPriceError: ``no_list_price``, ``no_cost``.
    :raises PricingError: ``currency_rate_missing``, ``not_decimal``, ``decimals_out_of_range``.
    """
    require_decimal(quantity, "quantity")
    quote = _Quote(item, party, quantity, date, currency or item.currency, currency_rate, quantum_of(decimals))
    with localcontext(ENGINE_CONTEXT):
        fitting = [(rank, rule) for rule in rules if (rank := quote.rank(rule)) is not None]
        if not fitting:
            return quote.from_list()
        # Two stable sorts: rank descending, and among equals key ascending.
        fitting.sort(key=lambda entry: entry[1].key)
        fitting.sort(key=lambda entry: entry[0], reverse=True)
        (best, rule), *others = fitting
        return quote.from_rule(rule, tuple(LostRule(lost.key, _decided_by(best, rank)) for rank, lost in others))


@dataclass(frozen=True, slots=True)
class _Quote:
    """One question to a price list, with the currency and the decimals of the answer."""

    item: ItemPricing
    party: PartyPricing
    quantity: Decimal
    date: dt.date
    currency: str
    currency_rate: Decimal | None
    quantum: Decimal

    def rank(self, rule: PriceRule) -> _Rank | None:
        """Where a rule stands in the order of precedence (larger wins), or None when it does not fit."""
        if rule.currency not in (None, self.currency) or rule.min_quantity > abs(self.quantity):
            return None
        if (rule.valid_from and self.date < rule.valid_from) or (rule.valid_to and self.date > rule.valid_to):
            return None
        party_match = _match(rule.customer, self.party.customer, rule.group, self.party.groups)
        item_match = _match(rule.item, self.item.item, rule.category, self.item.categories)
        if party_match is None or item_match is None:
            return None
        start = rule.valid_from.toordinal() if rule.valid_from else 0
        return (rule.priority, party_match, item_match, rule.min_quantity, start)

    def from_list(self) -> ResolvedPrice:
        price = self._rounded(self._base(PriceBase.LIST))
        return self._answer(price, ZERO, PriceReason(source=PriceSource.LIST, base_price=price))

    def from_rule(self, rule: PriceRule, lost: tuple[LostRule, ...]) -> ResolvedPrice:
        method = rule.method
        if isinstance(method, FixedPrice):
            reason = PriceReason(source=PriceSource.FIXED, rule=rule, base_price=method.amount, lost=lost)
            return self._answer(method.amount, ZERO, reason)
        if isinstance(method, ListDiscount):
            price = self._rounded(self._base(PriceBase.LIST))
            reason = PriceReason(source=PriceSource.DISCOUNT, rule=rule, base_price=price, lost=lost)
            return self._answer(price, method.percent, reason)
        base = self._base(method.base)
        price, raised = self._by_formula(method, base)
        reason = PriceReason(source=PriceSource.FORMULA, rule=rule, base_price=base, raised_to_margin=raised, lost=lost)
        return self._answer(price, ZERO, reason)

    def _by_formula(self, formula: PriceFormula, base: Decimal) -> tuple[Decimal, bool]:
        """The price, and whether the minimum margin had to raise it."""
        price = base * (HUNDRED + formula.markup_percent) / HUNDRED
        if formula.ending:
            price = formula.ending.apply(price)
        price = self._rounded(price)
        if formula.min_margin_percent is None:
            return price, False
        floor = self._base(PriceBase.COST) * HUNDRED / (HUNDRED - formula.min_margin_percent)
        if price >= floor:
            return price, False
        if formula.ending:
            floor = formula.ending.apply(floor, EndingDirection.UP)
        return rounded(floor, self.quantum, ROUND_CEILING), True

    def _base(self, base: PriceBase) -> Decimal:
        """List price or cost, unrounded, in the currency of the answer."""
        amount = self.item.list_price if base is PriceBase.LIST else self.item.cost
        if amount is None:
            name = "list price" if base is PriceBase.LIST else "cost"
            raise NoPriceError(
                f"Item {self.item.item!r} has no {name}", code=f"no_{name.replace(' ', '_')}", field="item"
            )
        if self.currency == self.item.currency:
            return amount
        if self.currency_rate is None:
            raise PricingError(
                f"No rate from {self.item.currency} to {self.currency}", code="currency_rate_missing", field="currency"
            )
        return amount * self.currency_rate

    def _rounded(self, price: Decimal) -> Decimal:
        return rounded(price, self.quantum)

    def _answer(self, price: Decimal, discount: Decimal, reason: PriceReason) -> ResolvedPrice:
        return ResolvedPrice(unit_price=price, discount_percent=discount, currency=self.currency, reason=reason)


def _match(one: Hashable, actual: Hashable, several: Hashable, actuals: tuple[Hashable, ...]) -> _Match | None:
    """How closely a rule names what is asked for: itself, a set it belongs to (nearest first), or anything."""
    if one is not None:
        return _EXACT if one == actual else None
    if several is not None:
        return (1, -actuals.index(several)) if several in actuals else None
    return _ANY


def _decided_by(best: _Rank, lost: _Rank) -> Criterion:
    for criterion, (winner, loser) in zip(Criterion, zip(best, lost, strict=True), strict=False):
        if winner != loser:
            return criterion
    return Criterion.KEY
