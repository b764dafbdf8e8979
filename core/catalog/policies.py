"""Who may see and change the catalog."""

from django.db.models import Model

from core.access.enums import Role
from core.access.policies import register
from core.catalog.models import (
    Item,
    ItemCategory,
    KitComponent,
    PriceList,
    PriceRule,
    Tax,
    TaxCategory,
    TaxRule,
    TaxSet,
    Unit,
)

SEE = "view:company"
SEE_AND_EXPORT = "view:company export:company"
KEEP = "view:company create:company change:company export:company delete:company"

ITEMS = dict.fromkeys(Role, SEE) | {
    Role.SALES_MANAGER: KEEP,
    Role.BUYER: KEEP,
    Role.WAREHOUSE: "view:company change:company",
    Role.ACCOUNTANT: "view:company change:company export:company",
    Role.FINANCE_MANAGER: KEEP,
    Role.DIRECTOR: SEE_AND_EXPORT,
    Role.AUDITOR: SEE_AND_EXPORT,
    Role.ADMINISTRATOR: KEEP,
}
PRICES = {
    Role.SALESPERSON: SEE,
    Role.SALES_MANAGER: KEEP,
    Role.ACCOUNTANT: SEE,
    Role.FINANCE_MANAGER: KEEP,
    Role.DIRECTOR: SEE_AND_EXPORT,
    Role.AUDITOR: SEE_AND_EXPORT,
    Role.ADMINISTRATOR: KEEP,
}
TAXES = dict.fromkeys(Role, SEE) | {
    Role.ACCOUNTANT: KEEP,
    Role.FINANCE_MANAGER: KEEP,
    Role.ADMINISTRATOR: KEEP,
}

OBJECTS: tuple[tuple[type[Model], dict[Role, str]], ...] = (
    *((model, ITEMS) for model in (Item, ItemCategory, KitComponent, Unit)),
    *((model, PRICES) for model in (PriceList, PriceRule)),
    *((model, TAXES) for model in (Tax, TaxSet, TaxRule, TaxCategory)),
)
for model, grants in OBJECTS:
    register(model, grants=grants)
