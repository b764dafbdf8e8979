"""Goods and money that go back after something has moved on: costs, rates, stock, periods. Every figure by hand."""

import datetime as dt
from decimal import Decimal

import pytest

from core.company.models import Company, CurrencyRate
from erp.banking.operations import cancel_payment
from erp.inventory.models import ItemValuation
from erp.invoicing.models import OpenItem, SalesInvoice
from erp.invoicing.operations import credit_sales_invoice, credit_supplier_invoice, post_supplier_invoice
from erp.ledger.enums import AccountKey
from erp.ledger.errors import PeriodClosedError
from erp.ledger.operations import close_period
from erp.orders.models import SalesReturn
from tests.factories.banking import CashAccountFactory, receive, send
from tests.factories.catalog import ItemFactory
from tests.factories.company import currency
from tests.factories.inventory import company_with_stock, issue, stocked_item
from tests.factories.invoicing import Trade, booked, open_of
from tests.factories.ledger import NOW, period_of
from tests.factories.orders import Shop, shipped_line
from tests.factories.purchasing import DAY as MARCH
from tests.factories.purchasing import billed, line, purchase_order, received
from tests.scenarios.invariants import (
    assert_all,
    assert_entry,
    assert_grni_equals_receipts,
    assert_trial_balance_zero,
    balance_of_key,
    entry_lines_of,
)
from tests.scenarios.orders import assert_interim_is_what_is_open

pytestmark = pytest.mark.django_db
D = Decimal


def on(day: int, month: int = 3) -> dt.date:
    return dt.date(2026, month, day)


def rates(company: Company, **of_days: str) -> None:
    """USD in EUR, from days of March on: `d1="0.90"`."""
    usd = currency("USD")
    for day, rate in of_days.items():
        CurrencyRate.objects.create(company=company, currency=usd, date=on(int(day[1:])), rate=D(rate))


def balances(company: Company, *keys: AccountKey) -> list[Decimal]:
    return [balance_of_key(company, key) for key in keys]


def assert_control_is_what_is_open(company: Company) -> None:
    """INV-2."""
    for side, key in (("receivable", AccountKey.RECEIVABLE), ("payable", AccountKey.PAYABLE)):
        items = OpenItem.objects.filter(company=company, side=side)
        assert sum(items.values_list("open_amount", flat=True)) == balance_of_key(company, key)


def credited(shop: Shop, back: SalesReturn) -> SalesInvoice:
    (note,) = SalesInvoice.objects.filter(source_label="orders.salesreturn", source_id=back.pk)
    return shop.post(note)


@pytest.mark.parametrize(("method", "next_cost"), [("fifo", "180.00"), ("average", "172.94")])
def test_goods_come_back_at_what_they_left_at_although_their_cost_has_changed(method, next_cost):
    """6 of 10 @ 8.00 leave for 48.00, then 10 @ 14.00 come. 3 come back at 24.00, not at 42.00 or 36.86: stock is
    32 + 140 + 24. The next 15 cost by FIFO 32 + 140 + 8, by average 196 × 15 ÷ 17."""
    shop = Shop()
    item = ItemFactory(company=shop.company, sku="M", costing_method=method)
    shop.stock((10, 8), item=item)
    order = shop.order(shop.line(6, item=item))
    delivery = shop.ship(order)
    shop.invoice(order)
    shop.stock((10, 14), item=item, on="2026-03-16")
    back = shop.take_back(delivery, (3,), on=on(17))
    assert_entry(entry_lines_of(shop.company, back), [("1200", "24.00", "0"), ("5000", "0", "24.00")])
    note = credited(shop, back)
    assert_entry(
        entry_lines_of(shop.company, note), [("4000", "60.00", "0"), ("2100", "12.00", "0"), ("1100", "0", "72.00")]
    )
    valuation = ItemValuation.objects.get(item=item)
    assert (valuation.quantity, valuation.value) == (17, D("196.00"))
    following = shop.ship(shop.order(shop.line(15, item=item), document_date=on(18)), on=on(18))
    assert shipped_line(following).cost_amount == D(next_cost)
    assert_all(shop.company)
    assert_control_is_what_is_open(shop.company)
    assert_interim_is_what_is_open(shop.company)


