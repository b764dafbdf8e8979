"""Single amounts with tax, and one amount over many: journal lines, bank lines, discounts on a whole document."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal, localcontext

from core.catalog.errors import PricingError
from core.catalog.pricing.documents import ChargeInput, LineInput, PricedLine
from core.catalog.pricing.engine import price_document
from core.catalog.pricing.rounding import (
    ENGINE_CONTEXT,
    HUNDRED,
    ONE,
    ZERO,
    RoundingPolicy,
    allocate,
    require_decimal,
    require_rounded,
)
from core.catalog.pricing.taxes import TaxSpec, including


def tax_journal_amount(amount: Decimal, taxes: tuple[TaxSpec, ...], policy: RoundingPolicy) -> PricedLine:
    """Tax a manual journal line: ``net`` is its base line, ``taxes`` the tax lines, ``gross`` the counter line.

    Taxes flagged as included come out of ``amount``, the others go on top. A negative amount gives the mirror image.

    :raises PricingError: ``not_rounded``, ``not_decimal``, ``tax_not_invertible``.
    """
    require_rounded(amount, policy.quantum)
    quantity = ONE if amount >= 0 else -ONE
    line = LineInput(quantity=quantity, unit_price=abs(amount), taxes=taxes)
    return price_document([line], policy).lines[0]


def split_gross_amount(gross: Decimal, taxes: tuple[TaxSpec, ...], policy: RoundingPolicy) -> PricedLine:
    """Split an amount that was paid with tax (a bank line coded to an expense); ``gross`` of the result is ``gross``.

    :raises PricingError: as ``tax_journal_amount``.
    """
    return tax_journal_amount(gross, including(taxes), policy)


def spread_discount(
    lines: Sequence[LineInput],
    policy: RoundingPolicy,
    *,
    amount: Decimal | None = None,
    percent: Decimal | None = None,
    key: Hashable = None,
) -> tuple[ChargeInput, ...]:
    """A discount on the whole document as allowances, one for each set of taxes on its lines.

    An allowance belongs to one tax category (EN 16931 BG-20), so the discount is shared out by what each set of taxes
    has on the lines, in the terms of the prices (with tax where they include it). State ``amount`` or ``percent``.

    :raises PricingError: ``discount_measure``, ``discount_percent``, ``discount_exceeds_document``, ``not_rounded``.
    """
    if (amount is None) == (percent is None):
        raise PricingError("State the discount as an amount or in percent", code="discount_measure", field="amount")
    with localcontext(ENGINE_CONTEXT):
        entered: dict[tuple[TaxSpec, ...], Decimal] = {}
        for line, priced in zip(lines, price_document(lines, policy).lines, strict=True):
            entered[line.taxes] = entered.get(line.taxes, ZERO) + priced.entered
        whole = sum(entered.values(), ZERO)
        discount = _discount(whole, policy, amount, percent)
        shares = allocate(discount, list(entered.values()), policy.minor_units)
    return tuple(
        ChargeInput(amount=-share, taxes=taxes, key=key) for taxes, share in zip(entered, shares, strict=True) if share
    )


def _discount(whole: Decimal, policy: RoundingPolicy, amount: Decimal | None, percent: Decimal | None) -> Decimal:
    if percent is not None:
        require_decimal(percent, "percent")
        if not ZERO <= percent <= HUNDRED:
            raise PricingError("A discount is between 0 and 100 %", code="discount_percent", field="percent")
        return policy.round_amount(whole * percent / HUNDRED)
    discount = ZERO if amount is None else amount
    require_rounded(discount, policy.quantum)
    if not min(ZERO, whole) <= discount <= max(ZERO, whole):
        raise PricingError("The discount is larger than the document", code="discount_exceeds_document", field="amount")
    return discount
