"""The chain of the acceptance cases as people walk it: a lead becomes a customer, an order, goods, an invoice, money
and a trial balance; the customer says yes on the public page. The figures are those of the scenarios."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from core.catalog.models import Item
from core.company.models import Company
from crm.pipeline.setup import set_up_pipeline
from erp.banking.setup import set_up_banking
from erp.invoicing.operations import post_supplier_invoice
from erp.purchasing.operations import (
    bill_purchase_order,
    confirm_purchase_order,
    create_purchase_order,
    post_receipt,
    receive_purchase_order,
)
from tests.browser import hands
from tests.browser.site import Site, Visitor, person
from tests.factories.catalog import ItemFactory, vat
from tests.factories.inventory import company_with_stock
from tests.factories.parties import PaymentTermFactory, SupplierFactory

D = Decimal


def buy(company: Company, item: Item, supplier: Any, price: str, day: int) -> None:
    """Ten pieces, received and billed."""
    on = dt.date(2026, 3, day)
    acting = {"user": None, "now": dt.datetime(2026, 3, day, 9, tzinfo=dt.UTC)}
    line = {"item_id": item.pk, "quantity": D(10), "unit_price": D(price)}
    order = create_purchase_order(company_id=company.pk, party_id=supplier.pk, lines=[line], document_date=on, **acting)
    confirm_purchase_order(purchase_order_id=order.pk, **acting)
    receipt = receive_purchase_order(purchase_order_id=order.pk, document_date=on, **acting)
    post_receipt(receipt_id=receipt.pk, **acting)
    bill = bill_purchase_order(purchase_order_id=order.pk, document_date=on, supplier_number=f"S-{day}", **acting)
    post_supplier_invoice(supplier_invoice_id=bill.pk, **acting)


@pytest.fixture
def seller(site: Site) -> Any:
    """A person with every role in the company of the case: item A, FIFO, VAT 20 %, bought twice."""
    with transaction.atomic():
        company = company_with_stock(name="Case Trading")
        acting = {"company_id": company.pk, "user": None, "now": dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)}
        set_up_banking(**acting)
        set_up_pipeline(**acting)
        vat(company)
        PaymentTermFactory(company=company, name="30 days", days=30)
        item = ItemFactory(company=company, sku="A", name="Lamp", list_price=D(20), costing_method="fifo")
        supplier = SupplierFactory(company=company)
        buy(company, item, supplier, "8.00", 1)
        buy(company, item, supplier, "9.50", 10)
        return person(company, "Sami Seller")


def test_lead_to_cash(visit: Callable[..., Visitor], seller: Any) -> None:
    page = visit(seller).page
    win_the_customer(page)
    write_the_deal(page)
    offer = quote(page)
    accept(visit().page, offer)
    deliver_and_invoice(page)
    take_the_money(page)
    take_two_back(page)
    ship_the_rest(page)
    read_the_books(page)
    pay_the_rest(page)


def win_the_customer(page: Page) -> None:
    page.goto("/leads/new/")
    hands.fill(page, name="Ada Brandt", organisation_name="Nordlicht GmbH", email="ada@nordlicht.example")
    hands.save(page)
    expect(hands.title(page)).to_contain_text("Ada Brandt")
    hands.press(page, "Qualify")
    expect(hands.status(page)).to_have_text("Qualified")
    hands.confirm(page, "Convert", deal_title="Lamps for the office")
    expect(hands.title(page)).to_have_text("Lamps for the office")


def write_the_deal(page: Page) -> None:
    """15 at 20.00 less 5 %; the customer pays after 30 days."""
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(hands.title(page)).to_contain_text("Lamps for the office")
    hands.choose(page, "lines-0-item", "Lamp")
    hands.fill(page, lines__0__quantity=15, lines__0__discount_percent=5)
    expect(page.locator("#totals")).to_contain_text("285.00")
    expect(page.locator("#line-amount-0")).to_have_text("285.00")
    expect(page.locator("#id_lines-0-unit_price")).to_have_attribute("placeholder", "20.00")
    hands.save(page)
    expect(page.locator(".record")).to_contain_text("285.00")
    page.locator(".record").get_by_role("link", name="Nordlicht GmbH").first.click()
    expect(hands.title(page)).to_have_text("Nordlicht GmbH")
    page.get_by_role("link", name="Edit", exact=True).click()
    hands.choose(page, "payment_term", "30 days")
    hands.save(page)
    expect(page.locator(".record")).to_contain_text("30 days")
    page.goto("/deals/")
    page.get_by_role("link", name="Lamps for the office").click()


def quote(page: Page) -> str:
    """The address of the public page."""
    hands.press(page, "Write quotation")
    expect(hands.status(page)).to_have_text("Draft")
    # Of 20 lamps all are free.
    expect(page.locator("main tr", has_text="Lamp").first).to_contain_text("20")
    hands.confirm(page, "Send")
    expect(hands.status(page)).to_have_text("Sent")
    hands.expect_steps(page, "285.00", "342.00", "–", "–", "–", "–")
    return str(page.locator('main a[href*="/offer/"]').first.get_attribute("href"))


def accept(page: Page, offer: str) -> None:
    """The customer, who has no account, reads and accepts."""
    page.goto(offer)
    expect(page.locator("main")).to_contain_text("342.00")
    page.get_by_label("Your name").fill("Ada Brandt")
    page.get_by_label("I accept this offer").check()
    page.get_by_role("button", name="Accept and order").click()
    expect(page.locator("main")).to_contain_text("Accepted by Ada Brandt")


def deliver_and_invoice(page: Page) -> None:
    page.goto("/sales-orders/")
    expect(page.locator("#results tbody tr[data-href]")).to_have_count(1)
    page.locator("#results tbody tr[data-href] a").first.click()
    hands.expect_steps(page, "285.00", "342.00", "342.00", "–", "–", "–")
    hands.confirm(page, "Confirm")
    expect(hands.status(page)).to_have_text("Confirmed")
    ship(page, 12, "2026-03-15")
    hands.follow(page, "Order")
    hands.confirm(page, "Invoice", document_date="2026-03-15")
    expect(hands.status(page)).to_have_text("Draft")
    hands.confirm(page, "Post")
    hands.expect_steps(page, "285.00", "342.00", "342.00", "–", "273.60", "–")
    expect(page.locator(".stepper li", has_text="Delivery")).to_contain_text("3 to ship")


def ship(page: Page, quantity: int | None, day: str) -> None:
    hands.press(page, "Plan delivery")
    dialog = page.locator("#dialog")
    if quantity is not None:
        dialog.get_by_label("Quantity of").fill(str(quantity))
    hands.fill(dialog, document_date=day)
    dialog.locator("[data-save]").click()
    expect(dialog).to_be_hidden()
    hands.confirm(page, "Ship", ship_date=day)
    expect(hands.status(page)).to_have_text("Shipped")


def take_the_money(page: Page) -> None:
    hands.confirm(page, "Register payment", amount="200", payment_date="2026-03-20")
    hands.expect_steps(page, "285.00", "342.00", "342.00", "–", "273.60", "200.00")
    expect(page.locator("main")).to_contain_text("73.60")


def take_two_back(page: Page) -> None:
    hands.follow(page, "Delivery")
    hands.press(page, "Take back")
    dialog = page.locator("#dialog")
    dialog.get_by_label("Quantity of").fill("2")
    hands.fill(dialog, return_date="2026-03-25")
    dialog.locator("[data-save]").click()
    expect(dialog).to_be_hidden()
    page.locator(".panel", has_text="Credit notes").get_by_role("rowheader").get_by_role("link").click()
    hands.confirm(page, "Post")
    expect(page.locator("main")).to_contain_text("45.60")


def ship_the_rest(page: Page) -> None:
    page.goto("/sales-orders/")
    page.locator("#results tbody tr[data-href] a").first.click()
    ship(page, None, "2026-03-31")


def read_the_books(page: Page) -> None:
    """C-7, and C-12 before accrual: March's revenue opens the invoice and the credit note."""
    page.goto("/reports/trial-balance/?date_from=2026-03-01&date_to=2026-03-31")
    rows = [row.locator("th, td").all_inner_texts() for row in page.locator("main tbody tr").all()]
    assert {cells[0]: cells[-1].strip() for cells in rows} == {
        "1010 Bank current account": "200.00",
        "1100 Trade receivables": "28.00",
        "1200 Merchandise and finished goods": "64.00",
        "1230 Goods delivered not invoiced": "28.50",
        "2000 Trade payables": "−175.00",
        "2010 Goods received not invoiced": "–",
        "2100 Output tax": "−38.00",
        "4000 Sales of goods": "−190.00",
        "5000 Cost of goods sold": "82.50",
        "Total": "–",
    }
    page.get_by_role("link", name="−190.00").click()
    expect(page.locator("#results tbody tr")).to_have_count(2)
    assert sorted(page.locator("#results tbody .cell-money").all_inner_texts()) == ["", "", "228.00", "38.00"]


def pay_the_rest(page: Page) -> None:
    """C-10: what was owed on 31 March stays what it was after April's payment."""
    page.goto("/payments/new/")
    hands.choose(page, "party", "Nordlicht")
    hands.fill(page, amount=28, document_date="2026-04-09")
    hands.save(page)
    expect(hands.status(page)).to_have_text("Draft")
    hands.confirm(page, "Post")
    expect(hands.status(page)).to_have_text("Posted")
    page.goto("/reports/aged-receivables/?as_of=2026-03-31")
    assert hands.row_of(page, "Nordlicht")[1:] == ["28.00", "–", "–", "–", "–", "–", "28.00"]
    page.goto("/reports/aged-receivables/?as_of=2026-04-30")
    expect(page.locator("main")).not_to_contain_text("Nordlicht")
