"""What stock refuses."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, InvalidInputError


@dataclass(frozen=True, slots=True)
class Shortage:
    """An item of which less is free than wanted, in the item's unit."""

    item_id: int
    item: str
    location: str
    wanted: Decimal
    available: Decimal


class InsufficientStockError(DomainError):
    """Goods are wanted that are not there, or that are reserved for somebody else. Stock never goes below zero."""

    status = 409
    code = "insufficient_stock"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        first = shortages[0]
        super().__init__(
            _("%(item)s: %(wanted)s wanted, %(available)s available in %(location)s.")
            % {
                "item": first.item,
                "wanted": plain(first.wanted),
                "available": plain(first.available),
                "location": first.location,
            },
            field="quantity",
            hint=_("Reduce the quantity, receive goods first or release a reservation."),
            params={
                "shortages": [
                    {
                        "item_id": shortage.item_id,
                        "item": shortage.item,
                        "location": shortage.location,
                        "wanted": plain(shortage.wanted),
                        "available": plain(shortage.available),
                    }
                    for shortage in shortages
                ]
            },
        )
        self.shortages = tuple(shortages)


class NotInStockThenError(DomainError):
    """Goods are to leave on a day of the past on which they had not come yet, or had come and left again since. Stock
    is below zero on no day."""

    status = 409
    code = "not_in_stock_then"

    def __init__(self, item: str, on: dt.date, *, wanted: Decimal, available: Decimal) -> None:
        super().__init__(
            _("%(item)s: of %(wanted)s wanted on %(date)s, %(available)s had come by then and are still there.")
            % {"item": item, "wanted": plain(wanted), "date": on, "available": plain(available)},
            hint=_("Use a day on which the goods were there, or correct the day of their receipt."),
            params={"item": item, "date": on.isoformat(), "wanted": plain(wanted), "available": plain(available)},
        )


class WorthLessThanNothingError(DomainError):
    """Goods are to leave on a day of the past at a cost that later changes of cost do not leave room for."""

    status = 409
    code = "worth_less_than_nothing"

    def __init__(self, item: str, on: dt.date) -> None:
        super().__init__(
            _("%(item)s: if it left on %(date)s, stock would be worth less than nothing on a day since.")
            % {"item": item, "date": on},
            hint=_("Its cost has changed since; use the day of the latest change or a later one."),
            params={"item": item, "date": on.isoformat()},
        )


class NotStockedError(InvalidInputError):
    """A kit was to be moved; only its components lie in stock."""

    code = "not_stocked"


class ReturnExceedsIssueError(InvalidInputError):
    """More is returned than was issued by the move it returns."""

    code = "return_exceeds_issue"


def plain(quantity: Decimal) -> str:
    """A quantity without trailing zeros: 3.500000 → 3.5."""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
