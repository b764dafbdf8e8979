"""Invoice lines as data, and from data to rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from core.catalog.enums import TaxDirection
from core.catalog.lines import LineData, build_line, read_lines
from core.catalog.totals import complete_lines
from erp.invoicing.models import InvoiceBase, InvoiceLineBase

L = TypeVar("L", bound=InvoiceLineBase)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLineData(LineData):
    """A line as asked for; `account_key` names the account where it is not the item's usual one (freight)."""

    account_key: str = ""

    @classmethod
    def of(cls, given: LineData | Mapping[str, Any]) -> "InvoiceLineData":
        if isinstance(given, InvoiceLineData):
            return given
        if isinstance(given, LineData):
            given = {field.name: getattr(given, field.name) for field in fields(LineData)}
        return cls(**{name: given[name] for name in _NAMES if given.get(name) not in (None, "")})


_NAMES = tuple(field.name for field in fields(InvoiceLineData))


def draft_lines(
    model: type[L], invoice: InvoiceBase, given: Iterable[LineData | Mapping[str, Any]], direction: TaxDirection
) -> list[L]:
    """Unsaved rows of the lines, in order. What a line leaves open comes from its item; a line that continues another
    document's line is taken as it is, so an agreed price or tax is never looked up again.

    :raises InvalidInputError: a line has neither item nor description, no quantity, or an unknown item.
    """
    lines: Sequence[LineData] = read_lines(InvoiceLineData.of(line) for line in given)
    if any(line.source is None for line in lines):
        completed, _items = complete_lines(
            [line for line in lines if line.source is None],
            company=invoice.company,
            party=invoice.party,
            on=invoice.document_date,
            currency_code=invoice.currency_id,
            direction=direction,
        )
        remaining = iter(completed)
        lines = [line if line.source else next(remaining) for line in lines]
    return [_row(model, line, invoice, position) for position, line in enumerate(lines, 1)]


def _row(model: type[L], line: LineData, invoice: InvoiceBase, position: int) -> L:
    row: L = build_line(
        model,
        line,
        company_id=invoice.company_id,
        position=position,
        invoice=invoice,
        account_key=getattr(line, "account_key", ""),
    )
    row.source = line.source
    return row
