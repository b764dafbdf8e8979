"""Items, units and taxes."""

from decimal import Decimal

import factory

from core.catalog.models import Item, ItemCategory, PriceList, PriceRule, Tax, TaxCategory, TaxRule, TaxSet, Unit
from core.company.models import Company
from tests.factories.company import CompanyFactory, currency


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit
        django_get_or_create = ("company", "name")

    company = factory.SubFactory(CompanyFactory)
    name = "Piece"
    symbol = "pc"
    category = "count"


class ItemCategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ItemCategory

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Category {n}")


class ItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Item

    company = factory.SubFactory(CompanyFactory)
    sku = factory.Sequence(lambda n: f"SKU-{n:04d}")
    name = factory.Sequence(lambda n: f"Item {n}")
    unit = factory.SubFactory(UnitFactory, company=factory.SelfAttribute("..company"))
    list_price = Decimal("20.00")


class TaxFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tax

    company = factory.SubFactory(CompanyFactory)
    code = factory.Sequence(lambda n: f"V{n}")
    name = "VAT 20 %"
    rate = Decimal(20)


class TaxCategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TaxCategory

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Standard {n}")


class TaxSetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TaxSet

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Taxes {n}")


class TaxRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TaxRule

    company = factory.SubFactory(CompanyFactory)
    direction = "sale"


class PriceListFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PriceList

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Price list {n}")
    currency = factory.LazyFunction(currency)


class PriceRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PriceRule

    company = factory.SelfAttribute("price_list.company")
    price_list = factory.SubFactory(PriceListFactory)
    amount = Decimal(10)


def vat(company: Company, rate: str = "20", direction: str = "sale") -> TaxSet:
    """A tax set of one percentage tax, and the rule that gives it to every item."""
    tax = TaxFactory(
        company=company, code=f"{direction}-{rate}", name=f"VAT {rate} %", rate=Decimal(rate), direction=direction
    )
    tax_set = TaxSetFactory(company=company, name=f"VAT {rate} % {direction}", direction=direction)
    tax_set.taxes.add(tax)
    TaxRuleFactory(company=company, direction=direction, tax_set=tax_set)
    return tax_set
