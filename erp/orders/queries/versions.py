"""Versions of a quotation, side by side."""

from dataclasses import dataclass
from typing import Any

from erp.orders.models import Quotation, QuotationLine
from erp.orders.models.base import SaleLine


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of two versions side by side; one side is None where the line is new or gone."""

    before: Any
    after: Any

    @property
    def is_changed(self) -> bool:
        if self.before is None or self.after is None:
            return True
        return any(getattr(self.before, name) != getattr(self.after, name) for name in COMPARED)


COMPARED = ("item_id", "description", "quantity", "unit_id", "unit_price", "discount_percent", "tax_set_id")


def compare_quotations(before: Quotation, after: Quotation) -> list[LineChange]:
    """The lines of two versions, matched by item and order, then by place."""
    old, new = _lines(before), _lines(after)
    changes: list[LineChange] = []
    for line in new:
        same = next((one for one in old if _key(one) == _key(line)), None)
        if same is not None:
            old.remove(same)
        changes.append(LineChange(same, line))
    return changes + [LineChange(line, None) for line in old]


def _lines(quotation: Quotation) -> list[QuotationLine]:
    return list(QuotationLine.objects.filter(quotation=quotation).select_related("item", "unit"))


def _key(line: SaleLine) -> tuple[Any, ...]:
    return (line.item_id, line.is_freight) if line.item_id or line.is_freight else (line.description, False)


def versions_of(quotation: Quotation) -> list[Quotation]:
    """All versions of an offer, first to last."""
    first = quotation
    while first.revises is not None:
        first = first.revises
    found = [first]
    while (following := Quotation.objects.filter(revises=found[-1]).first()) is not None:
        found.append(following)
    return found
