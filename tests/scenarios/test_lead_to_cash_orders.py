"""Chain C-1 to C-7 of the acceptance cases from the order on: the deal comes with integration."""

import datetime as dt
from decimal import Decimal

import pytest

from erp.inventory.queries import availability
from erp.invoicing.models import SalesInvoice
from erp.ledger.enums import AccountKey
from erp.ledger.models import PostingRule
from erp.orders.enums import DeliveryState, InvoiceState, OrderStatus, ReturnStatus
from erp.orders.operations import accept_quotation, confirm_sales_order, receive_return
from tests.factories.orders import NOW, Shop, line_of, shipped_line
from tests.scenarios.invariants import assert_all, assert_entry, balance_of_key, entry_lines_of
from tests.scenarios.orders import assert_interim_is_what_is_open

pytestmark = pytest.mark.django_db

D = Decimal
MARCH = [dt.date(2026, 3, day) for day in range(1, 32)]


def test_the_chain_from_quotation_to_the_second_delivery():
    shop = Shop()
    shop.stock((10, "8.00"))
    shop.stock((10, "9.50"), on="2026-03-10")

    # C-1: the quotation shows 20 free; accepted and confirmed twice there is one order, and 5 are free.
    quotation = shop.sent(shop.line(15, discount_percent=D(5)))
    assert free(shop) == 20
    order = accept_quotation(quotation_id=quotation.pk, user=None, now=NOW, name="Ada", consent=True)
    again = accept_quotation(quotation_id=quotation.pk, user=None, now=NOW, name="Ada", consent=True)
    assert again == order
    order = confirm_sales_order(sales_order_id=order.pk, user=None, now=NOW)
    assert confirm_sales_order(sales_order_id=order.pk, user=None, now=NOW).number == order.number
    assert (order.net_amount, order.tax_amount, order.total_amount) == (D("285.00"), D("57.00"), D("342.00"))
    assert free(shop) == 5

    # C-2: ship 12; 3 are back-ordered and stay reserved.
    first = shop.ship(order, 12, on=MARCH[14])
    assert shipped_line(first).cost_amount == D("99.00")
    assert line_of(order).to_deliver == 3
    assert free(shop) == 5
    assert interim(shop) == D("99.00")
    order.refresh_from_db()
    assert (order.delivery_state, order.invoice_state) == (DeliveryState.PARTIAL, InvoiceState.NONE)

    # C-3: invoice what was shipped.
    invoice = shop.invoice(order, on=MARCH[14])
    assert (invoice.net_amount, invoice.tax_amount, invoice.total_amount) == (D("228.00"), D("45.60"), D("273.60"))
    assert cogs(shop) == D("99.00")
    assert interim(shop) == 0
    assert_interim_is_what_is_open(shop.company)

    # C-5: two come back and go on sale again.
    back = receive_return(
        delivery_id=first.pk,
        lines=[(shipped_line(first).pk, D(2), "resale")],
        return_date=MARCH[24],
        user=None,
        now=NOW,
    )
    credit = SalesInvoice.objects.get(source_label="orders.salesreturn", source_id=back.pk)
    assert (credit.net_amount, credit.tax_amount, credit.total_amount) == (D("38.00"), D("7.60"), D("45.60"))
    assert stock_value(shop) == D("92.50")  # 76.00 left of the second receipt, and 16.50
    shop.post(credit)
    back.refresh_from_db()
    assert back.status == ReturnStatus.CREDITED
    assert cogs(shop) == D("82.50")

    # C-6: ship the 3, not invoiced yet.
    second = shop.ship(order, on=MARCH[30])
    assert shipped_line(second).cost_amount == D("28.50")
    assert stock_value(shop) == D("64.00")
    assert shop.item.valuation.quantity == 7

    # C-7 without purchases and payment: what selling leaves on the accounts.
    assert interim(shop) == D("28.50")
    assert cogs(shop) == D("82.50")
    assert balance_of_key(shop.company, AccountKey.REVENUE) == D("-190.00")
    assert balance_of_key(shop.company, AccountKey.RECEIVABLE) == D("228.00")
    order.refresh_from_db()
    assert (order.status, order.delivery_state) == (OrderStatus.CONFIRMED, DeliveryState.FULL)
    assert line_of(order).to_invoice_delivered == 3
    assert_all(shop.company)
    assert_interim_is_what_is_open(shop.company)

    # The rest of the chain: invoiced in full, the order is done.
    last = shop.invoice(order, on=MARCH[30])
    assert (last.net_amount, last.total_amount) == (D("57.00"), D("68.40"))
    order.refresh_from_db()
    assert (order.status, order.invoice_state) == (OrderStatus.DONE, InvoiceState.FULL)
    assert interim(shop) == 0
    assert_all(shop.company)
    assert_interim_is_what_is_open(shop.company)


def test_entries_of_the_chain_to_the_line():
    shop = Shop()
    shop.stock((10, "8.00"))
    shop.stock((10, "9.50"), on="2026-03-10")
    order = shop.order(shop.line(15, discount_percent=D(5)))
    delivery = shop.ship(order, 12)
    assert_entry(
        entry_lines_of(shop.company, delivery),
        [(code(shop, AccountKey.INVENTORY), "0", "99"), (code(shop, AccountKey.STOCK_INTERIM), "99", "0")],
    )
    invoice = shop.invoice(order)
    assert_entry(
        entry_lines_of(shop.company, invoice),
        [
            (code(shop, AccountKey.RECEIVABLE), "273.60", "0"),
            (code(shop, AccountKey.REVENUE), "0", "228.00"),
            (code(shop, AccountKey.OUTPUT_TAX), "0", "45.60"),
            (code(shop, AccountKey.COGS), "99.00", "0"),
            (code(shop, AccountKey.STOCK_INTERIM), "0", "99.00"),
        ],
    )
    back = shop.take_back(delivery, (2,))
    assert_entry(
        entry_lines_of(shop.company, back),
        [(code(shop, AccountKey.INVENTORY), "16.50", "0"), (code(shop, AccountKey.COGS), "0", "16.50")],
    )
    credit = shop.post(SalesInvoice.objects.get(reverses=invoice))
    assert_entry(
        entry_lines_of(shop.company, credit),
        [
            (code(shop, AccountKey.RECEIVABLE), "0", "45.60"),
            (code(shop, AccountKey.REVENUE), "38.00", "0"),
            (code(shop, AccountKey.OUTPUT_TAX), "7.60", "0"),
        ],
    )


def free(shop: Shop) -> Decimal:
    return availability(company_id=shop.company.pk, item_ids=[shop.item.pk])[shop.item.pk].available


def interim(shop: Shop) -> Decimal:
    return balance_of_key(shop.company, AccountKey.STOCK_INTERIM)


def cogs(shop: Shop) -> Decimal:
    return balance_of_key(shop.company, AccountKey.COGS)


def stock_value(shop: Shop) -> Decimal:
    return balance_of_key(shop.company, AccountKey.INVENTORY)


def code(shop: Shop, key: AccountKey) -> str:
    return PostingRule.objects.get(company=shop.company, key=key, item_category=None).account.code
