"""Sums of priced lines: taxes, rates and totals.

Nothing is recomputed here, so lines read back from the database add up to exactly what was stored.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal, localcontext

from core.catalog.pricing.documents import AppliedTax, PricedDocument, PricedLine, RateTotal, TaxTotal, Totals
from core.catalog.pricing.rounding import ENGINE_CONTEXT, ZERO, RoundingPolicy
from core.catalog.pricing.taxes import TaxKind, TaxSpec


def sum_up(lines: Sequence[PricedLine], charges: Sequence[PricedLine], policy: RoundingPolicy) -> PricedDocument:
    """Put priced lines and charges together as a document.

    Taxes come in the order of sequence, code and rate; rates in the order of category, kind and rate.
    """
    with localcontext(ENGINE_CONTEXT):
        applied = [tax for line in (*lines, *charges) for tax in line.taxes]
        return PricedDocument(
            lines=tuple(lines),
            charges=tuple(charges),
            taxes=_tax_totals(applied),
            rates=_rate_totals(applied, policy),
            totals=_totals(lines, charges, policy),
            policy=policy,
        )


def _tax_totals(applied: Sequence[AppliedTax]) -> tuple[TaxTotal, ...]:
    sums: dict[tuple[Hashable, ...], tuple[TaxSpec, Decimal, Decimal]] = {}
    for entry in applied:
        tax = entry.tax
        key = (tax.code, tax.kind, tax.rate, tax.amount, tax.category_code, tax.account_key)
        _, base, amount = sums.get(key, (tax, ZERO, ZERO))
        sums[key] = (tax, base + entry.base, amount + entry.amount)
    ordered = sorted(sums.values(), key=lambda entry: (entry[0].sequence, entry[0].code, entry[0].rate))
    return tuple(
        TaxTotal(
            code=tax.code,
            kind=tax.kind,
            rate=tax.rate,
            unit_amount=tax.amount,
            category_code=tax.category_code,
            account_key=tax.account_key,
            base=base,
            amount=amount,
            name=tax.name,
        )
        for tax, base, amount in ordered
    )


def _rate_totals(applied: Sequence[AppliedTax], policy: RoundingPolicy) -> tuple[RateTotal, ...]:
    sums: dict[tuple[str, TaxKind, Decimal], tuple[TaxSpec, Decimal, Decimal]] = {}
    for entry in applied:
        tax = entry.tax
        if not tax.category_code or tax.kind is TaxKind.FIXED:
            continue
        key = (tax.category_code, tax.kind, tax.rate)
        _, base, amount = sums.get(key, (tax, ZERO, ZERO))
        sums[key] = (tax, base + entry.base, amount + entry.amount)
    return tuple(
        RateTotal(
            category_code=category,
            kind=kind,
            rate=rate,
            base=base,
            amount=amount,
            computed=policy.round_amount(tax.on(base, ZERO)),
        )
        for (category, kind, rate), (tax, base, amount) in sorted(sums.items(), key=lambda item: item[0])
    )


def _totals(lines: Sequence[PricedLine], charges: Sequence[PricedLine], policy: RoundingPolicy) -> Totals:
    zero = policy.round_amount(ZERO)
    lines_net = sum((line.net for line in lines), zero)
    added = sum((charge.net for charge in charges if charge.net > 0), zero)
    allowed = sum((-charge.net for charge in charges if charge.net < 0), zero)
    net = lines_net + added - allowed
    tax = sum((entry.tax for entry in (*lines, *charges)), zero)
    return Totals(
        lines_net=lines_net,
        discount=sum((line.discount for line in lines), zero),
        allowances=allowed,
        charges=added,
        net=net,
        tax=tax,
        total=net + tax,
    )
