"""The stock report as a page, a workbook and an API answer; who may see it."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from core.access.enums import Role
from core.ui.tokens import create_token
from erp.inventory.models import StockMove
from tests.factories.company import user_with
from tests.factories.inventory import NOW, company_with_stock, issue, receive, stocked_item

pytestmark = pytest.mark.django_db
PAGE, API = "/reports/stock-on-hand/", "/api/v1/reports/stock-on-hand/"


@pytest.fixture
def company():
    found = company_with_stock()
    item = stocked_item(found, sku="A-1", name="Anvil")
    receive(item, 10, "8.00", on="2026-03-01")
    issue(item, 4, on="2026-03-15")
    receive(stocked_item(found, sku="B-1", name="Bolt"), "2.5", "1.00", on="2026-03-20")
    return found


def client_of(role: Role, company) -> Client:
    client = Client()
    client.force_login(user_with(role, company))
    session = client.session
    session["mfa_present"] = True
    session.save()
    return client


def shown(response) -> list[list[str]]:
    return [[cell["text"] for cell in row["cells"]] for row in response.context["rows"]]


def test_now(company):
    response = client_of(Role.WAREHOUSE, company).get(PAGE)
    assert response.status_code == 200
    assert shown(response) == [
        ["A-1", "Anvil", "pc", "6", "–", "6", "–", "–", "48.00"],
        ["B-1", "Bolt", "pc", "2.5", "–", "2.5", "–", "–", "2.50"],
        ["Total of 2 items", *[""] * 7, "50.50"],
    ]


def test_on_a_day_with_its_way_to_the_moves(company):
    response = client_of(Role.DIRECTOR, company).get(PAGE, {"as_of": "2026-03-10"})
    assert shown(response) == [["A-1", "Anvil", "pc", "10", "80.00"], ["Total of 1 items", "", "", "", "80.00"]]
    (row, _total) = response.context["rows"]
    client = client_of(Role.DIRECTOR, company)
    moves = client.get(row["cells"][3]["url"])
    assert [record.pk for record in moves.context["rows"]]
    assert sum(move.value for move in company_moves(company, dt.date(2026, 3, 10))) == Decimal("80.00")
    assert len(moves.context["rows"]) == 1


def company_moves(company, until: dt.date):
    return StockMove.objects.filter(company=company, move_date__lte=until)


def test_filters_and_nonsense(company):
    client = client_of(Role.AUDITOR, company)
    assert len(shown(client.get(PAGE, {"q": "bolt"}))) == 2
    assert client.get(PAGE, {"as_of": "yesterday-ish"}).status_code == 422
    assert client.get(PAGE, {"start": "99999"}).status_code == 200


def test_the_workbook_has_the_same_figures(company):
    response = client_of(Role.ACCOUNTANT, company).get(PAGE, {"format": "xlsx"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    head = [row[0] for row in sheet].index("SKU")
    assert [row[:4] for row in sheet[head + 1 : head + 3]] == [["A-1", "Anvil", "pc", 6.0], ["B-1", "Bolt", "pc", 2.5]]
    assert [row[-1] for row in sheet[head + 1 :]] == [48.0, 2.5, 50.5]


def test_who_may_not_see_stock_or_take_it_away(company):
    assert client_of(Role.MARKETER, company).get(PAGE).status_code == 403
    seller = client_of(Role.SALESPERSON, company)
    assert seller.get(PAGE).status_code == 200
    assert seller.get(PAGE, {"format": "xlsx"}).status_code == 403
    assert Client().get(PAGE).status_code == 302


def answer(company, role: Role = Role.BUYER, **params):
    _token, secret = create_token(user=user_with(role, company), now=NOW, name="test", scopes="read")
    return Client().get(API, params, headers={"Authorization": f"Bearer {secret}"})


def test_the_api_answers_strings(company):
    response = answer(company, as_of="2026-03-10")
    assert response.status_code == 200
    body = response.json()
    assert (body["company"], body["currency"], body["as_of"]) == (company.code, "EUR", "2026-03-10")
    (row,) = body["rows"]
    assert (row["sku"], row["on_hand"], row["value"]) == ("A-1", "10", "80.00")
    assert body["totals"] == {"value": "80.00"}
    now = answer(company).json()
    assert [(one["sku"], one["available"], one["incoming"]) for one in now["rows"]] == [
        ("A-1", "6", "0"),
        ("B-1", "2.5", "0"),
    ]


def test_the_api_refuses_what_it_does_not_know(company):
    assert answer(company, Role.MARKETER).status_code == 403
    for params, code in (({"as_of": "soon"}, "invalid_date"), ({"warehouse": "NONE"}, "unknown_warehouse")):
        response = answer(company, **params)
        assert (response.status_code, response.json()["code"]) == (400, code)
    assert len(answer(company, warehouse="MAIN").json()["rows"]) == 2
