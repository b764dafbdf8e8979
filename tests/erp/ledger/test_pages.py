"""The report pages: who may see them, exact figures, where each figure leads, files."""

import csv
import datetime as dt
import re
from io import BytesIO
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core.access.enums import Role
from core.ui.nav import entries
from erp.ledger.models import Account, JournalLine
from tests.factories.company import UserFactory, user_with
from tests.factories.ledger import account, company_with_ledger, posted

pytestmark = pytest.mark.django_db
NAMES = ("trial-balance", "balance-sheet", "income-statement", "general-ledger")
END = dt.date(2026, 3, 31)


@pytest.fixture
def book():
    company = company_with_ledger(name="Example", code="example")
    posted(company, "1000.00", on=dt.date(2025, 6, 1))
    posted(company, "500.00", on=dt.date(2025, 6, 1), credit="4000")
    posted(company, "300.00", on=dt.date(2026, 2, 10), credit="4000")
    posted(company, "120.00", on=END, debit="6030", credit="1010")
    return company


def client_of(role, company):
    client = Client()
    client.force_login(user_with(role, company))
    session = client.session
    session["mfa_present"] = True
    session.save()
    return client


@pytest.fixture
def accountant(book):
    return client_of(Role.ACCOUNTANT, book)


def page(client, name, **params):
    days = {"as_of": "2026-03-31"} if name == "balance-sheet" else {"date_from": "2026-01-01", "date_to": "2026-03-31"}
    return client.get(reverse(f"ledger:{name}"), days | params)


def figures(response):
    return [[cell["text"] for cell in row["cells"]] for row in response.context["rows"]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ACCOUNTANT, 200),
        (Role.FINANCE_MANAGER, 200),
        (Role.DIRECTOR, 200),
        (Role.AUDITOR, 200),
        (Role.SALESPERSON, 403),
        (Role.WAREHOUSE, 403),
        (Role.ADMINISTRATOR, 403),
    ],
)
def test_the_books_are_for_finance(book, name, role, status):
    client = client_of(role, book)
    assert page(client, name).status_code == status
    assert page(client, name, format="xlsx").status_code == status


@pytest.mark.parametrize("name", NAMES)
def test_strangers_sign_in_first(name):
    response = Client().get(reverse(f"ledger:{name}"))
    assert (response.status_code, response.url.split("?")[0]) == (302, "/accounts/login/")


def test_a_person_without_a_company_sees_nothing(book):
    client = Client()
    client.force_login(UserFactory())
    assert client.get(reverse("ledger:trial-balance")).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_a_report_says_what_it_is(accountant, name):
    about = dict(page(accountant, name).context["about"])
    assert (about["Company"], about["Currency"]) == ("Example", "EUR")
    assert "31 Mar 2026" in about.values()


@pytest.mark.parametrize("name", NAMES)
def test_the_first_visit_needs_no_parameters(accountant, name):
    assert accountant.get(reverse(f"ledger:{name}")).status_code == 200


def test_the_trial_balance_shows_exact_figures(accountant):
    assert figures(page(accountant, "trial-balance")) == [
        ["1010 Bank current account", "1,500.00", "300.00", "120.00", "1,680.00"],
        ["3000 Share capital", "−1,000.00", "–", "–", "−1,000.00"],
        ["4000 Sales of goods", "–", "–", "300.00", "−300.00"],
        ["6030 Rent", "–", "120.00", "–", "120.00"],
        ["Earnings of earlier years, not yet closed", "−500.00", "–", "–", "−500.00"],
        ["Total", "–", "420.00", "420.00", "–"],
    ]


def test_the_balance_sheet_shows_exact_figures(accountant):
    assert figures(page(accountant, "balance-sheet")) == [
        ["Assets", ""],
        ["1010 Bank current account", "1,680.00"],
        ["Bank and cash", "1,680.00"],
        ["Total assets", "1,680.00"],
        ["Liabilities", ""],
        ["Total liabilities", "–"],
        ["Equity", ""],
        ["3000 Share capital", "1,000.00"],
        ["Capital and reserves", "1,000.00"],
        ["Earnings of earlier years, not yet closed", "500.00"],
        ["Earnings of the current year", "180.00"],
        ["Retained earnings", "680.00"],
        ["Total equity", "1,680.00"],
        ["Liabilities and equity", "1,680.00"],
    ]


