"""Screens and API of invoicing that the registry suite does not know: reports, drill-down, paying, the paper."""

import csv
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
from tests.factories.banking import receive, send
from tests.factories.company import TeamFactory, user_with
from tests.factories.invoicing import DAY, Trade, entry_of, open_of
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


def test_footer_file_and_api_come_to_what_was_really_invoiced(trade, accountant):
    """Case C-12: 228 invoiced and 38 credited are 190 on the list, in its file and over the API."""
    invoice = trade.invoice(
        {"description": "Chairs", "quantity": D(6), "unit_price": D("31.6666666667"), "tax_set_id": trade.tax_set.pk},
        on=dt.date(2026, 6, 1),
    )
    credit = trade.credit(invoice, (invoice.lines.get().pk, 1), on=dt.date(2026, 6, 2))
    assert (invoice.total_amount, credit.total_amount) == (228, 38)
    june = {"document_date_from": "2026-06-01"}
    page = accountant.get(reverse("ui:sales-invoices-list"), june)
    assert [one["value"] for one in page.context["page"]["totals"]] == ["158.33 EUR", "190.00 EUR"]
    file = accountant.get(reverse("ui:sales-invoices-export"), {**june, "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    assert [(row["Net"], row["Total"], row["Open"]) for row in rows] == [("-31.67", "-38", "0"), ("190", "228", "190")]
    _token, secret = create_token(user=user_with(Role.AUDITOR, trade.company), name="sums", scopes="read", now=NOW)
    answer = Client().get("/api/v1/sales-invoices/", june, headers={"Authorization": f"Bearer {secret}"}).json()
    assert [one["signed_total_amount"] for one in answer["results"]] == ["-38.00", "228.00"]


def test_money_sent_counts_against_money_received(trade, accountant):
    send(trade, 2, side="receivable")
    page = accountant.get(reverse("ui:payments-list"))
    assert [one["value"] for one in page.context["page"]["totals"]] == ["5.00 EUR"]


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
    assert "Exchange rate" not in shown
    entry = accountant.get(reverse("ui:sales-invoices-panel", args=[invoice.pk, "entry"])).content.decode()
    assert (entry.count(str(entry_of(invoice))), entry.count("0.00<")) == (1, 3)
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
