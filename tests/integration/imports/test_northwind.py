"""Northwind comes in as a living company, and its published figures stand in the book."""

import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import F, Sum
from django.db.models.functions import ExtractYear

from core.catalog.models import Item
from core.company.models import Company
from core.imports.models import ImportRun, StagedRow
from core.parties.models import Party
from erp.banking.models import Payment
from erp.inventory.models import StockLevel
from erp.invoicing.models import SalesInvoice, SalesInvoiceLine
from erp.ledger.models import JournalEntry, JournalLine
from erp.orders.enums import OrderStatus
from erp.orders.models import SalesOrder, SalesOrderLine
from tests.integration.imports.data import DATA, needs_northwind
from tests.reporting.imported import assert_northwind_is_shown
from tests.scenarios import invariants

pytestmark = [pytest.mark.django_db, needs_northwind]


def run(*arguments):
    out = StringIO()
    call_command("import_dataset", "northwind", str(DATA / "northwind"), *arguments, stdout=out)
    return out.getvalue()


def by_year(lines, date_field):
    rows = lines.values(year=ExtractYear(date_field)).annotate(net=Sum("net_amount")).order_by("year")
    return {row["year"]: row["net"] for row in rows}


def net(lines):
    return lines.aggregate(net=Sum("net_amount"))["net"]


def test_northwind_is_reproduced_to_the_cent_and_twice_changes_nothing():
    run()
    company = Company.objects.get(code="northwind")
    lines = SalesOrderLine.objects.filter(company=company, is_freight=False)
    counts = (
        SalesOrder.objects.filter(company=company).count(),
        lines.count(),
        Party.objects.filter(company=company, is_customer=True).count(),
        Item.objects.filter(company=company).count(),
        Party.objects.filter(company=company, external_id__startswith="northwind:suppliers:").count(),
    )
    assert counts == (830, 2155, 91, 77, 29)

    assert lines.aggregate(gross=Sum(F("quantity") * F("unit_price")))["gross"] == Decimal("1354458.59")
    assert net(lines) == Decimal("1265793.29")
    assert by_year(lines, "order__document_date") == {
        1996: Decimal("208083.99"),
        1997: Decimal("617085.35"),
        1998: Decimal("440623.95"),
    }
    freight = SalesOrder.objects.filter(company=company).aggregate(freight=Sum("freight_amount"))["freight"]
    assert freight == Decimal("64942.69")

    invoices = SalesInvoice.objects.filter(company=company, status="posted")
    goods = SalesInvoiceLine.objects.filter(invoice__in=invoices, item__isnull=False)
    assert invoices.count() == 809
    assert net(goods) == Decimal("1239855.85")
    assert by_year(goods, "invoice__document_date") == {
        1996: Decimal("193316.58"),
        1997: Decimal("608847.01"),
        1998: Decimal("437692.26"),
    }
    assert net(SalesInvoiceLine.objects.filter(invoice__in=invoices, item__isnull=True)) == Decimal("63955.02")
    assert SalesOrder.objects.filter(company=company, status=OrderStatus.CONFIRMED).count() == 21

    on_hand = StockLevel.objects.filter(company=company, location__kind="internal")
    expected = {row.key: Decimal(row.data["UnitsInStock"]) for row in StagedRow.objects.filter(table="products")}
    found = dict(on_hand.values_list("item__external_id").annotate(quantity=Sum("on_hand")))
    assert {key: found.get(f"northwind:products:{key}", 0) for key in expected} == expected

    assert Payment.objects.filter(company=company).count() == 0
    assert JournalEntry.objects.filter(company=company, entry_date__lt=dt.date(1996, 7, 1)).count() == 0
    invariants.assert_all(company)
    assert_northwind_is_shown(company)

    before = (JournalLine.objects.count(), SalesOrder.objects.count(), Party.objects.count(), Item.objects.count())
    run()
    assert ImportRun.objects.count() == 2
    assert (
        JournalLine.objects.count(),
        SalesOrder.objects.count(),
        Party.objects.count(),
        Item.objects.count(),
    ) == before


def test_a_dry_run_writes_nothing():
    answer = run("--dry-run")
    assert "orders: 830 new" in answer
    assert "order_details: 2155 new" in answer
    assert (Company.objects.count(), ImportRun.objects.count(), Party.objects.count()) == (0, 0, 0)
