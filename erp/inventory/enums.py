"""Choices of stock, and what a kind of location means for value."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LocationKind(models.TextChoices):
    """Where goods are. Every move goes from one location to another, so an item's sum over all locations is zero."""

    INTERNAL = "internal", _("Internal")
    TRANSIT = "transit", _("In transit")
    SUPPLIER = "supplier", _("Suppliers")
    CUSTOMER = "customer", _("Customers")
    LOSS = "loss", _("Count differences")
    SCRAP = "scrap", _("Scrap")
    PRODUCTION = "production", _("Production")
    OPENING = "opening", _("Opening stock")


STOCKED_KINDS = frozenset({LocationKind.INTERNAL, LocationKind.TRANSIT})
"""Locations whose goods are ours: they have levels and their goods have value."""


class LayerKind(models.TextChoices):
    """Where a FIFO layer came from."""

    RECEIPT = "receipt", _("Receipt")
    RETURN = "return", _("Customer return")
    ADJUSTMENT = "adjustment", _("Adjustment")


class ValueCause(models.TextChoices):
    """Why the value of stock changed."""

    RECEIPT = "receipt", _("Receipt")
    ISSUE = "issue", _("Issue")
    RETURN = "return", _("Return at issued cost")
    ROUNDING = "rounding", _("Rounding residue")
    PRICE_DIFFERENCE = "price_difference", _("Price difference of the supplier invoice")


class AdjustmentKind(models.TextChoices):
    """What a stock adjustment is for."""

    OPENING = "opening", _("Opening stock")
    RECEIPT = "receipt", _("Receipt without order")
    GAIN_LOSS = "gain_loss", _("Gain or loss")
    SCRAP = "scrap", _("Scrap")


class StockDocumentStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    CANCELLED = "cancelled", _("Cancelled")


STOCK_DOCUMENT_STATES: dict[str, tuple[str, ...]] = {
    StockDocumentStatus.DRAFT: (StockDocumentStatus.POSTED, StockDocumentStatus.CANCELLED),
}


class StockReason(models.TextChoices):
    """Why stock is corrected."""

    COUNT = "count", _("Counted")
    DAMAGED = "damaged", _("Damaged")
    EXPIRED = "expired", _("Expired")
    LOST = "lost", _("Lost or stolen")
    FOUND = "found", _("Found")
    MISTAKE = "mistake", _("Booking mistake")
    OTHER = "other", _("Other")