def test_the_income_statement_shows_exact_figures(accountant):
    assert figures(page(accountant, "income-statement")) == [
        ["4000 Sales of goods", "300.00"],
        ["Revenue", "300.00"],
        ["Gross profit", "300.00"],
        ["6030 Rent", "120.00"],
        ["Operating expenses", "120.00"],
        ["Operating profit", "180.00"],
        ["Profit before tax", "180.00"],
        ["Net profit", "180.00"],
    ]


def test_the_general_ledger_shows_exact_figures(accountant, book):
    response = page(accountant, "general-ledger", account=account(book, "1010").pk)
    rows = [row[1:] for row in figures(response)]
    assert rows == [
        ["1010 Bank current account", "", "", "", "", ""],
        ["Opening balance", "", "", "", "", "1,500.00"],
        ["GEN-2026-00001", "", "", "300.00", "–", "1,800.00"],
        ["GEN-2026-00002", "", "", "–", "120.00", "1,680.00"],
        ["Closing balance", "", "", "300.00", "120.00", "1,680.00"],
    ]
    assert response.context["following_url"] == ""


def test_the_general_ledger_goes_on_to_the_next_page(accountant, book, monkeypatch):
    monkeypatch.setattr("erp.ledger.views.PAGE_LINES", 1)
    first = page(accountant, "general-ledger", account=account(book, "1010").pk)
    assert [row[1] for row in figures(first)] == ["1010 Bank current account", "Opening balance", "GEN-2026-00001"]
    second = accountant.get(first.context["following_url"])
    assert [(row[1], row[6]) for row in figures(second)] == [
        ("1010 Bank current account", ""),
        ("Carried forward", "1,800.00"),
        ("GEN-2026-00002", "1,680.00"),
        ("Closing balance", "1,680.00"),
    ]
    assert second.context["following_url"] == ""


def test_an_unreadable_cursor_means_the_first_page(accountant, book):
    response = page(accountant, "general-ledger", account=account(book, "1010").pk, after="nonsense")
    assert figures(response)[1][1] == "Opening balance"


# Drill-down


def behind(client, url):
    """Debit less credit of the journal lines that an address lists."""
    response = client.get(url)
    assert response.status_code == 200, url
    lines = JournalLine.objects.filter(pk__in=[row.pk for row in response.context["rows"]])
    return sum((line.debit - line.credit for line in lines), 0)


@pytest.mark.parametrize("name", NAMES[:3])
def test_every_figure_opens_the_lines_that_add_up_to_it(accountant, name):
    response = page(accountant, name)
    checked = 0
    for row in response.context["table"].rows:
        for cell in row.cells:
            path = urlsplit(cell.url).path
            if not cell.value or isinstance(cell.value, str) or path != reverse("ui:journal-lines-list"):
                continue
            assert abs(behind(accountant, cell.url)) == abs(cell.value), (row.cells[0].value, cell)
            checked += 1
    assert checked >= 7
    unopened = [
        row.cells[0].value
        for row in response.context["table"].rows
        for cell in row.cells[1:]
        if cell.value and not cell.url
    ]
    assert unopened == []


@pytest.mark.parametrize("name", NAMES[:3])
def test_an_accounts_name_opens_its_ledger(accountant, book, name):
    first = next(row.cells[0] for row in page(accountant, name).context["table"].rows if row.cells[0].url)
    query = parse_qs(urlsplit(first.url).query)
    assert Account.objects.get(pk=query["account"][0]).company == book
    assert accountant.get(first.url).status_code == 200


# Input, files, navigation


@pytest.mark.parametrize(
    "params",
    [
        {"date_from": "nonsense"},
        {"date_to": "2025-12-31"},
        {"date_from": "\x00"},
        {"account": "999999"},
        {"account": "x"},
    ],
)
def test_input_that_makes_no_sense_is_shown_again(accountant, params):
    response = page(accountant, "general-ledger", **params)
    assert response.status_code == 422
    assert response.context["table"] is None
    assert response.context["form"].errors


def test_words_for_days_are_understood(accountant):
    assert page(accountant, "trial-balance", date_from="year_start", date_to="today").status_code == 200


