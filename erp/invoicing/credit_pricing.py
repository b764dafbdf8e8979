"""Credit notes that take back lines of a posted invoice: their figures come out of the invoice's own, so however many
follow, they never exceed it (the rule is in core.catalog.pricing.credits)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.catalog.errors import PricingError
from core.catalog.lines import LineData
from core.catalog.pricing import (
    AppliedTax,
    CreditPart,
    PricedDocument,
    PricedLine,
    TaxKind,
    TaxSpec,
    price_credit_note,
    sum_up,
)
from core.catalog.totals import rounding_policy
from core.errors import InvalidInputError
from erp.invoicing.enums import InvoiceStatus
from erp.invoicing.errors import CreditExceedsInvoiceError
from erp.invoicing.kinds import InvoiceType
from erp.invoicing.models import InvoiceBase, InvoiceLineBase


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """How much of an invoice's line to take back."""

    line_id: int
    quantity: Decimal


def stored_prices(kind: InvoiceType, invoice: InvoiceBase, lines: Sequence[Any]) -> PricedDocument:
    """A posted document as the engine sees it, from what was frozen at posting. Lines of a credit note have the key of
    the line they credit."""
    return _priced(invoice, lines, _taxes(kind, lines))


def price(kind: InvoiceType, credit_note: InvoiceBase, rows: Sequence[Any]) -> PricedDocument:
    """Price the rows of a linked credit note after all posted ones, writing net and tax onto them.

    :raises CreditExceedsInvoiceError: a line credits more than is left, or the same line twice.
    """
    original: Any = credit_note.reverses  # type: ignore[attr-defined]
    originals = list(original.lines.all())
    previous = previous_lines(kind, originals, credit_note)
    taxes = _taxes(kind, [*originals, *(line for lines in previous for line in lines)])
    parts = [CreditPart(key=row.credited_line_id, quantity=row.quantity) for row in rows]
    try:
        priced = price_credit_note(
            _priced(credit_note, originals, taxes),
            parts,
            [_priced(credit_note, lines, taxes) for lines in previous],
        )
    except PricingError as error:
        raise CreditExceedsInvoiceError(
            _("The invoice has less left to credit than this."),
            field="lines",
            hint=_("Lower the quantities to what has not been credited yet."),
            params={"reason": str(error)},
        ) from error
    for row, result in zip(rows, priced.lines, strict=True):
        row.net_amount, row.tax_amount = result.net, result.tax
    return priced


def previous_lines(kind: InvoiceType, originals: Sequence[Any], credit_note: InvoiceBase) -> list[list[Any]]:
    """Lines of the posted credit notes of an invoice, note by note, in the order in which they were posted."""
    rows = kind.line_model._default_manager.filter(  # type: ignore[misc]
        credited_line__in=originals, invoice__status=InvoiceStatus.POSTED
    ).exclude(invoice=credit_note.pk)
    found: dict[int, list[Any]] = {}
    for line in rows.order_by("invoice__posted_at", "invoice__number", "position"):
        found.setdefault(line.invoice_id, []).append(line)  # type: ignore[attr-defined]
    return list(found.values())


def credit_rows(
    kind: InvoiceType, invoice: InvoiceBase, credit_note: InvoiceBase, wanted: Iterable[CreditLine] | None
) -> list[InvoiceLineBase]:
    """Unsaved rows of a credit note: the wanted quantities, or everything that is left."""
    lines = {line.pk: line for line in invoice.lines.all()}
    if wanted is None:
        left = _quantities_left(kind, lines)
        wanted = [CreditLine(line_id=key, quantity=quantity) for key, quantity in left.items() if quantity]
    return [_row(kind, lines, credit_note, part, number) for number, part in enumerate(wanted, 1)]


def changed_lines(
    kind: InvoiceType, credit_note: InvoiceBase, given: Iterable[LineData | Mapping[str, Any]]
) -> list[InvoiceLineBase]:
    """Rows of a draft credit note with other quantities; a line that is not given any more is left out."""
    own = {line.pk: line for line in credit_note.lines.select_related("credited_line")}
    originals = {line.credited_line_id: line.credited_line for line in own.values()}
    wanted = []
    for line in map(LineData.of, given):
        if line.id not in own:
            raise InvalidInputError(
                _("A credit note for an invoice has only lines of that invoice."),
                field="lines",
                hint=_("Credit the line from the invoice, or make a credit note without an invoice."),
            )
        wanted.append(CreditLine(line_id=own[line.id].credited_line_id, quantity=line.quantity))
    return [_row(kind, originals, credit_note, part, number) for number, part in enumerate(wanted, 1)]


def _row(
    kind: InvoiceType, lines: Mapping[int, Any], credit_note: InvoiceBase, part: CreditLine, position: int
) -> InvoiceLineBase:
    line = lines.get(part.line_id)
    if line is None:
        raise InvalidInputError(
            _("This line does not belong to the invoice."), field="lines", hint=_("Choose lines of the invoice.")
        )
    return kind.line_model(  # type: ignore[misc]
        company_id=credit_note.company_id,
        invoice=credit_note,
        credited_line=line,
        position=position,
        quantity=part.quantity,
        **{name: getattr(line, name) for name in _COPIED},
    )


_COPIED = ("item_id", "description", "unit_id", "unit_price", "discount_percent", "tax_set_id", "account_key")


def _quantities_left(kind: InvoiceType, lines: Mapping[int, Any]) -> dict[int, Decimal]:
    left = {key: line.quantity for key, line in lines.items()}
    taken = kind.line_model._default_manager.filter(credited_line__in=left, invoice__status=InvoiceStatus.POSTED)  # type: ignore[misc]
    for key, quantity in taken.values_list("credited_line", "quantity"):  # type: ignore[misc]
        left[key] -= quantity
    return left


def _taxes(kind: InvoiceType, lines: Sequence[Any]) -> dict[int, list[AppliedTax]]:
    """Frozen taxes by line, in their order."""
    rows = kind.tax_model._default_manager.filter(line__in=[line.pk for line in lines]).order_by("line", "position")  # type: ignore[misc]
    found: dict[int, list[AppliedTax]] = {}
    for row in rows:
        spec = TaxSpec(
            code=row.code,
            kind=TaxKind(row.kind),
            rate=row.rate,
            amount=row.unit_amount,
            sequence=row.position,
            category_code=row.category_code,
            account_key=row.tax_id,
        )
        found.setdefault(row.line_id, []).append(AppliedTax(spec, row.base_amount, row.tax_amount))  # type: ignore[attr-defined]
    return found


def _priced(document: InvoiceBase, lines: Sequence[Any], taxes: Mapping[int, Sequence[AppliedTax]]) -> PricedDocument:
    priced = [
        PricedLine(
            key=line.credited_line_id or line.pk,
            quantity=line.quantity,
            unit_price=line.unit_price,
            subtotal=line.net_amount,
            discount=Decimal(0),
            net=line.net_amount,
            taxes=tuple(taxes.get(line.pk, ())),
            tax=line.tax_amount,
            gross=line.net_amount + line.tax_amount,
        )
        for line in lines
    ]
    return sum_up(priced, (), rounding_policy(document.company, document.currency))
