"""What a form would save as it stands: totals, the amount of each line, and what a line takes where it says nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.catalog.models import TaxedLine, TaxSet, Unit
from core.ui import formats

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LinePreview:
    """A line as it would be saved.

    :ivar amount: its net amount.
    :ivar taken: field of the line form → what it takes from the item, its price lists and tax rules, for fields that
        were left empty.
    """

    amount: str
    taken: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Preview:
    """Totals as label, value and strong; the lines in the order in which they were given, None for one that is not
    begun. Empty while the form cannot be priced."""

    totals: Sequence[Mapping[str, Any]] = ()
    lines: Sequence[LinePreview | None] = ()


def is_begun(line: Values) -> bool:
    """Whether the line says yet what it is for."""
    return bool(line.get("item_id") or line.get("description"))


def line_previews(lines: Sequence[Values], rows: Sequence[TaxedLine], currency: str) -> list[LinePreview | None]:
    """What the given lines would become.

    :param rows: the begun lines among them, completed and priced, in their order.
    """
    begun = [line for line in lines if is_begun(line)]
    pairs = list(zip(begun, rows[: len(begun)], strict=True))  # freight comes last and is no line of the form
    units = _labels(Unit, (row.unit_id for line, row in pairs if not line.get("unit_id")))
    tax_sets = _labels(TaxSet, (row.tax_set_id for line, row in pairs if not line.get("tax_set_id")))
    found = iter(
        [LinePreview(formats.money(row.net_amount, currency), _taken(row, units, tax_sets)) for _, row in pairs]
    )
    return [next(found, None) if is_begun(line) else None for line in lines]


def _taken(row: TaxedLine, units: Mapping[int, str], tax_sets: Mapping[int, str]) -> dict[str, str]:
    return {
        "description": row.description,
        "unit": units.get(row.unit_id or 0, ""),
        "unit_price": formats.price(row.unit_price),
        "discount_percent": formats.number(row.discount_percent),
        "tax_set": tax_sets.get(row.tax_set_id or 0, ""),
    }


def _labels(model: Any, keys: Any) -> dict[int, str]:
    wanted = {key for key in keys if key}
    return {row.pk: str(row) for row in model.objects.filter(pk__in=wanted)} if wanted else {}
