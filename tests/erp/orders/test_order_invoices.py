"""Invoicing orders: what was delivered, or ahead of it; cost of goods sold; taking invoices back."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import WrongStateError
from erp.invoicing.models import SalesInvoiceLine
from erp.invoicing.operations import cancel_draft_sales_invoice, credit_sales_invoice
from erp.ledger.enums import AccountKey
from erp.orders.enums import InvoiceState, OrderStatus
from erp.orders.errors import NothingToInvoiceError
from tests.factories.catalog import ItemFactory
from tests.factories.invoicing import Trade
from tests.factories.orders import DAY, NOW, Shop, line_of, shipped_line
from tests.scenarios.invariants import assert_all, assert_entry, balance_of_key, entry_lines_of
from tests.scenarios.orders import assert_interim_is_what_is_open

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def shop():
    shop = Shop()
    shop.stock((10, 8), (10, "9.50"))
    yield shop
    assert_all(shop.company)
    assert_interim_is_what_is_open(shop.company)


def balances(shop, *keys):
    return [balance_of_key(shop.company, key) for key in keys]


def cogs_and_interim(shop):
    return balances(shop, AccountKey.COGS, AccountKey.STOCK_INTERIM)


def credit(shop, invoice, quantity):
    """A posted credit note over a quantity of the first line, without goods coming back."""
    draft = credit_sales_invoice(
        sales_invoice_id=invoice.pk,
        lines=[(invoice.lines.first().pk, D(quantity))],
        document_date=DAY,
        reason="Agreed",
        user=None,
        now=NOW,
    )
    return shop.post(draft)


def test_the_invoice_continues_the_order(shop):
    term_free = shop.order(shop.line(15, discount_percent=D(5)), reference="PO 1")
    shop.ship(term_free, 12)
    invoice = shop.invoice_draft(term_free)
    assert (invoice.status, invoice.reference, invoice.source.id) == ("draft", "PO 1", term_free.pk)
    (line,) = invoice.lines.all()
    assert (line.quantity, line.unit_price, line.discount_percent) == (12, D(20), D(5))
    assert (line.source.label, line.source.id) == ("orders.salesorderline", line_of(term_free).pk)
    assert cogs_and_interim(shop) == [0, D("99.00")]


def test_what_stands_on_a_draft_is_not_drafted_again(shop):
    order = shop.order(shop.line(15))
    with pytest.raises(NothingToInvoiceError):
        shop.invoice_draft(order)
    shop.ship(order, 12)
    draft = shop.invoice_draft(order)
    with pytest.raises(NothingToInvoiceError):
        shop.invoice_draft(order)
    shop.ship(order)
    assert shop.invoice_draft(order).lines.get().quantity == 3
    cancel_draft_sales_invoice(sales_invoice_id=draft.pk, user=None, now=NOW)
    assert shop.invoice_draft(order).lines.get().quantity == 12


def test_only_a_confirmed_order_is_invoiced(shop):
    with pytest.raises(WrongStateError):
        shop.invoice_draft(shop.draft(shop.line(1)))


def test_posting_moves_the_cost_of_what_is_invoiced(shop):
    order = shop.order(shop.line(15))
    shop.ship(order, 12)
    shop.ship(order, 3)
    draft = shop.invoice_draft(order)
    assert draft.lines.get().quantity == 15
    shop.post(draft)
    shop.post(draft)
    assert cogs_and_interim(shop) == [D("127.50"), 0]
    order.refresh_from_db()
    assert (order.status, order.invoice_state, line_of(order).invoiced_quantity) == (
        OrderStatus.DONE,
        InvoiceState.FULL,
        15,
    )


def test_the_cents_of_a_shared_cost_are_not_lost():
    shop = Shop()
    shop.stock((3, "3.333333"))
    order = shop.order(shop.line(3))
    delivery = shop.ship(order)
    assert shipped_line(delivery).cost_amount == D("10.00")
    invoice = shop.invoice_draft(order)
    SalesInvoiceLine.objects.filter(invoice=invoice).update(quantity=1)
    shop.post(invoice)
    assert cogs_and_interim(shop) == [D("3.33"), D("6.67")]
    shop.invoice(order)
    assert cogs_and_interim(shop) == [D("10.00"), 0]


def test_services_and_freight_come_with_the_first_invoice(shop):
    service = ItemFactory(company=shop.company, kind="service", list_price=D(100))
    order = shop.order(shop.line(10), shop.line(1, item=service), freight_amount=D(15))
    with pytest.raises(NothingToInvoiceError):
        shop.invoice_draft(order)
    shop.ship(order, 4)
    first = shop.invoice(order)
    assert [(line.description, line.net_amount) for line in first.lines.all()] == [
        ("Item A", D("80.00")), (service.name, D("100.00")), ("Freight", D("15.00")),
    ]  # fmt: skip
    assert balances(shop, AccountKey.FREIGHT_REVENUE) == [D("-15.00")]
    shop.ship(order)
    assert shop.invoice(order).net_amount == D("120.00")


def test_an_invoice_ahead_of_delivery_waits_for_its_cost(shop):
    order = shop.order(shop.line(15))
    invoice = shop.invoice(order, basis="ordered")
    assert invoice.net_amount == D("300.00")
    assert cogs_and_interim(shop) == [0, 0]
    order.refresh_from_db()
    assert (order.invoice_state, order.status) == (InvoiceState.FULL, OrderStatus.CONFIRMED)
    delivery = shop.ship(order, 12)
    assert cogs_and_interim(shop) == [D("99.00"), 0]
    assert shipped_line(delivery).invoiced_quantity == 12
    shop.ship(order)
    assert cogs_and_interim(shop) == [D("127.50"), 0]
    order.refresh_from_db()
    assert order.status == OrderStatus.DONE
    with pytest.raises(NothingToInvoiceError):
        shop.invoice_draft(order)


def test_an_invoice_partly_ahead(shop):
    order = shop.order(shop.line(15))
    shop.ship(order, 12)
    shop.invoice(order, basis="ordered")
    assert cogs_and_interim(shop) == [D("99.00"), 0]
    shop.ship(order)
    assert cogs_and_interim(shop) == [D("127.50"), 0]


def test_cost_is_not_booked_before_the_goods_leave():
    """Shipped in April, invoiced afterwards with a day in March: revenue is March's, as the paper says, and the cost
    stays with the goods. Nothing stands below zero on goods delivered, not invoiced."""
    shop = Shop()
    shop.stock((10, "8"))
    order = shop.order(shop.line(5, "20"))
    shop.ship(order, 5, on=dt.date(2026, 4, 2))
    invoice = shop.invoice(order, on=dt.date(2026, 3, 31))
    assert_entry(
        entry_lines_of(shop.company, invoice, "invoice"),
        [("1100", "120.00", "0"), ("4000", "0", "100.00"), ("2100", "0", "20.00")],
    )
    assert_entry(
        entry_lines_of(shop.company, invoice, "goods 2026-04-02"), [("5000", "40.00", "0"), ("1230", "0", "40.00")]
    )
    assert balance_of_key(shop.company, AccountKey.STOCK_INTERIM, as_of=dt.date(2026, 3, 31)) == 0
    assert_interim_is_what_is_open(shop.company)
    assert_all(shop.company)


def test_a_credit_note_without_return_takes_the_invoice_back(shop):
    """PER-04: the goods stay with the customer, so they are delivered and not invoiced again."""
    order = shop.order(shop.line(10))
    delivery = shop.ship(order)
    credit(shop, shop.invoice(order), 4)
    assert cogs_and_interim(shop) == [D("48.00"), D("32.00")]
    assert shipped_line(delivery).open_quantity == 4
    order.refresh_from_db()
    assert (order.status, order.invoice_state) == (OrderStatus.CONFIRMED, InvoiceState.PARTIAL)
    again = shop.invoice(order)
    assert again.lines.get().quantity == 4
    assert cogs_and_interim(shop) == [D("80.00"), 0]


def test_a_credit_note_takes_back_what_ran_ahead_first(shop):
    order = shop.order(shop.line(15))
    shop.ship(order, 12)
    invoice = shop.invoice(order, basis="ordered")
    credit(shop, invoice, 2)
    assert cogs_and_interim(shop) == [D("99.00"), 0]
    credit(shop, invoice, 2)
    assert cogs_and_interim(shop) == [D("90.75"), D("8.25")]
    assert line_of(order).invoiced_quantity == 11


def test_invoices_of_others_are_left_alone(shop):
    trade = Trade()
    trade.invoice(trade.line())
    assert balance_of_key(trade.company, AccountKey.COGS) == 0
