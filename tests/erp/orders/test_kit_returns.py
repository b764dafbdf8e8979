"""Kits that come back: as the components that left, at the cost they left at, for their share of the invoice."""

from decimal import Decimal

import pytest

from core.catalog.models import KitComponent
from core.errors import InvalidInputError
from erp.inventory.models import ItemValuation
from erp.invoicing.models import SalesInvoice
from erp.ledger.enums import AccountKey
from erp.ledger.models import PostingRule
from tests.factories.catalog import ItemCategoryFactory, ItemFactory
from tests.factories.ledger import AccountFactory
from tests.factories.orders import Shop
from tests.scenarios.invariants import assert_all, assert_entry, balance_of_key, entry_lines_of
from tests.scenarios.orders import assert_interim_is_what_is_open, assert_orders_agree_with_their_documents

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def shop():
    """4 kits of 2 panels and 8 screws can leave: panels 3 × 8.00 + 5 × 9.50, screws 32 × 0.10, together 74.70."""
    shop = Shop()
    shop.screw = ItemFactory(company=shop.company, sku="B", name="Screw")
    shop.stock((3, 8), (9, "9.50"))
    shop.stock((100, "0.10"), item=shop.screw)
    shop.kit = ItemFactory(company=shop.company, kind="kit", sku="K", list_price=D("49.99"))
    for item, quantity in ((shop.item, 2), (shop.screw, 8)):
        KitComponent.objects.create(company=shop.company, kit=shop.kit, item=item, quantity=quantity)
    yield shop
    assert_all(shop.company)
    assert_interim_is_what_is_open(shop.company)
    assert_orders_agree_with_their_documents(shop.company)


def sold(shop, quantity=4):
    order = shop.order(shop.line(quantity, item=shop.kit))
    delivery = shop.ship(order)
    return delivery, shop.invoice(order)


def worth(item):
    valuation = ItemValuation.objects.get(item=item)
    return valuation.quantity, valuation.value


def credited(shop, back):
    (note,) = SalesInvoice.objects.filter(source_label="orders.salesreturn", source_id=back.pk)
    note = shop.post(note)
    return note.net_amount, note.tax_amount


def test_half_of_the_kits_and_then_the_rest(shop):
    delivery, invoice = sold(shop)
    assert (invoice.net_amount, invoice.tax_amount) == (D("199.96"), D("39.99"))
    assert balance_of_key(shop.company, AccountKey.COGS) == D("74.70")
    half = shop.take_back(delivery, (2,))
    assert half.lines.get().cost_amount == D("37.35")
    assert (worth(shop.item), worth(shop.screw)) == ((8, D("73.75")), (84, D("8.40")))
    assert credited(shop, half) == (D("99.98"), D("20.00"))
    rest = shop.take_back(delivery, (2,))
    assert credited(shop, rest) == (D("99.98"), D("19.99"))
    assert (worth(shop.item), worth(shop.screw)) == ((12, D("109.50")), (100, D("10.00")))
    keys = (AccountKey.COGS, AccountKey.STOCK_INTERIM, AccountKey.REVENUE, AccountKey.RECEIVABLE, AccountKey.OUTPUT_TAX)
    assert [balance_of_key(shop.company, key) for key in keys] == [0, 0, 0, 0, 0]


def test_one_kit_is_scrapped_and_one_restocked(shop):
    delivery, _invoice = sold(shop)
    shop.take_back(delivery, (1, "scrap"))
    shop.take_back(delivery, (1,))
    loss = balance_of_key(shop.company, AccountKey.INVENTORY_DIFFERENCE)
    assert (loss, balance_of_key(shop.company, AccountKey.COGS)) == (D("18.67"), D("37.35"))
    assert (worth(shop.item), worth(shop.screw)) == ((6, D("55.88")), (76, D("7.60")))


def test_a_kit_comes_back_whole(shop):
    delivery, _invoice = sold(shop)
    with pytest.raises(InvalidInputError) as refused:
        shop.take_back(delivery, ("0.5",))
    assert (refused.value.code, refused.value.field) == ("part_of_kit", "lines")
    assert (worth(shop.item), worth(shop.screw)) == ((4, D("38.00")), (68, D("6.80")))
    assert shop.take_back(delivery, (4,)).lines.get().cost_amount == D("74.70")


def test_what_left_comes_back_although_the_kit_is_another_by_now(shop):
    delivery, _invoice = sold(shop)
    KitComponent.objects.filter(kit=shop.kit, item=shop.screw).update(quantity=4)
    KitComponent.objects.filter(kit=shop.kit, item=shop.item).delete()
    hinge = ItemFactory(company=shop.company, sku="NEW", name="Hinge")
    KitComponent.objects.create(company=shop.company, kit=shop.kit, item=hinge, quantity=1)
    back = shop.take_back(delivery, (2,))
    assert back.lines.get().cost_amount == D("37.35")
    assert (worth(shop.item), worth(shop.screw)) == ((8, D("73.75")), (84, D("8.40")))


def test_the_accounts_of_a_kit_are_those_of_what_was_sold(shop):
    """Components of a category with accounts of its own: what the delivery books is what the invoice clears."""
    category = ItemCategoryFactory(company=shop.company)
    for code, kind, key in (("5099", "cost_of_sales", "cogs"), ("1239", "inventory", "stock_interim")):
        account = AccountFactory(company=shop.company, code=code, kind=kind)
        PostingRule.objects.create(company=shop.company, key=key, item_category=category, account=account)
    for item in (shop.item, shop.screw):
        item.category = category
        item.save()
    delivery, invoice = sold(shop)
    assert_entry(entry_lines_of(shop.company, delivery), [("1230", "74.70", "0"), ("1200", "0", "74.70")])
    assert [line for line in entry_lines_of(shop.company, invoice) if line[0] in ("1230", "1239", "5000", "5099")] == [
        ("1230", 0, D("74.70")),
        ("5000", D("74.70"), 0),
    ]
    back = shop.take_back(delivery, (2,))
    assert_entry(entry_lines_of(shop.company, back), [("1200", "37.35", "0"), ("5000", "0", "37.35")])
