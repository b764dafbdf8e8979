"""Posting sales invoices: entries, instalments, refusals."""

import datetime as dt
from decimal import Decimal

import pytest

from erp.invoicing.enums import InvoiceStatus
from erp.invoicing.models import OpenItem
from tests.factories.banking import receive
from tests.factories.invoicing import Trade, booked, open_of

pytestmark = pytest.mark.django_db


def test_c_3_to_c_5_invoice_payment_and_credit_note():
    trade = Trade()
    invoice = trade.invoice(trade.line(12, 20, discount_percent=Decimal(5)), due_date=dt.date(2026, 4, 14))
    assert invoice.number == "INV-2026-00001"
    assert invoice.status == InvoiceStatus.POSTED
    assert (invoice.net_amount, invoice.tax_amount, invoice.total_amount) == (
        Decimal("228.00"), Decimal("45.60"), Decimal("273.60"),
    )  # fmt: skip
    print(booked(invoice))
    assert open_of(invoice) == [Decimal("273.60")]
    receive(trade, 200, (invoice, 200), on=dt.date(2026, 3, 20))
    assert open_of(invoice) == [Decimal("73.60")]
    credit = trade.credit(invoice, (invoice.lines.get().pk, 2), on=dt.date(2026, 3, 25))
    assert (credit.net_amount, credit.tax_amount, credit.total_amount) == (
        Decimal("38.00"), Decimal("7.60"), Decimal("45.60"),
    )  # fmt: skip
    print(booked(credit))
    assert open_of(invoice) == [Decimal("28.00")]
    assert open_of(credit) == [Decimal("0.00")]
    receive(trade, 28, (invoice, 28), on=dt.date(2026, 4, 2))
    assert open_of(invoice) == [Decimal(0)]
    assert OpenItem.objects.get(
        document_id=invoice.pk, instalment=1, document_label="invoicing.salesinvoice"
    ).settled_date == dt.date(2026, 4, 2)
