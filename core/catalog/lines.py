"""A document line as data: what forms, the API and imports hand to operations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.catalog.models import Item, TaxedLine
from core.documents.references import RecordRef
from core.errors import InvalidInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class LineData:
    """One line as asked for. What is left at None (price, unit, description, taxes) is filled from the item,
    its price lists and tax rules (see `complete_lines`).

    :ivar id: the line that is changed, when a document's lines are replaced.
    :ivar source: the line of another document that this one continues.
    """

    item_id: int | None = None
    quantity: Decimal = Decimal(1)
    description: str | None = None
    unit_id: int | None = None
    unit_price: Decimal | None = None
    discount_percent: Decimal | None = None
    tax_set_id: int | None = None
    id: int | None = None
    source: RecordRef | None = None

    @classmethod
    def of(cls, given: "LineData | Mapping[str, Any]") -> "LineData":
        """Read a form's or the API's mapping; keys that are not ours are ignored."""
        if isinstance(given, LineData):
            return given
        return cls(**{name: given[name] for name in _NAMES if given.get(name) not in (None, "")})


_NAMES = tuple(field.name for field in fields(LineData))


def read_lines(given: Iterable[LineData | Mapping[str, Any]]) -> list[LineData]:
    """Lines as data, in order.

    :raises InvalidInputError: a line has neither item nor description, or no quantity.
    """
    lines = [LineData.of(line) for line in given]
    for number, line in enumerate(lines, 1):
        if line.item_id is None and not line.description:
            raise InvalidInputError(
                _("Line %(number)s has no item and no description.") % {"number": number},
                field="lines",
                hint=_("Choose an item, or describe what the line is for."),
            )
        if line.quantity == 0:
            raise InvalidInputError(
                _("Line %(number)s has no quantity.") % {"number": number}, field="lines", hint=_("Enter a quantity.")
            )
    return lines


def items_of(company_id: int, lines: Iterable[LineData]) -> dict[int, Item]:
    """The items the lines name, in one query.

    :raises InvalidInputError: an item does not exist in the company.
    """
    wanted = {line.item_id for line in lines if line.item_id is not None}
    found = Item.objects.filter(company_id=company_id, pk__in=wanted).select_related("category").order_by().in_bulk()
    if missing := wanted - found.keys():
        raise InvalidInputError(
            _("Item %(id)s does not exist.") % {"id": min(missing)}, field="lines", hint=_("Choose another item.")
        )
    return found


def build_line(model: type[TaxedLine], line: LineData, *, company_id: int, position: int, **extra: Any) -> Any:
    """An unsaved line row of a concrete class from completed data."""
    return model(
        company_id=company_id,
        position=position,
        item_id=line.item_id,
        description=line.description or "",
        quantity=line.quantity,
        unit_id=line.unit_id,
        unit_price=line.unit_price or Decimal(0),
        discount_percent=line.discount_percent or Decimal(0),
        tax_set_id=line.tax_set_id,
        **extra,
    )


def filled(line: LineData, **defaults: Any) -> LineData:
    """The line with the defaults for whatever it left open."""
    return replace(line, **{name: value for name, value in defaults.items() if getattr(line, name) is None})
