"""Roles and scopes: the two axes of every policy."""

from enum import IntEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What a person does in a company. A person may hold several roles in one company."""

    SALESPERSON = "salesperson", _("Salesperson")
    SALES_MANAGER = "sales_manager", _("Sales manager")
    SUPPORT_AGENT = "support_agent", _("Support agent")
    MARKETER = "marketer", _("Marketer")
    BUYER = "buyer", _("Buyer")
    WAREHOUSE = "warehouse", pgettext_lazy("role", "Warehouse")
    ACCOUNTANT = "accountant", _("Accountant")
    FINANCE_MANAGER = "finance_manager", _("Finance manager")
    DIRECTOR = "director", _("Director")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


MFA_ROLES = frozenset({Role.ACCOUNTANT, Role.FINANCE_MANAGER, Role.ADMINISTRATOR})


class Scope(IntEnum):
    """How far a grant reaches, from nothing to every company the person belongs to."""

    NONE = 0
    OWN = 1
    TEAM = 2
    COMPANY = 3
    ALL = 4


class Theme(models.TextChoices):
    AUTO = "auto", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(models.TextChoices):
    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")
