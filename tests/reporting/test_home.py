"""The home page: every role has one, for any time, within its queries; what it says when there is nothing to see."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from core.access.enums import Role
from core.access.policies import roles_in
from erp.ledger.models import JournalLine
from reporting.dashboards import DASHBOARDS, dashboards_for
from tests.factories.company import TeamFactory, UserFactory, user_with
from tests.factories.ledger import company_with_ledger
from tests.reporting.conftest import Business
from tests.reporting.opening import opened, signed_in

pytestmark = pytest.mark.django_db
MARCH = "date_from=2026-03-01&date_to=2026-03-31"
MOST_QUERIES = 25


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_home_page_with_figures_of_its_own(business: Business, role: Role) -> None:
    user = user_with(role, business.company)
    page = opened(signed_in(user), "/").context
    first = dashboards_for(roles_in(user, business.company.pk))[0]
    assert role in first.roles
    assert page["subtitle"] == f"{business.company} · {first.label}"
    assert 1 <= len(page["tiles"]) <= 5
    assert page["charts"]


def test_whoever_is_not_signed_in_is_asked_to() -> None:
    assert Client().get("/").status_code == 302


# Time


def test_the_time_is_in_the_address(business: Business) -> None:
    page = opened(business.client(), f"/?board=finance&{MARCH}").context
    assert (page["period"], page["compared"]) == ("1 Mar 2026 – 31 Mar 2026", "1 Feb 2026 – 28 Feb 2026")
    assert [preset["label"] for preset in page["presets"] if preset["active"]] == []
    for link in (page["boards"][0]["url"], page["export_urls"]["xlsx"]):
        assert "date_from=2026-03-01&date_to=2026-03-31" in link
    year = next(preset for preset in page["presets"] if preset["label"] == "This year")
    assert year["url"] == "/?board=finance&period=year"
    assert (
        next(p for p in opened(business.client(), year["url"]).context["presets"] if p["active"])["label"]
        == "This year"
    )


def test_all_time_reaches_from_the_first_fact_to_the_last(business: Business) -> None:
    page = opened(business.client(), "/?period=all").context
    assert page["period"].startswith("1 Mar 2026 – ")
    assert page["compared"] == ""
    revenue = page["tiles"][0]
    assert (revenue.value, revenue.before, revenue.change) == ("190.00", "", "")


@pytest.mark.parametrize("params", ["date_from=2026-03-31&date_to=2026-03-01", "date_from=soon&date_to=later"])
def test_days_that_make_no_sense_are_shown_again(business: Business, params: str) -> None:
    response = business.client().get(f"/?{params}")
    assert response.status_code == 422
    assert response.context["days"].errors


def test_a_figure_is_held_against_the_period_before(business: Business) -> None:
    tile = opened(business.client(), "/?board=finance&date_from=2026-03-16&date_to=2026-03-31").context["tiles"][0]
    # Before: the invoice of 228.00 on the 15th; in it: the credit note of 38.00.
    assert (tile.value, tile.before, tile.change, tile.good) == ("−38.00", "228.00", "−116.7 %", False)


# Whose figures


def test_a_figure_says_whose_it_is(business: Business) -> None:
    team = TeamFactory(company=business.company)
    for seller, words, amount in (
        (user_with(Role.SALESPERSON, business.company), "Yours only", Decimal(40)),
        (user_with(Role.SALESPERSON, business.company, team=team), "Your team's", Decimal(0)),
        (user_with(Role.SALES_MANAGER, business.company), "", Decimal(509)),
    ):
        if words == "Yours only":
            business.order(business.line(2, 20), owner_id=seller.pk)
        tile = opened(signed_in(seller), f"/?{MARCH}").context["tiles"][0]
        assert (tile.label, tile.reach, tile.reading.value) == ("Orders taken", words, amount)


def test_a_person_without_rows_to_see_is_told_so(business: Business) -> None:
    user = UserFactory()
    response = signed_in(user).get("/")
    assert response.status_code in (200, 403)


def test_an_empty_company_is_taught() -> None:
    company = company_with_ledger()
    client = signed_in(user_with(Role.DIRECTOR, company))
    for board in DASHBOARDS:
        response = opened(client, f"/?board={board.slug}")
        assert all(tile.is_empty for tile in response.context["tiles"])
        assert all(chart.is_empty and chart.empty for chart in response.context["charts"])
        assert all(todo.empty and not todo.rows for todo in response.context["lists"])
        text = response.content.decode()
        assert "data-chart=" not in text
        assert "Post the first sales invoice to see it." in text or board.slug not in ("company", "finance")


# Speed


@pytest.mark.parametrize("board", DASHBOARDS, ids=lambda board: board.slug)
def test_a_dashboard_stays_within_its_queries_and_never_reads_journal_lines(business: Business, board: Any) -> None:
    client = business.client()
    url = f"/?board={board.slug}&period=12_months"
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    statements = [query["sql"] for query in captured]
    reads = [sql for sql in statements if sql.startswith(("SELECT", "WITH")) and "set_config" not in sql]
    assert len(reads) <= MOST_QUERIES, "\n".join(reads)
    assert [sql for sql in statements if JournalLine._meta.db_table in sql] == []


# Files


def sheets(client: Client, url: str) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(opened(client, url).content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def test_a_dashboard_as_a_workbook(business: Business) -> None:
    found = sheets(business.client(), f"/?board=company&{MARCH}&format=xlsx")
    assert list(found) == [
        "Figures", "Revenue and gross profit by day", "Funnel  how far deals came", "Receivables by age",
        "Top customers by orders",
    ]  # fmt: skip
    figures = found["Figures"]
    about = dict(row[:2] for row in figures[1:7])
    assert (about["Company"], about["Currency"], about["Dashboard"]) == ("Example", "EUR", "Company")
    assert (about["From"], about["To"]) == ("1 Mar 2026", "31 Mar 2026")
    values = {row[0]: row[1:5] for row in figures[9:]}
    assert values["Revenue"] == [190.0, "EUR", 0.0, "in this time"]
    assert values["Receivables"] == [28.0, "EUR", 0.0, "at 31 Mar 2026"]
    course = found["Revenue and gross profit by day"]
    assert course[-1][:2] == ["Total", 190.0]


def test_a_dashboard_as_plain_text(business: Business) -> None:
    text = opened(business.client(), f"/?board=company&{MARCH}&format=csv").content.decode("utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    assert rows[0] == ["Figures"]
    assert ["Revenue", "190", "EUR", "0", "in this time", "everybody's"] in rows


def test_only_what_may_be_taken_away_is_in_the_file(business: Business) -> None:
    """A marketer sees what was won and may not export deals; a support agent may export no row of theirs at all but
    tickets."""
    marketer = business.client(Role.MARKETER)
    assert "Deals won" in [tile.label for tile in opened(marketer, "/").context["tiles"]]
    found = sheets(marketer, "/?format=xlsx")
    assert [row[0] for row in found["Figures"][9:]] == ["New leads", "Open leads", "Leads converted", "Lead conversion"]
    assert not any(name.startswith("Funnel") for name in found)
    buyer = business.client(Role.BUYER)
    assert opened(buyer, "/?format=csv").status_code == 200


# The list of reports


def test_the_reports_of_a_role(business: Business) -> None:
    def labels(role: Role) -> list[str]:
        groups = opened(business.client(role), "/reports/").context["groups"]
        return [item["label"] for group in groups for item in group["items"]]

    assert labels(Role.SALESPERSON) == ["Stock on hand", "Sales analysis", "Pipeline analysis"]
    assert labels(Role.ACCOUNTANT) == [
        "Stock on hand", "Trial balance", "Balance sheet", "Income statement", "General ledger", "Aged receivables",
        "Aged payables", "Open items", "Sales analysis",
    ]  # fmt: skip
    client = business.client(Role.AUDITOR)
    for group in opened(client, "/reports/").context["groups"]:
        for item in group["items"]:
            assert item["summary"].endswith(".")
            assert client.get(item["url"]).status_code == 200, item["label"]


def test_a_report_is_for_whoever_sees_its_rows(business: Business) -> None:
    for role, path, status in (
        (Role.MARKETER, "/reports/sales/", 403),
        (Role.MARKETER, "/reports/pipeline/", 200),
        (Role.MARKETER, "/reports/pipeline/?format=xlsx", 403),
        (Role.WAREHOUSE, "/reports/pipeline/", 403),
        (Role.SALES_MANAGER, "/reports/pipeline/?format=csv", 200),
        (Role.SALESPERSON, "/reports/sales/", 200),
    ):
        assert business.client(role).get(path).status_code == status, (role, path)
