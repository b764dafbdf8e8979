"""Between the unit a document is written in and the unit stock is kept in."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from core.catalog.errors import UnitMismatchError
from core.catalog.models import Item, Unit
from core.catalog.pricing import Unit as UnitValue
from core.catalog.pricing import convert_quantity
from core.errors import InvalidInputError


def in_stock_unit(quantity: Decimal, unit_id: int | None, item: Item, units: Mapping[int, Unit]) -> Decimal:
    """A quantity of a line in the item's own unit.

    :raises InvalidInputError: the line's unit measures something else than the item's.
    """
    if unit_id is None or unit_id == item.unit_id:
        return quantity
    try:
        return convert_quantity(quantity, _value(units[unit_id]), _value(units[item.unit_id]))
    except UnitMismatchError as error:
        raise InvalidInputError(
            _("%(item)s is kept in %(unit)s and cannot be ordered in %(other)s.")
            % {"item": item, "unit": units[item.unit_id], "other": units[unit_id]},
            code=error.code,
            field="lines",
            hint=_("Choose a unit of the same measure."),
        ) from error


def _value(unit: Unit) -> UnitValue:
    return UnitValue(code=unit.symbol, dimension=unit.category, numerator=unit.factor)
