"""Number fields of the suite. Money and quantity are Decimal everywhere; these fix how they are stored."""

from decimal import Decimal
from typing import Any

from django.db import models

DIGITS = 20
AMOUNT_PLACES = 4
QUANTITY_PLACES = 6
RATE_PLACES = 8
ZERO = Decimal(0)


class ExactField(models.DecimalField):  # type: ignore[type-arg]
    """A decimal with the digits of its kind. A whole-number default becomes a Decimal, so no row ever holds an int."""

    places = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", DIGITS)
        kwargs.setdefault("decimal_places", self.places)
        if isinstance(kwargs.get("default"), int):
            kwargs["default"] = Decimal(kwargs["default"])
        super().__init__(*args, **kwargs)


class AmountField(ExactField):
    """Money in the currency of its document, rounded to that currency's minor unit before it is stored."""

    places = AMOUNT_PLACES


class QuantityField(ExactField):
    """A quantity in the unit of its line or item."""

    places = QUANTITY_PLACES


class RateField(ExactField):
    """A unit price, unit cost, exchange rate or percentage."""

    places = RATE_PLACES
