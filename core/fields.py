"""Number fields of the suite. Money and quantity are Decimal everywhere; these fix how they are stored."""

from decimal import Decimal
from typing import Any

from django.db import models

AMOUNT_DIGITS, AMOUNT_PLACES = 20, 4
QUANTITY_PLACES = 6
RATE_PLACES = 8
ZERO = Decimal(0)


class AmountField(models.DecimalField):
    """Money in the currency of its document, rounded to that currency's minor unit before it is stored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", AMOUNT_DIGITS)
        kwargs.setdefault("decimal_places", AMOUNT_PLACES)
        super().__init__(*args, **kwargs)


class QuantityField(models.DecimalField):
    """A quantity in the unit of its line or item."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", AMOUNT_DIGITS)
        kwargs.setdefault("decimal_places", QUANTITY_PLACES)
        super().__init__(*args, **kwargs)


class RateField(models.DecimalField):
    """A unit price, unit cost, exchange rate or percentage."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", AMOUNT_DIGITS)
        kwargs.setdefault("decimal_places", RATE_PLACES)
        super().__init__(*args, **kwargs)
