"""The reports on the API: exact strings, parameters, refusals."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.ui.tokens import create_token
from tests.factories.company import MembershipFactory, currency, user_with
from tests.factories.ledger import NOW, account, company_with_ledger, posted

pytestmark = pytest.mark.django_db
DAYS = {"date_from": "2026-01-01", "date_to": "2026-03-31"}
REPORTS = ("trial-balance", "balance-sheet", "income-statement", "general-ledger")


@pytest.fixture
def book():
    company = company_with_ledger(code="example")
    posted(company, "1000.00", on=dt.date(2025, 6, 1))
    posted(company, "300.00", on=dt.date(2026, 2, 10), credit="4000", source_number="INV-1")
    posted(company, "120.50", on=dt.date(2026, 3, 31), debit="6030", credit="1010")
    return company


def caller(user, scopes="read"):
    _token, secret = create_token(user=user, now=timezone.now(), name="test", scopes=scopes)

    def get(report, **params):
        headers = {"Authorization": f"Bearer {secret}"}
        response = Client().get(f"/api/v1/reports/{report}/", params, headers=headers)
        return response.status_code, response.json()

    return get


@pytest.fixture
def api(book):
    return caller(user_with(Role.ACCOUNTANT, book))


def test_the_trial_balance(api, book):
    status, answer = api("trial-balance", **DAYS)
    assert status == 200
    assert (answer["company"], answer["currency"], answer["as_of"]) == ("example", "EUR", "2026-03-31")
    assert answer["rows"][0] == {
        "account": account(book, "1010").pk,
        "code": "1010",
        "name": "Bank current account",
        "kind": "bank_cash",
        "opening": "1000.00",
        "debit": "300.00",
        "credit": "120.50",
        "closing": "1179.50",
    }
    assert answer["totals"] == {
        "opening": "0.00",
        "debit": "420.50",
        "credit": "420.50",
        "closing": "0.00",
        "debit_balance": "1300.00",
        "credit_balance": "1300.00",
    }


def test_as_of_means_the_year_up_to_that_day(api):
    _status, by_day = api("trial-balance", as_of="2026-03-31")
    _status, by_days = api("trial-balance", **DAYS)
    assert by_day == by_days


def test_the_balance_sheet(api):
    status, answer = api("balance-sheet", as_of="2026-03-31")
    assert (status, answer["balanced"], answer["earnings"]) == (200, True, "179.50")
    assert answer["totals"] == {
        "assets": "1179.50",
        "liabilities": "0.00",
        "equity": "1179.50",
        "liabilities_and_equity": "1179.50",
    }
    assert [section["section"] for section in answer["sections"]] == ["assets", "liabilities", "equity"]
    assert answer["sections"][0]["groups"][0]["rows"][0]["amount"] == "1179.50"


def test_the_income_statement(api):
    status, answer = api("income-statement", **DAYS)
    assert (status, answer["date_from"], answer["date_to"]) == (200, "2026-01-01", "2026-03-31")
    assert answer["results"] == {
        "gross_profit": "300.00",
        "operating_profit": "179.50",
        "profit_before_tax": "179.50",
        "net_profit": "179.50",
    }
    assert [(group["kind"], group["total"]) for group in answer["groups"]] == [
        ("revenue", "300.00"),
        ("operating_expense", "120.50"),
    ]


def test_the_general_ledger_page_by_page(api, book):
    for wanted in ("1010", str(account(book, "1010").pk)):
        status, first = api("general-ledger", account=wanted, limit="1", **DAYS)
        assert status == 200
        (section,) = first["accounts"]
        assert (section["opening"], section["debit"], section["credit"], section["closing"]) == (
            "1000.00",
            "300.00",
            "120.50",
            "1179.50",
        )
        (line,) = section["lines"]
        assert (line["number"], line["source_number"], line["balance"]) == ("GEN-2026-00001", "INV-1", "1300.00")
        _status, second = api("general-ledger", account=wanted, limit="1", after=first["next"], **DAYS)
        assert [line["balance"] for line in second["accounts"][0]["lines"]] == ["1179.50"]
        assert second["next"] is None


def test_the_general_ledger_of_all_accounts(api):
    _status, answer = api("general-ledger", **DAYS)
    assert [section["code"] for section in answer["accounts"]] == ["1010", "4000", "6030"]


@pytest.mark.parametrize(
    ("report", "params", "code", "field"),
    [
        ("trial-balance", {"as_of": "31.3.2026"}, "invalid_date", "as_of"),
        ("trial-balance", {"date_to": "2026-02-30"}, "invalid_date", "date_to"),
        ("income-statement", {"date_from": "2026-03-01", "date_to": "2026-02-01"}, "days_reversed", "date_to"),
        ("general-ledger", {"account": "9999"}, "unknown_account", "account"),
        ("general-ledger", {"account": "bank"}, "unknown_account", "account"),
        ("general-ledger", {"after": "x"}, "invalid_cursor", "after"),
        ("general-ledger", {"limit": "0"}, "invalid_limit", "limit"),
        ("general-ledger", {"limit": "many"}, "invalid_limit", "limit"),
        ("balance-sheet", {"company": "another"}, "unknown_company", "company"),
    ],
)
def test_parameters_that_make_no_sense(api, report, params, code, field):
    status, answer = api(report, **params)
    assert (status, answer["code"], answer["field"]) == (400, code, field)


@pytest.mark.parametrize("report", REPORTS)
def test_who_may_not(book, report):
    assert caller(user_with(Role.SALESPERSON, book))(report)[0] == 403
    assert caller(user_with(Role.ACCOUNTANT, book), scopes="items:read")(report)[0] == 403
    assert caller(user_with(Role.ACCOUNTANT, book), scopes="reports:read")(report)[0] == 200
    assert Client().get(f"/api/v1/reports/{report}/").status_code == 401


def test_with_two_companies_the_request_names_one(book):
    other = company_with_ledger(code="other")
    user = user_with(Role.ACCOUNTANT, book)
    MembershipFactory(user=user, company=other, role=Role.AUDITOR)
    get = caller(user)
    assert [get("trial-balance", company=code)[1]["totals"]["debit"] for code in ("example", "other")] == [
        get("trial-balance", company="example")[1]["totals"]["debit"],
        "0.00",
    ]


def test_amounts_have_the_decimals_of_the_currency():
    company = company_with_ledger(currency=currency("JPY", 0))
    posted(company, "1000", on=NOW.date())
    _status, answer = caller(user_with(Role.DIRECTOR, company))("trial-balance", as_of="2026-03-31")
    assert answer["totals"]["debit"] == "1000"