def test_foreign_goods_come_back_at_the_rate_they_were_sold_at():
    """3 × 33.33 USD at 0.90: net 99.99 → 89.99, tax 20.00 → 18.00. One comes back when a dollar is 0.95: a third of the
    net is 30.00, the tax 6.67 of 20.00 is 6.00; no exchange difference, for no money has moved."""
    shop = Shop()
    rates(shop.company, d1="0.90", d20="0.95")
    shop.stock((10, 8))
    order = shop.order(shop.line(3, "33.33"), currency_id="USD")
    delivery = shop.ship(order)
    invoice = shop.invoice(order)
    assert (invoice.exchange_rate, invoice.total_amount) == (D("0.90"), D("119.99"))
    back = shop.take_back(delivery, (1,), on=on(25))
    note = credited(shop, back)
    assert (note.exchange_rate, note.net_amount, note.tax_amount) == (D("0.90"), D("33.33"), D("6.67"))
    assert_entry(
        entry_lines_of(shop.company, note), [("4000", "30.00", "0"), ("2100", "6.00", "0"), ("1100", "0", "36.00")]
    )
    assert balances(shop.company, AccountKey.RECEIVABLE, AccountKey.COGS, AccountKey.FX_GAIN, AccountKey.FX_LOSS) == [
        D("71.99"), D("16.00"), 0, 0,
    ]  # fmt: skip
    assert_all(shop.company)
    assert_control_is_what_is_open(shop.company)


def test_a_refund_at_another_rate_is_where_the_difference_arises():
    """119.99 USD booked at 107.99 are paid at 0.95: 113.99, gain 6.00. A credit of 40.00, booked at 36.00, is refunded
    at 0.97: 38.80, loss 2.80."""
    trade = Trade()
    rates(trade.company, d1="0.90", d20="0.95", d25="0.97")
    bank = CashAccountFactory(company=trade.company, currency=currency("USD"))
    invoice = trade.invoice(trade.line(3, "33.33"), currency_code="USD")
    receive(trade, "119.99", (invoice, "119.99"), on=on(20), cash_account_id=bank.pk)
    gain, loss = AccountKey.FX_GAIN, AccountKey.FX_LOSS
    assert balances(trade.company, AccountKey.RECEIVABLE, gain, loss) == [0, D("-6.00"), 0]
    note = trade.credit(invoice, (invoice.lines.get().pk, 1), on=on(21))
    assert booked(note) == [("1100", D("-36.00")), ("4000", D("30.00")), ("2100", D("6.00"))]
    assert open_of(note) == [D("-40.00")]
    refund = send(trade, "40.00", (note, "40.00"), on=on(25), side="receivable", cash_account_id=bank.pk)
    assert booked(refund, "payment") == [(bank.account.code, D("-38.80")), ("1100", D("38.80"))]
    assert balances(trade.company, AccountKey.RECEIVABLE, gain, loss) == [0, D("-6.00"), D("2.80")]
    assert_control_is_what_is_open(trade.company)
    assert_trial_balance_zero(trade.company)


def test_a_payment_over_three_invoices_its_rest_refunded_and_the_money_bounced():
    """200.00 for 100.00 + 50.50 + 30.01: 19.49 stay on account and go back. When the 200.00 bounce, the customer owes
    the invoices and the 19.49."""
    trade = Trade()
    invoices = [trade.of_total(total) for total in ("100.00", "50.50", "30.01")]
    paid = receive(trade, "200.00", *zip(invoices, ("100.00", "50.50", "30.01"), strict=True))
    assert [open_of(invoice) for invoice in invoices] == [[0], [0], [0]]
    assert open_of(paid) == [D("-19.49")]
    refund = send(trade, "19.49", (paid, "19.49"), side="receivable")
    assert booked(refund, "payment") == [("1010", D("-19.49")), ("1100", D("19.49"))]
    assert (open_of(paid), open_of(refund)) == ([0], [0])
    assert balances(trade.company, AccountKey.RECEIVABLE, AccountKey.BANK) == [0, D("180.51")]
    cancel_payment(payment_id=paid.pk, on=on(20), reason="Bounced", user=None, now=NOW)
    assert [open_of(invoice) for invoice in invoices] == [[D("100.00")], [D("50.50")], [D("30.01")]]
    assert (open_of(paid), open_of(refund)) == ([0, 0], [D("19.49")])
    assert balances(trade.company, AccountKey.RECEIVABLE, AccountKey.BANK) == [D("200.00"), D("-19.49")]
    assert_control_is_what_is_open(trade.company)
    assert_trial_balance_zero(trade.company)


