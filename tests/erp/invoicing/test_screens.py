"""Screens and API of invoicing that the registry suite does not know: reports, drill-down, paying, the paper."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core.access.enums import Role
from core.documents.models import FrozenPaper
from core.documents.papers import print_paper
from core.documents.pdf import render_pdf
from core.ui.tokens import create_token
from erp.invoicing.models import SalesInvoice
from tests.factories.banking import receive
from tests.factories.company import TeamFactory, user_with
from tests.factories.invoicing import DAY, Trade, open_of
from tests.factories.ledger import NOW

pytestmark = pytest.mark.django_db
D = Decimal
AS_OF = dt.date(2026, 4, 30)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session["mfa_present"] = True
    session.save()
    return client


@pytest.fixture
def trade() -> Trade:
    trade = Trade()
    trade.of_total(100, due_date=dt.date(2026, 4, 20))
    trade.of_total(30, due_date=dt.date(2026, 5, 20))
    receive(trade, 7)
    return trade


@pytest.fixture
def accountant(trade: Trade) -> Client:
    return signed_in(user_with(Role.ACCOUNTANT, trade.company))


def cells(page) -> list[list[dict]]:
    return [row["cells"] for row in page.context["rows"]]


def test_every_figure_opens_the_items_that_add_up_to_it(trade, accountant):
    page = accountant.get(reverse("invoicing:aged-receivables"), {"as_of": AS_OF.isoformat()})
    assert page.status_code == 200
    rows = cells(page)
    assert [cell["text"] for cell in rows[0]][1:] == ["30.00", "100.00", "–", "–", "–", "−7.00", "123.00"]
    for cell in (cell for row in rows for cell in row[1:] if cell["url"]):
        behind = accountant.get(cell["url"])
        assert behind.status_code == 200
        assert cells(behind)[-1][-1]["text"] == cell["text"], cell["url"]


def test_the_largest_parties_are_drawn(trade, accountant):
    page = accountant.get(reverse("invoicing:aged-receivables"), {"as_of": AS_OF.isoformat()})
    chart = page.context["chart"]
    assert chart["data"]["categories"] == [trade.customer.name]
    assert [[D(value) for value in one["values"]] for one in chart["data"]["series"]] == [[30], [100], [0], [0], [0]]
    assert len(chart["table"]["rows"][0]["cells"]) == len(chart["table"]["columns"]) == 6


def test_the_report_as_a_workbook(trade, accountant):
    url = reverse("invoicing:aged-receivables")
    answer = accountant.get(url, {"as_of": AS_OF.isoformat(), "format": "xlsx"})
    last = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()[-1]
    assert last[1:] == [30, 100, 0, 0, 0, -7, 123]


def test_aged_payables_have_a_page(trade, accountant):
    trade.supplier_invoice({"description": "Work", "unit_price": D(60)}, due_date=DAY)
    page = accountant.get(reverse("invoicing:aged-payables"), {"as_of": AS_OF.isoformat()})
    assert [cell["text"] for cell in cells(page)[-1]][-1] == "60.00"


def test_salespeople_do_not_see_the_reports(trade):
    client = signed_in(user_with(Role.SALESPERSON, trade.company))
    for name in ("aged-receivables", "aged-payables", "open-items"):
        assert client.get(reverse(f"invoicing:{name}")).status_code == 403


def test_the_api_answers_with_strings(trade):
    user = user_with(Role.AUDITOR, trade.company)
    _token, secret = create_token(user=user, name="test", scopes="read", now=NOW)
    answer = Client().get(
        "/api/v1/reports/aged-receivables/",
        {"as_of": AS_OF.isoformat()},
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["rows"] == [
        {
            "party": trade.customer.pk,
            "party_label": trade.customer.name,
            "buckets": ["30.00", "100.00", "0.00", "0.00", "0.00"],
            "credits": "-7.00",
            "total": "123.00",
        }
    ]
    assert (body["totals"]["total"], body["currency"], body["as_of"]) == ("123.00", "EUR", "2026-04-30")


def test_a_salesperson_sees_the_invoices_of_the_team(trade):
    team = TeamFactory(company=trade.company)
    seller = user_with(Role.SALESPERSON, trade.company, team=team)
    ours, theirs = trade.of_total(5, team_id=team.pk), trade.of_total(6)
    client = signed_in(seller)
    assert client.get(reverse("ui:sales-invoices-detail", args=[ours.pk])).status_code == 200
    assert client.get(reverse("ui:sales-invoices-detail", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("ui:sales-invoices-action", args=[ours.pk, "post"])).status_code == 403


def test_an_invoice_is_written_posted_and_paid_in_the_browser(trade, accountant):
    page = {
        "party": trade.customer.pk, "document_date": "2026-03-15", "kind": "invoice",
        "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0,
        "lines-0-item": trade.item.pk, "lines-0-quantity": 2, "lines-0-unit_price": "50",
    }  # fmt: skip
    answer = accountant.post(reverse("ui:sales-invoices-create"), page)
    assert answer.status_code == 302, answer.context["errors"]
    invoice = SalesInvoice.objects.order_by("-pk").first()
    assert accountant.post(reverse("ui:sales-invoices-action", args=[invoice.pk, "post"])).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.total_amount, invoice.number) == (D(120), "INV-2026-00003")
    payment = {"amount": "120", "payment_date": "2026-03-20", "method": "transfer"}
    assert accountant.post(reverse("ui:sales-invoices-action", args=[invoice.pk, "pay"]), payment).status_code == 302
    assert open_of(invoice) == [D(0)]
    shown = accountant.get(reverse("ui:sales-invoices-detail", args=[invoice.pk])).content.decode()
    assert "RCP-2026-00002" in shown


def test_a_payment_is_allocated_by_amounts_in_the_browser(trade, accountant):
    payment = receive(trade, 50)
    url = reverse("ui:payments-action", args=[payment.pk, "allocate"])
    form = accountant.get(url)
    offered = form.context["form"].fields["allocations"].widget.offered
    assert [(one.open_amount, one.amount) for one in offered] == [(D(100), D(50)), (D(30), D(0))]
    posted = {f"allocations-{offered[1].id}": "20", "effective_date": "2026-03-15"}
    assert accountant.post(url, posted).status_code == 302
    assert open_of(payment) == [D(-30)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_paper_is_printed_from_what_was_frozen(trade, language):
    trade.customer.language = language
    trade.customer.save()
    invoice = trade.invoice(trade.line(2, 50), reference="PO 7")
    paper = FrozenPaper.objects.get(record_label="invoicing.salesinvoice", record_id=invoice.pk)
    assert paper.language == language
    assert print_paper(paper_id=paper.pk).content.startswith(b"%PDF")
    assert render_pdf(paper.template, paper.data, language=language).startswith(b"%PDF")
