"""Quantities asked for by line, as forms, the API and other operations hand them over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInputError
from erp.orders.enums import ReturnCondition


@dataclass(frozen=True, slots=True)
class Asked:
    """How much of a line, and for a return in which condition."""

    line_id: int
    quantity: Decimal
    condition: str = ReturnCondition.RESALE


Given = Iterable[Asked | Mapping[str, Any] | tuple[Any, ...]]


def read_asked(given: Given, key: str) -> list[Asked]:
    """`given` as `Asked`; a mapping names its line under `key`. Lines without quantity are left out.

    :raises InvalidInputError: a quantity below zero, a line twice in one condition, or an unknown condition.
    """
    asked = [_read(one, key) for one in given]
    kept = [one for one in asked if one.quantity]
    if any(one.quantity < 0 for one in kept):
        raise InvalidInputError(_("A quantity is more than zero."), code="invalid_quantity", field="lines")
    if len({(one.line_id, one.condition) for one in kept}) < len(kept):
        raise InvalidInputError(_("A line is named twice."), code="duplicate_line", field="lines")
    return kept


def _read(given: Asked | Mapping[str, Any] | tuple[Any, ...], key: str) -> Asked:
    if isinstance(given, Asked):
        return given
    if isinstance(given, Mapping):
        given = (given[key], given["quantity"], given.get("condition") or ReturnCondition.RESALE)
    line_id, quantity, *rest = given
    condition = str(rest[0]) if rest else ReturnCondition.RESALE
    if condition not in ReturnCondition.values:
        raise InvalidInputError(
            _("%(condition)s is no condition of returned goods.") % {"condition": condition},
            code="invalid_condition",
            field="lines",
        )
    return Asked(int(line_id), Decimal(quantity or 0), condition)
