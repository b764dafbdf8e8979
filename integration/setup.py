"""Giving a new company everything it needs to start: units, ledger, stock, bank, pipeline, tickets."""

import datetime as dt

from django.db import transaction

from core.access.models import User
from core.catalog.setup import set_up_units
from core.company.countries import NO_COUNTRY, is_country
from core.company.models import Company, Currency
from core.company.tenancy import use_companies
from core.errors import InvalidInputError
from crm.pipeline.setup import set_up_pipeline
from crm.tickets.setup import set_up_tickets
from erp.banking.setup import set_up_banking
from erp.inventory.setup import set_up_inventory
from erp.ledger.enums import ChartTemplate
from erp.ledger.setup import set_up_ledger

CURRENCIES = {
    "EUR": ("Euro", "€", 2),
    "USD": ("US dollar", "$", 2),
    "CNY": ("Renminbi", "¥", 2),
    "GBP": ("Pound", "£", 2),
}


def set_up_company(
    *,
    code: str,
    name: str,
    country: str,
    currency_code: str,
    first_year: int,
    user: User | None,
    now: dt.datetime,
    template: ChartTemplate | str = ChartTemplate.IFRS,
    fiscal_year_start_month: int = 1,
    is_demo: bool = False,
) -> Company:
    """Make the company, or find it by its code, with units, chart of accounts, fiscal years from `first_year`
    on, a warehouse, a bank account, a pipeline and ticket categories. Doing it again changes nothing.

    :raises InvalidInputError: there is no such country.
    """
    if not is_country(country):
        raise InvalidInputError(NO_COUNTRY % {"value": country}, field="country")
    title, symbol, places = CURRENCIES.get(currency_code, (currency_code, "", 2))
    with transaction.atomic():
        Currency.objects.get_or_create(
            code=currency_code, defaults={"name": title, "symbol": symbol, "minor_units": places}
        )
        company, _ = Company.objects.get_or_create(
            code=code,
            defaults={
                "name": name, "country": country, "currency_id": currency_code, "is_demo": is_demo,
                "fiscal_year_start_month": fiscal_year_start_month,
            },
        )  # fmt: skip
        with use_companies([company.pk]):
            set_up_units(company_id=company.pk, user=user, now=now)
            set_up_ledger(company_id=company.pk, template=template, user=user, now=now, first_year=first_year)
            set_up_inventory(company_id=company.pk, user=user, now=now)
            set_up_banking(company_id=company.pk, user=user, now=now)
            set_up_pipeline(company_id=company.pk, user=user, now=now)
            set_up_tickets(company_id=company.pk, user=user, now=now)
    return company
