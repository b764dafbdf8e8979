"""A credit note for a part of an invoice, taken out of the invoice's own figures instead of computed afresh.

What is left of a line is shared: the credited part is rounded, the rest stays, and the last part takes all that is
left. However many credit notes follow, their sum reaches the invoice exactly and never exceeds it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from core.catalog.errors import CreditExceedsInvoiceError, PricingError
from core.catalog.pricing.documents import AppliedTax, PricedDocument, PricedLine
from core.catalog.pricing.rounding import ENGINE_CONTEXT, ZERO, RoundingPolicy, require_decimal, require_rounded
from core.catalog.pricing.totals import sum_up


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditPart:
    """What to credit of the line or charge with ``key``: a quantity, or a net amount (a price reduction that leaves
    the quantity alone), or, when both are None, everything that is left.
    """

    key: Hashable
    quantity: Decimal | None = None
    net: Decimal | None = None

    def __post_init__(self) -> None:
        if self.quantity is not None and self.net is not None:
            raise PricingError("Credit a quantity or an amount, not both", code="credit_measure", field="net")
        for field, value in (("quantity", self.quantity), ("net", self.net)):
            if value is not None:
                require_decimal(value, field)


def price_credit_note(
    invoice: PricedDocument, parts: Sequence[CreditPart], previous: Sequence[PricedDocument] = ()
) -> PricedDocument:
    """The credit note for ``parts`` of ``invoice`` after the ``previous`` credit notes, with positive figures.

    Lines are matched by ``key``, which must be unique on the invoice; the taxes of a line keep their order.

    :raises CreditExceedsInvoiceError: ``credit_exceeds_invoice``.
    :raises PricingError: ``credit_key_unknown``, ``credit_key_ambiguous``, ``credit_taxes_differ``, ``not_rounded``.
    """
    with localcontext(ENGINE_CONTEXT):
        left = _what_is_left(invoice, previous)
        line_keys = {line.key for line in invoice.lines}
        credited: dict[bool, list[PricedLine]] = {True: [], False: []}
        for part in parts:
            line = _credit(_find(left, part.key), part, invoice.policy)
            left[part.key] = _minus(left[part.key], line)
            credited[part.key in line_keys].append(line)
        return sum_up(credited[True], credited[False], invoice.policy)


def _what_is_left(invoice: PricedDocument, previous: Sequence[PricedDocument]) -> dict[Hashable, PricedLine]:
    left: dict[Hashable, PricedLine] = {}
    for line in (*invoice.lines, *invoice.charges):
        if line.key in left:
            raise PricingError(f"Two lines have the key {line.key!r}", code="credit_key_ambiguous", field="key")
        left[line.key] = line
    for document in previous:
        for line in (*document.lines, *document.charges):
            left[line.key] = _minus(_find(left, line.key), line)
    return left


def _find(left: dict[Hashable, PricedLine], key: Hashable) -> PricedLine:
    if key not in left:
        raise PricingError(f"The invoice has no line {key!r}", code="credit_key_unknown", field="key")
    return left[key]


def _credit(left: PricedLine, part: CreditPart, policy: RoundingPolicy) -> PricedLine:
    if part.net is not None:
        require_rounded(part.net, policy.quantum, "net")
        line = _share(left, part.net, left.net, "net", policy)
        return replace(line, quantity=ZERO)
    if part.quantity is not None:
        return _share(left, part.quantity, left.quantity, "quantity", policy)
    if not left.quantity and not left.gross:
        raise _exceeds(left.key, "everything", "nothing", "key")
    return left


def _share(left: PricedLine, wanted: Decimal, available: Decimal, field: str, policy: RoundingPolicy) -> PricedLine:
    """The ``wanted`` part of what is ``available`` of a line, as figures in whole minor units."""
    if not wanted or not min(ZERO, available) <= wanted <= max(ZERO, available):
        raise _exceeds(left.key, wanted, available, field)

    def part_of(amount: Decimal) -> Decimal:
        return policy.round_amount(amount * wanted / available)

    taxes = tuple(AppliedTax(entry.tax, part_of(entry.base), part_of(entry.amount)) for entry in left.taxes)
    quantity = wanted if field == "quantity" else left.quantity
    return _line(left, quantity, part_of(left.subtotal), part_of(left.net), taxes)


def _exceeds(key: Hashable, wanted: Decimal | str, available: Decimal | str, field: str) -> CreditExceedsInvoiceError:
    message = f"{wanted} of {key!r} cannot be credited, {available} is left"
    return CreditExceedsInvoiceError(message, code="credit_exceeds_invoice", field=field)


def _minus(left: PricedLine, line: PricedLine) -> PricedLine:
    if [entry.tax.code for entry in left.taxes] != [entry.tax.code for entry in line.taxes]:
        raise PricingError(f"Taxes of {line.key!r} differ", code="credit_taxes_differ", field="taxes")
    taxes = tuple(
        AppliedTax(entry.tax, entry.base - taken.base, entry.amount - taken.amount)
        for entry, taken in zip(left.taxes, line.taxes, strict=True)
    )
    return _line(left, left.quantity - line.quantity, left.subtotal - line.subtotal, left.net - line.net, taxes)


def _line(
    model: PricedLine, quantity: Decimal, subtotal: Decimal, net: Decimal, taxes: tuple[AppliedTax, ...]
) -> PricedLine:
    zero = net - net  # with the decimals of the currency
    tax = sum((entry.amount for entry in taxes), zero)
    return replace(
        model,
        quantity=quantity,
        subtotal=subtotal,
        discount=subtotal - net,
        net=net,
        taxes=taxes,
        tax=tax,
        gross=net + tax,
    )
