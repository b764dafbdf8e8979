"""Undo of a data set: drafts and master data go, posted documents are reversed, the rest is listed with its reason."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.utils import timezone

from core.catalog.models import Item
from core.company.models import Company
from core.imports.models import ImportRun
from core.imports.operations import undo_run
from core.parties.models import Party
from erp.inventory.models import StockLevel
from erp.invoicing.models import OpenItem, SalesInvoice
from erp.ledger.models import JournalLine
from erp.orders.models import SalesOrder
from integration.imports.northwind import Northwind
from tests.integration.imports.data import DATA, needs_northwind
from tests.scenarios import invariants

pytestmark = [pytest.mark.django_db, needs_northwind]
ORDERS = 4


@pytest.fixture
def excerpt(tmp_path):
    """The first shipped orders, two that never left, and all master data."""
    kept = set()
    for path in (DATA / "northwind").glob("*.csv"):
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        if path.name == "orders.csv":
            place = rows[0].index("ShippedDate")
            chosen = [row for row in rows[1:] if row[place]][:ORDERS] + [row for row in rows[1:] if not row[place]][:2]
            kept = {row[rows[0].index("OrderID")] for row in chosen}
            rows = [rows[0], *chosen]
        with (tmp_path / path.name).open("w", newline="", encoding="utf-8") as target:
            csv.writer(target).writerows(rows)
    path = tmp_path / "order_details.csv"
    header, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
    with path.open("w", newline="", encoding="utf-8") as target:
        csv.writer(target).writerows([header, *(row for row in rows if row[header.index("OrderID")] in kept)])
    return tmp_path


def balances(company):
    rows = JournalLine.objects.filter(company=company).values_list("account__code").order_by("account__code")
    sums = {code: debit - credit for code, debit, credit in rows.annotate(Sum("debit"), Sum("credit"))}
    return {code: amount for code, amount in sums.items() if amount}


def test_undo_reverses_what_is_posted_and_is_done_once(excerpt):
    call_command("import_dataset", "northwind", str(excerpt), stdout=StringIO())
    company, run = Company.objects.get(code="northwind"), ImportRun.objects.get()
    figures = {figure.label: figure.is_equal for figure in run.figures.all()}
    assert len(figures) == 16
    assert [label for label, is_equal in figures.items() if not is_equal] == []
    opening = StockLevel.objects.filter(company=company, location__kind="internal").aggregate(Sum("on_hand"))
    invariants.assert_all(company)

    foreseen = [step.foresee(run.rows.filter(table=step.table, outcome="new")) for step in Northwind().steps()]
    assert f"2 orders that never left are cancelled; {ORDERS} shipped ones stay, with their returns." in foreseen
    assert foreseen[-1].startswith(f"{ORDERS} posted invoices over ")

    undone = undo_run(run_id=run.pk, now=timezone.now())
    assert undone.status == "undone"
    notes = SalesInvoice.objects.filter(company=company, kind="credit_note", status="posted")
    invoices = SalesInvoice.objects.filter(company=company, kind="invoice", status="posted")
    assert (invoices.count(), notes.filter(reverses__in=invoices).values("reverses").distinct().count()) == (
        ORDERS,
        ORDERS,
    )
    assert notes.aggregate(Sum("total_amount")) == invoices.aggregate(Sum("total_amount"))
    assert OpenItem.objects.filter(company=company).aggregate(open=Sum("open_amount"))["open"] == 0
    assert SalesOrder.objects.filter(company=company, status="cancelled").count() == 2
    shippers = Party.objects.filter(company=company, external_id__startswith="northwind:shippers:")
    assert (shippers.count(), Item.objects.filter(company=company, external_id="").count()) == (0, 0)
    left = dict(run.rows.exclude(undo_note="").values_list("table").order_by("table").annotate(rows=Sum("number") * 0))
    assert set(left) == {"categories", "customers", "orders", "products", "shipments"}
    sides = JournalLine.objects.filter(company=company).aggregate(debit=Sum("debit"), credit=Sum("credit"))
    assert sides["debit"] == sides["credit"]
    assert sum(balances(company).values()) == Decimal(0)
    shipped = Decimal(sum(Decimal(row.data["Quantity"]) for row in run.rows.filter(table="order_details")))
    assert shipped > 0
    assert opening["on_hand__sum"] > 0
    invariants.assert_all(company)

    before = (JournalLine.objects.count(), notes.count(), undone.report)
    again = undo_run(run_id=run.pk, now=timezone.now())
    assert (JournalLine.objects.count(), notes.count(), again.report) == before