@pytest.mark.parametrize("method", ["fifo", "average"])
def test_a_supplier_credits_goods_of_which_some_are_sold(method):
    """10 @ 8.00 come, are invoiced at 8.50 (stock 85.00), 7 leave. The supplier takes 5 off the invoice: AP 42.50, GRNI
    40.00, and of the difference of 2.50 what lies on hand, 3 of 10, leaves stock and 1.75 the cost of what was sold."""
    company = company_with_stock()
    item = stocked_item(company, costing_method=method)
    order = purchase_order(company, line(item, 10, "8.00"))
    received(order)
    invoice = billed(order, prices=["8.50"])
    issue(item, 7)
    note = credit_supplier_invoice(
        supplier_invoice_id=invoice.pk, supplier_number="SC-1", document_date=MARCH, reason="Not as ordered",
        lines=[(invoice.lines.get().pk, D(5))], user=None, now=NOW,
    )  # fmt: skip
    note = post_supplier_invoice(supplier_invoice_id=note.pk, user=None, now=NOW)
    assert_entry(
        entry_lines_of(company, note),
        [("2000", "42.50", "0"), ("2010", "0", "40.00"), ("1200", "0", "0.75"), ("5010", "0", "1.75")],
    )
    assert balances(company, AccountKey.INVENTORY, AccountKey.PAYABLE, AccountKey.GRNI) == [
        D("24.75"), D("-42.50"), D("-40.00"),
    ]  # fmt: skip
    billed(order, "S-2", prices=["8.50"])
    assert balances(company, AccountKey.INVENTORY, AccountKey.GRNI, AccountKey.PRICE_DIFFERENCE) == [D("25.50"), 0, 0]
    assert_grni_equals_receipts(company)
    assert_all(company)
    assert_control_is_what_is_open(company)


def test_nothing_goes_back_into_a_closed_month():
    """Sold in February, which is closed then: neither goods nor a credit note go into it, both into March."""
    shop = Shop()
    shop.stock((10, 8), on="2026-02-01")
    order = shop.order(shop.line(4), document_date=on(10, 2))
    delivery = shop.ship(order, on=on(10, 2))
    invoice = shop.invoice(order, on=on(10, 2))
    late = credit_sales_invoice(
        sales_invoice_id=invoice.pk, lines=[(invoice.lines.get().pk, D(1))], document_date=on(20, 2), reason="Late",
        user=None, now=NOW,
    )  # fmt: skip
    for day in (*((1, month, 2025) for month in range(1, 13)), (1, 1, 2026), (1, 2, 2026)):
        period = period_of(shop.company, dt.date(day[2], day[1], day[0]))
        close_period(accounting_period_id=period.pk, user=None, now=NOW)
    with pytest.raises(PeriodClosedError):
        shop.post(late)
    with pytest.raises(PeriodClosedError):
        shop.take_back(delivery, (2,), on=on(20, 2))
    with pytest.raises(PeriodClosedError):
        shop.take_back(delivery, (2, "scrap"), on=on(20, 2))
    assert not SalesReturn.objects.exists()
    assert shipped_line(delivery).returned_quantity == 0
    back = shop.take_back(delivery, (2,), on=on(2))
    note = credited(shop, back)
    assert (note.document_date, note.total_amount) == (on(2), D("48.00"))
    assert balance_of_key(shop.company, AccountKey.COGS, as_of=on(28, 2)) == D("32.00")
    assert balance_of_key(shop.company, AccountKey.COGS) == D("16.00")
    assert_all(shop.company)
    assert_control_is_what_is_open(shop.company)
    assert_interim_is_what_is_open(shop.company)
