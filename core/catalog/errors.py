"""Refusals of the pricing engine.

The engine knows neither forms nor languages, so a refusal carries a stable ``code`` and the ``field`` it concerns; the
message is plain English for logs and tests, and the layer above words it for people.
"""

from __future__ import annotations


class PricingError(ValueError):
    """Input that cannot be priced, rounded, allocated or converted.

    ``code`` is stable and meant for programs, ``field`` names the input at fault ("" when it is the whole document).
    """

    def __init__(self, message: str, *, code: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class UnitMismatchError(PricingError):
    """A quantity was asked for in a unit of another dimension, and the item states no way across."""


class NoPriceError(PricingError):
    """Neither a price rule nor a list price (or the cost a formula needs) answers for the item."""


class CreditExceedsInvoiceError(PricingError):
    """A credit note asks for more than what is left to credit on its invoice."""
