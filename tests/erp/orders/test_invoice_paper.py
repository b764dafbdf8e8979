"""What the printed invoice must say by law beside its lines: seller, tax by rate, day of delivery, where to pay."""

import datetime as dt
from decimal import Decimal

import pytest

from core.documents.papers import papers_of
from erp.banking.models import CashAccount
from erp.banking.setup import set_up_banking
from erp.invoicing.models import SalesInvoice
from tests.factories.company import CurrencyRateFactory, currency
from tests.factories.orders import NOW, Shop

pytestmark = pytest.mark.django_db


def shop_with_account(**company) -> Shop:
    shop = Shop(name="Blue Lantern", **company)
    set_up_banking(company_id=shop.company.pk, user=None, now=NOW)
    account = {"iban": "DE00 1234", "bic": "BLUEDEXX", "bank_name": "Harbour Bank"}
    CashAccount.objects.filter(company=shop.company).update(**account)
    return shop


def said(invoice, part: str) -> list[tuple[str, str]]:
    return [(row["label"], row["value"]) for row in papers_of(invoice).get().data[part]]


def test_an_invoice_says_what_the_law_asks_for():
    shop = shop_with_account(tax_number="DE 999", address="Quay 1\n20457 Hamburg", legal_name="Blue Lantern GmbH")
    shop.stock((10, "8"))
    order = shop.order(shop.line(5, "20"), document_date=dt.date(2026, 3, 9))
    shop.ship(order, 2, on=dt.date(2026, 3, 10))
    shop.ship(order, 1, on=dt.date(2026, 3, 12))
    invoice = shop.invoice(order)
    seller = papers_of(invoice).get().data["seller"]
    assert (seller["name"], seller["lines"]) == ("Blue Lantern GmbH", ["Quay 1", "20457 Hamburg"])
    assert seller["footer"] == "Blue Lantern GmbH · Tax number DE 999"
    assert said(invoice, "facts") == [("Date", "15 Mar 2026"), ("Delivery date", "10 Mar 2026 – 12 Mar 2026")]
    assert said(invoice, "totals") == [
        ("Net", "60.00"), ("VAT 20 % on 60.00", "12.00"), ("Total", "72.00 EUR"),
    ]  # fmt: skip
    assert said(invoice, "payment") == [
        ("Due 15 Mar 2026", "72.00 EUR"), ("Bank", "Harbour Bank"), ("Account number", "DE00 1234"),
        ("BIC", "BLUEDEXX"),
    ]  # fmt: skip
    shop.ship(order, 2, on=dt.date(2026, 3, 20))
    second = shop.invoice(order, on=dt.date(2026, 3, 20))
    assert said(second, "facts") == [("Date", "20 Mar 2026"), ("Delivery date", "20 Mar 2026")]


def test_an_invoice_ahead_of_delivery_names_no_day_of_it_and_a_credit_note_no_account():
    shop = shop_with_account()
    shop.stock((10, "8"))
    order = shop.order(shop.line(5, "20"))
    assert said(shop.invoice(order, basis="ordered"), "facts") == [("Date", "15 Mar 2026")]
    other = shop.order(shop.line(5, "20"))
    delivery = shop.ship(other, 5)
    shop.invoice(other)
    back = shop.take_back(delivery, (2, "resale"))
    note = shop.post(SalesInvoice.objects.get(source_label=back._meta.label_lower, source_id=back.pk))
    assert papers_of(note).get().data["payment"] == []


def test_an_invoice_in_another_currency_states_the_tax_in_ours():
    shop = shop_with_account()
    shop.stock((10, "8"))
    CurrencyRateFactory(company=shop.company, currency=currency("USD"), date="2026-01-01", rate=Decimal("0.90"))
    order = shop.order(shop.line(5, "20"), currency_id="USD")
    shop.ship(order, 5)
    assert said(shop.invoice(order), "totals") == [
        ("Net", "100.00"), ("VAT 20 % on 100.00", "20.00"), ("Total", "120.00 USD"),
        ("Tax in EUR at 0.9", "18.00"),
    ]  # fmt: skip
