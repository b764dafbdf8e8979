"""A credit note in another currency, in the company's: at the rate of its invoice and out of the invoice's own amounts,
so that all credit notes together take back exactly what the invoice had booked, on every account. A later rate is a
matter of the money that is given back, not of the sale that is undone."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from core.catalog.pricing import TaxTotal, split_instalments
from core.catalog.pricing.rounding import ENGINE_CONTEXT, rounded
from erp.invoicing.credit_pricing import previous_lines, stored_prices
from erp.invoicing.entries import ZERO, CompanyAmounts, company_amounts
from erp.invoicing.kinds import InvoiceType
from erp.invoicing.models import InvoiceBase, InvoiceLineBase
from erp.invoicing.terms import Instalment


@dataclass(slots=True)
class _Left:
    """What is left of a figure in both currencies, and the invoice's rate."""

    own: Decimal
    company: Decimal
    rate: Decimal

    def take(self, own: Decimal, quantum: Decimal) -> Decimal:
        """The company's currency for `own`; the last part takes the rest. Where lines against each other left nothing
        of a tax, and a part of it is still to come, the rate decides."""
        if own == self.own:
            share = self.company
        elif not self.own:
            share = rounded(own * self.rate, quantum)
        else:
            share = rounded(ENGINE_CONTEXT.divide(self.company * own, self.own), quantum)
        self.own -= own
        self.company -= share
        return share


@dataclass(slots=True)
class _Invoice:
    """An invoice while credit notes are taken out of it, one after the other."""

    quantum: Decimal
    lines: dict[int, _Left] = field(default_factory=dict)
    taxes: dict[Hashable, _Left] = field(default_factory=dict)
    bases: dict[Hashable, _Left] = field(default_factory=dict)

    def take(self, lines: Iterable[Any], taxes: Iterable[TaxTotal]) -> CompanyAmounts:
        taxes = tuple(taxes)
        nets = tuple(self.lines[line.credited_line_id].take(line.net_amount, self.quantum) for line in lines)
        amounts = tuple(self.taxes[_key(tax)].take(tax.amount, self.quantum) for tax in taxes)
        bases = tuple(self.bases[_key(tax)].take(tax.base, self.quantum) for tax in taxes)
        total = sum((*nets, *amounts), ZERO)
        return CompanyAmounts(total, nets, amounts, bases, (total,))


def _key(tax: TaxTotal) -> Hashable:
    return (tax.account_key, tax.code, tax.rate, tax.unit_amount)


def credited_amounts(
    kind: InvoiceType,
    credit_note: InvoiceBase,
    lines: Sequence[InvoiceLineBase],
    taxes: Sequence[TaxTotal],
    *,
    parts: Sequence[Instalment],
    minor_units: int,
) -> CompanyAmounts:
    """What a linked credit note books, after all posted ones of its invoice."""
    original: Any = credit_note.reverses  # type: ignore[attr-defined]
    originals = list(original.lines.order_by("position", "pk"))
    priced = stored_prices(kind, original, originals)
    whole = (Instalment(1, original.document_date, original.total_amount),)
    booked = company_amounts(original, originals, priced.taxes, whole, minor_units=minor_units)
    left, rate = _Invoice(Decimal(1).scaleb(-minor_units)), original.exchange_rate or Decimal(1)
    for line, net in zip(originals, booked.nets, strict=True):
        left.lines[line.pk] = _Left(line.net_amount, net, rate)
    for tax, amount, base in zip(priced.taxes, booked.taxes, booked.bases, strict=True):
        left.taxes[_key(tax)] = _Left(tax.amount, amount, rate)
        left.bases[_key(tax)] = _Left(tax.base, base, rate)
    for rows in previous_lines(kind, originals, credit_note):
        left.take(rows, stored_prices(kind, original, rows).taxes)
    amounts = left.take(lines, taxes)
    if len(parts) == 1:
        return amounts
    shares = [part.amount for part in parts]
    return replace(amounts, instalments=split_instalments(amounts.total, shares, minor_units))