def test_presets_mark_the_one_that_is_shown(accountant):
    response = accountant.get(reverse("ledger:income-statement"))
    assert next(tab["label"] for tab in response.context["tabs"] if tab["active"]) == "This year"
    for tab in response.context["tabs"]:
        assert accountant.get(tab["url"]).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_the_workbook_holds_the_same_figures(accountant, name):
    table = page(accountant, name).context["table"]
    response = page(accountant, name, format="xlsx")
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert "attachment" in response["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(BytesIO(response.content))
    sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert sheet[0][0] == table.title
    about = dict(row[:2] for row in sheet[1 : len(table.about) + 1])
    assert (about["Company"], about["Currency"]) == ("Example", "EUR")
    head = len(table.about) + 2
    assert sheet[head] == [column.label for column in table.columns]
    assert len(sheet) == head + 1 + len(table.rows)
    for row, cells in zip(table.rows, sheet[head + 1 :], strict=True):
        for cell, written in zip(row.cells, cells, strict=True):
            assert written == (float(cell.value) if hasattr(cell.value, "quantize") else cell.value or "")


def test_totals_of_a_workbook_are_formulas(accountant):
    """What they say is what stands in their cells: `adds` of each row, column by column."""
    with ZipFile(BytesIO(page(accountant, "income-statement", format="xlsx").content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    found = dict(re.findall(r'<c r="(B\d+)"[^>]*><f>([^<]+)</f>', sheet))
    # Title, five lines that say what it is, a blank and the labels stand above: the first account is in row 9.
    assert found == {"B10": "B9", "B11": "B10", "B13": "B12", "B14": "B11-B13", "B15": "B14", "B16": "B15"}


def test_a_file_of_plain_text_holds_the_same_figures(accountant):
    response = page(accountant, "trial-balance", format="csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(response.content.decode("utf-8-sig").splitlines()))
    table = page(accountant, "trial-balance").context["table"]
    assert rows[0] == ["Trial balance"]
    assert rows[-1] == ["Total", "0", "420", "420", "0"]
    assert rows[-6:-4] == [
        ["1010 Bank current account", "1500", "300", "120", "1680"],
        ["3000 Share capital", "-1000", "0", "0", "-1000"],
    ]
    assert len(rows) == len(table.rows) + len(table.about) + 3


@pytest.mark.parametrize(
    ("name", "params", "columns", "revenue"),
    [
        (
            "income-statement", {"compare": "before"},
            ["1 Jan 2026 – 31 Mar 2026", "1 Oct 2025 – 31 Dec 2025"], ["Revenue", "300.00", "–", ""],
        ),
        (
            "income-statement", {"compare": "year"},
            ["1 Jan 2026 – 31 Mar 2026", "1 Jan 2025 – 31 Mar 2025"], ["Revenue", "300.00", "–", ""],
        ),
        ("balance-sheet", {"compare": "year"}, ["31 Mar 2026", "31 Mar 2025"], ["Total assets", "1,680.00", "–", ""]),
        (
            "balance-sheet", {"compare": "before"}, ["31 Mar 2026", "28 Feb 2026"],
            ["Total assets", "1,680.00", "1,800.00", "−6.7 %"],
        ),
    ],
)  # fmt: skip
def test_a_statement_stands_beside_an_earlier_one(accountant, name, params, columns, revenue):
    response = page(accountant, name, **params)
    assert [column.label for column in response.context["table"].columns[1:3]] == columns
    assert revenue in figures(response)


def test_a_description_is_no_formula(book, accountant):
    posted(book, "1.00", on=END, description="=1+1")
    response = page(accountant, "general-ledger", format="xlsx")
    sheet = CalamineWorkbook.from_filelike(BytesIO(response.content)).get_sheet_by_index(0).to_python()
    assert "'=1+1" in [row[2] for row in sheet]


def test_an_empty_book_says_what_to_do():
    company = company_with_ledger()
    response = page(client_of(Role.DIRECTOR, company), "general-ledger")
    assert "Nothing was posted in this time." in response.content.decode()


def test_reports_stand_in_the_sidebar_of_those_who_may_see_them():
    urls = {reverse(f"ledger:{name}") for name in NAMES}
    assert urls <= {entry.url for entry in entries(frozenset({Role.AUDITOR}), "en")}
    assert urls.isdisjoint(entry.url for entry in entries(frozenset({Role.SALESPERSON}), "en"))


def test_the_page_holds_no_style_and_no_script_of_its_own(accountant):
    for name in NAMES:
        text = page(accountant, name).content.decode()
        main = text[text.index("<main") : text.index("</main>")]
        assert not any(sign in main for sign in (" style=", "<script", " onclick", "javascript:"))
