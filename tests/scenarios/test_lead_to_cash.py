"""The integrated chain of the acceptance cases, C-1 to C-7 and C-10, from a lead to cash, through operations; C-12
before accrual: the month's revenue is an invoice and a credit note."""

import datetime as dt
from decimal import Decimal

import pytest

from core.access.enums import Role
from crm.leads.conversion import convert_lead
from crm.leads.operations import create_lead, qualify_lead
from crm.pipeline.models import Deal
from crm.pipeline.operations import update_deal, win_deal
from crm.pipeline.setup import set_up_pipeline
from erp.banking.operations import receive_payment
from erp.banking.setup import set_up_banking
from erp.inventory.queries import availability
from erp.invoicing.models import SalesInvoice
from erp.invoicing.operations import post_sales_invoice, post_supplier_invoice
from erp.invoicing.queries import aged_receivables
from erp.ledger.enums import AccountKey
from erp.ledger.models import JournalLine
from erp.ledger.queries import accounts_for
from erp.orders.models import SalesOrder
from erp.orders.operations import (
    accept_quotation,
    confirm_sales_order,
    create_delivery,
    invoice_sales_order,
    receive_return,
    send_quotation,
    ship_delivery,
)
from erp.purchasing.operations import (
    bill_purchase_order,
    confirm_purchase_order,
    create_purchase_order,
    post_receipt,
    receive_purchase_order,
)
from integration.chain import chain_of, open_amount
from integration.money import customer_money
from integration.operations import quote_deal
from tests.factories.catalog import ItemFactory, vat
from tests.factories.company import user_with
from tests.factories.inventory import company_with_stock
from tests.factories.parties import PaymentTermFactory, SupplierFactory
from tests.scenarios.invariants import assert_all, assert_grni_equals_receipts, balance_of_key
from tests.scenarios.orders import assert_interim_is_what_is_open

pytestmark = pytest.mark.django_db
D = Decimal


def day(number, month=3):
    return dt.date(2026, month, number)


def at(number, month=3):
    return {"now": dt.datetime(2026, month, number, 9, tzinfo=dt.UTC)}


class Chain:
    """The company of the case: item A, FIFO, VAT 20 % on sales, bought twice, and a seller."""

    def __init__(self):
        self.company = company_with_stock()
        self.seller = user_with(Role.SALESPERSON, self.company)
        acting = {"company_id": self.company.pk, "user": None, **at(1)}
        set_up_banking(**acting)
        set_up_pipeline(**acting)
        vat(self.company)
        self.item = ItemFactory(company=self.company, sku="A", list_price=D(20), costing_method="fifo")
        self.supplier = SupplierFactory(company=self.company)
        self.buy("8.00", 1)
        self.buy("9.50", 10)

    def buy(self, price, on):
        acting = {"user": None, **at(on)}
        line = {"item_id": self.item.pk, "quantity": D(10), "unit_price": D(price)}
        order = create_purchase_order(
            company_id=self.company.pk, party_id=self.supplier.pk, lines=[line], document_date=day(on), **acting
        )
        confirm_purchase_order(purchase_order_id=order.pk, **acting)
        receipt = receive_purchase_order(purchase_order_id=order.pk, document_date=day(on), **acting)
        post_receipt(receipt_id=receipt.pk, **acting)
        bill = bill_purchase_order(
            purchase_order_id=order.pk, document_date=day(on), supplier_number=f"S-{on}", **acting
        )
        post_supplier_invoice(supplier_invoice_id=bill.pk, **acting)

    def deal(self):
        """A lead, qualified and converted, with 15 A at 20.00 less 5 %."""
        acting = {"user": self.seller, **at(11)}
        lead = create_lead(
            company_id=self.company.pk, name="Ada Brandt", organisation_name="Nordlicht GmbH",
            email="ada@nordlicht.example", **acting,
        )  # fmt: skip
        qualify_lead(lead_id=lead.pk, **acting)
        lead = convert_lead(lead_id=lead.pk, deal_title="D", **acting)
        line = {"item_id": self.item.pk, "quantity": D(15), "discount_percent": D(5)}
        deal = update_deal(deal_id=lead.deal_id, lines=[line], **acting)
        deal.party.payment_term = PaymentTermFactory(company=self.company, days=30)
        deal.party.save()
        return deal

    def balance(self, key):
        return balance_of_key(self.company, key)

    def free(self):
        return availability(company_id=self.company.pk, item_ids=[self.item.pk])[self.item.pk].available


