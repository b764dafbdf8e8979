"""Choices of the catalog."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemKind(models.TextChoices):
    STOCKED = "stocked", _("Stocked")
    SERVICE = "service", _("Service")
    KIT = "kit", _("Kit")


class CostingMethod(models.TextChoices):
    """How the cost of what leaves stock is found."""

    FIFO = "fifo", _("FIFO")
    AVERAGE = "average", _("Moving average")


class TaxDirection(models.TextChoices):
    SALE = "sale", _("Sales")
    PURCHASE = "purchase", _("Purchases")


class TaxKindChoice(models.TextChoices):
    """The kinds of the tax engine (core.catalog.pricing.taxes.TaxKind), as choices."""

    PERCENT = "percent", _("Percent of the net")
    FIXED = "fixed", _("Fixed per unit")
    DIVISION = "division", _("Percent of the gross")
    GROUP = "group", _("Group of taxes")


class NoTaxReason(models.TextChoices):
    """Why a tax comes to nothing, in the words of an invoice."""

    REVERSE_CHARGE = "reverse_charge", _("Reverse charge: the customer owes the tax.")
    EU_SUPPLY = "eu_supply", _("Supply within the European Union, exempt from tax.")
    EXPORT = "export", _("Export, exempt from tax.")
    EXEMPT = "exempt", _("Exempt from tax.")
    NOT_TAXABLE = "not_taxable", _("Not taxable in the country of the seller.")
    SMALL_ENTERPRISE = "small", _("No tax is charged by a small enterprise.")


class PriceBasis(models.TextChoices):
    """What a price rule starts from."""

    FIXED = "fixed", _("Fixed price")
    DISCOUNT = "discount", _("Discount on the list price")
    LIST_FORMULA = "list_formula", _("Markup on the list price")
    COST_FORMULA = "cost_formula", _("Markup on cost")
