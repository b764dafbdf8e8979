"""The one engine that turns lines into net, discount, tax and total. Quotation, order, invoice and credit note use it.

Steps, all of them safe for EN 16931:

1. Every line net (quantity · price − discount) is rounded to the currency; nothing finer ever enters a tax base.
2. Taxes inside the price: the amount entered is kept, net = its inverse, rounded, and the taxes get the difference.
3. A tax that raises the base of others is rounded on its line, since it becomes part of a taxable amount there.
4. Any other tax on top of the price: policy *document* rounds it once a category and rate on the sum of the line bases
   and hands the result back to the lines by largest remainder; policy *line* rounds it on each line.
5. Totals are sums of rounded figures, so they add up exactly and do not depend on the order of the lines.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import TypeAlias

from core.catalog.errors import PricingError
from core.catalog.pricing.documents import AppliedTax, ChargeInput, LineInput, PricedDocument, PricedLine
from core.catalog.pricing.rounding import (
    ENGINE_CONTEXT,
    HUNDRED,
    ONE,
    ZERO,
    RoundingPolicy,
    RoundingScope,
    apportion,
    rounded,
)
from core.catalog.pricing.taxes import TaxChain, TaxSpec, tax_chain
from core.catalog.pricing.totals import sum_up


@dataclass(slots=True)
class _Draft:
    """A line while its taxes are being worked out; ``tax_quantity`` is what a tax per unit counts."""

    key: Hashable
    quantity: Decimal
    unit_price: Decimal
    tax_quantity: Decimal
    chain: TaxChain
    entered: Decimal
    subtotal: Decimal
    net: Decimal
    bases: list[Decimal] = field(default_factory=list)
    amounts: list[Decimal] = field(default_factory=list)


@dataclass(slots=True)
class _Pool:
    """The taxes of one category and rate that are rounded together, and where each of them stands."""

    tax: TaxSpec
    base: Decimal = ZERO
    quantity: Decimal = ZERO
    exact: list[Decimal] = field(default_factory=list)
    places: list[tuple[_Draft, int]] = field(default_factory=list)


_Pools: TypeAlias = dict[tuple[Hashable, ...], _Pool]


def price_document(
    lines: Sequence[LineInput], policy: RoundingPolicy, charges: Sequence[ChargeInput] = ()
) -> PricedDocument:
    """Price a whole document: its lines, and the charges and allowances on the document.

    :raises PricingError: ``discount_exceeds_line``, ``tax_not_invertible``.
    """
    with localcontext(ENGINE_CONTEXT):
        line_drafts = [_draft_line(line, policy) for line in lines]
        charge_drafts = [_draft_charge(charge, policy) for charge in charges]
        pools: _Pools = {}
        for draft in (*line_drafts, *charge_drafts):
            _apply_taxes(draft, policy, pools)
        for pool in pools.values():
            _settle(pool, policy)
        return sum_up([_freeze(draft) for draft in line_drafts], [_freeze(draft) for draft in charge_drafts], policy)


def _draft_line(line: LineInput, policy: RoundingPolicy) -> _Draft:
    price = policy.round_unit_price(line.unit_price)
    full = line.quantity * price
    entered = policy.round_amount(full - full * line.discount_percent / HUNDRED)
    if line.discount_amount:
        if not min(ZERO, entered) <= line.discount_amount <= max(ZERO, entered):
            raise PricingError(
                "The discount is larger than the line", code="discount_exceeds_line", field="discount_amount"
            )
        entered = policy.round_amount(full - full * line.discount_percent / HUNDRED - line.discount_amount)
    return _draft(line.key, (line.quantity, price, line.quantity), line.taxes, (full, entered), policy)


def _draft_charge(charge: ChargeInput, policy: RoundingPolicy) -> _Draft:
    amount = policy.round_amount(charge.amount)
    return _draft(charge.key, (ONE, amount, ZERO), charge.taxes, (amount, amount), policy)


def _draft(
    key: Hashable,
    measures: tuple[Decimal, Decimal, Decimal],
    taxes: tuple[TaxSpec, ...],
    amounts: tuple[Decimal, Decimal],
    policy: RoundingPolicy,
) -> _Draft:
    """``measures`` are quantity, unit price and taxed quantity; ``amounts`` the full and the discounted amount."""
    tax_quantity = measures[2]
    full, entered = amounts
    chain = tax_chain(taxes)
    net = entered
    if chain.included:
        full = chain.net_of(full, tax_quantity)
        net = policy.round_amount(chain.net_of(entered, tax_quantity))
    return _Draft(key, *measures, chain, entered, policy.round_amount(full), net)


def _apply_taxes(draft: _Draft, policy: RoundingPolicy, pools: _Pools) -> None:
    """Work out base and amount of each tax of a line; what the document rounds waits in its pool."""
    inside = _included_amounts(draft, policy) if draft.chain.included else {}
    for position, link in enumerate(draft.chain.links):
        base = draft.net
        for index in link.raised_by:
            base += draft.amounts[index]
        draft.bases.append(base)
        if position in inside:
            draft.amounts.append(inside[position])
            continue
        exact = link.tax.on(base, draft.tax_quantity)
        if policy.scope is RoundingScope.LINE or link.tax.affects_base:
            draft.amounts.append(policy.round_amount(exact))
            continue
        draft.amounts.append(ZERO)
        pool = pools.setdefault(_pool_key(link.tax), _Pool(link.tax))
        pool.base += base
        pool.quantity += draft.tax_quantity
        pool.exact.append(exact)
        pool.places.append((draft, position))


def _included_amounts(draft: _Draft, policy: RoundingPolicy) -> dict[int, Decimal]:
    """Share the difference between the amount entered and its net out to the taxes inside the price."""
    chain = draft.chain
    net = chain.net_of(draft.entered, draft.tax_quantity)
    exact = [chain.links[index].exact(net, draft.tax_quantity) for index in chain.included]
    amounts = apportion(exact, draft.entered - draft.net, policy.quantum)
    return dict(zip(chain.included, amounts, strict=True))


def _pool_key(tax: TaxSpec) -> tuple[Hashable, ...]:
    # A levy without a category is rounded by itself; VAT is rounded by category and rate, whatever its account.
    return (tax.category_code, "" if tax.category_code else tax.code, tax.kind, tax.rate, tax.amount)


def _settle(pool: _Pool, policy: RoundingPolicy) -> None:
    """Round the pooled tax once and hand it back to the lines it came from."""
    total = rounded(pool.tax.on(pool.base, pool.quantity), policy.quantum, policy.rounding)
    amounts = apportion(pool.exact, total, policy.quantum)
    for (draft, position), amount in zip(pool.places, amounts, strict=True):
        draft.amounts[position] = amount


def _freeze(draft: _Draft) -> PricedLine:
    zero = draft.net - draft.net  # with the decimals of the currency
    tax = sum(draft.amounts, zero)
    return PricedLine(
        key=draft.key,
        quantity=draft.quantity,
        unit_price=draft.unit_price,
        subtotal=draft.subtotal,
        discount=draft.subtotal - draft.net,
        net=draft.net,
        taxes=tuple(
            AppliedTax(link.tax, base, amount)
            for link, base, amount in zip(draft.chain.links, draft.bases, draft.amounts, strict=True)
        ),
        tax=tax,
        gross=draft.net + tax,
    )