def test_lead_to_cash():
    case = Chain()
    deal = case.deal()
    acting = {"user": case.seller}
    assert (deal.amount, case.free()) == (D("285.00"), 20)

    # C-1: winning twice makes one order; the quotation showed 20 free, confirming reserves 15.
    quotation = quote_deal(deal_id=deal.pk, **acting, **at(12))
    assert (quotation.net_amount, quotation.tax_amount, quotation.total_amount) == (D(285), D(57), D(342))
    for _click in range(2):
        deal = win_deal(deal_id=deal.pk, **acting, **at(12))
    order = SalesOrder.objects.get()
    assert (order.net_amount, order.tax_amount, order.total_amount) == (D("285.00"), D("57.00"), D("342.00"))
    assert (order.status, case.free()) == ("draft", 20)
    confirm_sales_order(sales_order_id=order.pk, **acting, **at(12))
    assert case.free() == 5

    # C-2: ship 12.
    line = order.lines.get()
    first = create_delivery(
        sales_order_id=order.pk, lines=[(line.pk, D(12))], document_date=day(15), **acting, **at(15)
    )
    first = ship_delivery(delivery_id=first.pk, ship_date=day(15), **acting, **at(15))
    assert case.balance(AccountKey.STOCK_INTERIM) == D("99.00")
    assert chain_of(deal).quantity_to_ship == 3

    # C-3: invoice what was shipped, due in 30 days.
    invoice = invoice_sales_order(sales_order_id=order.pk, document_date=day(15), **acting, **at(15))
    invoice = post_sales_invoice(sales_invoice_id=invoice.pk, **acting, **at(15))
    assert (invoice.net_amount, invoice.tax_amount, invoice.total_amount) == (D("228.00"), D("45.60"), D("273.60"))
    assert invoice.due_date == day(14, month=4)
    assert (case.balance(AccountKey.COGS), case.balance(AccountKey.STOCK_INTERIM)) == (D("99.00"), 0)

    # C-4: 200.00 come in; the deal shows invoiced, paid and what is to ship.
    receive_payment(
        company_id=case.company.pk, party_id=deal.party_id, amount=D(200), payment_date=day(20), **acting, **at(20)
    )
    chain = chain_of(deal)
    assert (chain.invoiced_amount, chain.paid_amount, chain.quantity_to_ship) == (D("273.60"), D("200.00"), 3)
    assert open_amount([invoice]) == D("73.60")

    # C-5: two come back, as new.
    shipped = first.lines.get()
    back = receive_return(
        delivery_id=first.pk, lines=[(shipped.pk, D(2), "resale")], return_date=day(25), **acting, **at(25)
    )
    credit = SalesInvoice.objects.get(source_label="orders.salesreturn", source_id=back.pk)
    credit = post_sales_invoice(sales_invoice_id=credit.pk, **acting, **at(25))
    assert (credit.net_amount, credit.tax_amount, credit.total_amount) == (D("38.00"), D("7.60"), D("45.60"))
    assert customer_money(deal.party, on=day(25)).balance_amount == D("28.00")
    assert open_amount([invoice]) + open_amount([credit]) == D("28.00")

    # C-6: ship the 3 that were left, not invoiced yet.
    second = create_delivery(sales_order_id=order.pk, document_date=day(31), **acting, **at(31))
    ship_delivery(delivery_id=second.pk, ship_date=day(31), **acting, **at(31))
    assert case.item.valuation.quantity == 7

    # C-7: the trial balance of 31 March.
    assert_trial_balance(case)

    # C-12 before accrual: March's revenue is two rows.
    account_id = accounts_for(case.company.pk, [AccountKey.REVENUE]).account_id(AccountKey.REVENUE)
    revenue = JournalLine.objects.filter(account_id=account_id, entry_date__range=(day(1), day(31)))
    assert sorted(row.credit - row.debit for row in revenue) == [D("-38.00"), D("228.00")]

    # C-10: what was owed on 31 March stays what it was after April's payment.
    receive_payment(
        company_id=case.company.pk, party_id=deal.party_id, amount=D(28), payment_date=day(9, 4), **acting, **at(9, 4)
    )
    aged = aged_receivables(company_id=case.company.pk, as_of=day(31)).totals
    assert (aged.buckets[0], aged.total) == (D("28.00"), D("28.00"))
    assert aged_receivables(company_id=case.company.pk, as_of=day(30, 4)).totals.total == 0
    assert_all(case.company)
    assert_grni_equals_receipts(case.company)
    assert_interim_is_what_is_open(case.company)


def assert_trial_balance(case):
    expected = {
        AccountKey.INVENTORY: "64.00",
        AccountKey.RECEIVABLE: "28.00",
        AccountKey.BANK: "200.00",
        AccountKey.COGS: "82.50",
        AccountKey.STOCK_INTERIM: "28.50",
        AccountKey.PAYABLE: "-175.00",
        AccountKey.REVENUE: "-190.00",
        AccountKey.OUTPUT_TAX: "-38.00",
        AccountKey.GRNI: "0",
    }
    assert {key: case.balance(key) for key in expected} == {key: D(amount) for key, amount in expected.items()}


def test_accepting_the_quotation_wins_the_deal_and_makes_the_one_order():
    case = Chain()
    deal = case.deal()
    acting = {"user": case.seller, **at(12)}
    quotation = quote_deal(deal_id=deal.pk, **acting)
    send_quotation(quotation_id=quotation.pk, **acting)
    order = accept_quotation(quotation_id=quotation.pk, user=None, now=at(13)["now"], name="Ada Brandt", consent=True)
    deal = Deal.objects.get(pk=deal.pk)
    assert deal.status == "won"
    assert win_deal(deal_id=deal.pk, **acting).status == "won"
    assert SalesOrder.objects.get() == order
    assert order.source.id == deal.pk
    chain = chain_of(order)
    assert (chain.deal, chain.quotations, chain.order) == (deal, [quotation], order)


def test_winning_first_leaves_the_same_order_for_the_quotation():
    case = Chain()
    deal = case.deal()
    acting = {"user": case.seller, **at(12)}
    quotation = quote_deal(deal_id=deal.pk, **acting)
    send_quotation(quotation_id=quotation.pk, **acting)
    win_deal(deal_id=deal.pk, **acting)
    order = SalesOrder.objects.get()
    accept_quotation(quotation_id=quotation.pk, user=None, now=at(13)["now"], name="Ada Brandt", consent=True)
    assert SalesOrder.objects.get() == order
