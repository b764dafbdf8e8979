"""Lines of documents through the engine: filled from item, price list and tax rule, then priced."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test.utils import isolate_apps

from core.catalog.enums import TaxDirection
from core.catalog.lines import LineData, build_line, read_lines
from core.catalog.models import TaxedLine, TaxSet
from core.catalog.queries import sale_prices
from core.catalog.totals import complete_lines, price_lines
from core.errors import InvalidInputError
from tests.factories.catalog import ItemFactory, PriceListFactory, PriceRuleFactory, TaxRuleFactory, TaxSetFactory, vat
from tests.factories.company import CompanyFactory
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)


# Kept out of the registry: deleting an item elsewhere would look for its lines in a table that does not exist.
with isolate_apps("core.documents"):

    class Line(TaxedLine):
        class Meta:
            app_label = "documents"


@pytest.fixture
def item():
    return ItemFactory()


def test_chain_c1_line_is_filled_from_item_and_tax_rule(item):
    vat(item.company)
    data = [LineData(item_id=item.pk, quantity=Decimal(15), discount_percent=Decimal(5))]
    lines, items = complete_lines(data, company=item.company, party=None, on=DAY, currency_code="EUR")
    row = build_line(Line, lines[0], company_id=item.company_id, position=1)
    priced = price_lines([row], company=item.company, currency=item.company.currency)
    assert items == {item.pk: item}
    assert (row.description, row.unit, row.unit_price) == (item.name, item.unit, Decimal(20))
    assert (row.net_amount, row.tax_amount) == (Decimal("285.00"), Decimal("57.00"))
    assert (priced.totals.net, priced.totals.tax, priced.totals.total) == (285, 57, 342)


def test_the_customers_price_list_wins_over_the_general_one(item):
    customer = PartyFactory(company=item.company)
    general = PriceListFactory(company=item.company)
    own = PriceListFactory(company=item.company)
    own.parties.add(customer)
    PriceRuleFactory(price_list=general, item=item, amount=Decimal(18))
    PriceRuleFactory(price_list=own, item=item, amount=Decimal(17))
    PriceRuleFactory(price_list=own, item=item, amount=Decimal(15), min_quantity=Decimal(10))

    def price(party, quantity):
        found = sale_prices(
            company=item.company, party=party, wanted={item: Decimal(quantity)}, on=DAY, currency_code="EUR"
        )
        return found[item.pk].unit_price

    assert price(None, 1) == Decimal(18)
    assert price(PartyFactory(company=item.company), 1) == Decimal(18)
    assert price(customer, 1) == Decimal(17)
    assert price(customer, 10) == Decimal(15)


def test_a_price_that_was_given_stays(item):
    data = [LineData(item_id=item.pk, unit_price=Decimal("12.34"))]
    lines, _ = complete_lines(data, company=item.company, party=None, on=DAY, currency_code="EUR")
    assert lines[0].unit_price == Decimal("12.34")


def test_a_line_needs_an_item_or_a_description():
    with pytest.raises(InvalidInputError, match="Line 1 has no item"):
        read_lines([{"quantity": Decimal(1)}])


def test_a_line_needs_a_quantity():
    with pytest.raises(InvalidInputError, match="Line 1 has no quantity"):
        read_lines([{"description": "Freight", "quantity": Decimal(0)}])


def test_an_item_of_another_company_does_not_exist(item):
    other = ItemFactory()
    with pytest.raises(InvalidInputError, match="does not exist"):
        complete_lines([LineData(item_id=other.pk)], company=item.company, party=None, on=DAY, currency_code="EUR")


@pytest.mark.parametrize("direction", list(TaxDirection))
@pytest.mark.parametrize(("country", "taxes"), [("DE", "At home"), ("FR", "Abroad"), ("", None)])
def test_only_a_customer_without_a_country_is_taxed_as_one_of_our_own(
    country: str, taxes: str | None, direction: TaxDirection
) -> None:
    """Only a customer known to be abroad goes without tax; it is claimed back only of a known supplier at home."""
    expected = taxes or {TaxDirection.SALE: "At home", TaxDirection.PURCHASE: "Abroad"}[direction]
    company = CompanyFactory(country="DE")
    item = ItemFactory(company=company)
    for name, of in (("Abroad", ""), ("At home", "DE")):
        taxes_there = TaxSetFactory(company=company, name=name, direction=direction)
        TaxRuleFactory(company=company, country=of, direction=direction, tax_set=taxes_there)
    party = PartyFactory(company=company, country=country)
    lines, _items = complete_lines(
        [LineData(item_id=item.pk)], company=company, party=party, on=DAY, currency_code="EUR", direction=direction
    )
    assert [TaxSet.objects.get(pk=line.tax_set_id).name for line in lines] == [expected]
