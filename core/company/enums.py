"""Choices of company master data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TaxRounding(models.TextChoices):
    """Where tax is rounded: once a rate group on the document (usual), or on every line."""

    DOCUMENT = "document", _("Per document")
    LINE = "line", _("Per line")


class RateSource(models.TextChoices):
    MANUAL = "manual", _("Entered by hand")
    IMPORT = "import", _("Import")
    ECB = "ecb", _("European Central Bank")


class Weekday(models.IntegerChoices):
    """ISO weekdays."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")
