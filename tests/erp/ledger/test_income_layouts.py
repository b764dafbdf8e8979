"""The income statement in the order of each chart template, by figures: on the page, in a workbook, on the API."""

import datetime as dt
from decimal import Decimal
from importlib import import_module
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from core.access.enums import Role
from core.ui.tokens import create_token
from erp.ledger.charts import income_layout
from erp.ledger.enums import AccountKind, ChartTemplate, Result
from erp.ledger.models import Account, Chart
from erp.ledger.queries import income_statement
from erp.ledger.setup import set_up_ledger
from tests.factories.company import user_with
from tests.factories.ledger import NOW, company_with_ledger, posted

pytestmark = pytest.mark.django_db
DAYS = {"date_from": "2026-01-01", "date_to": "2026-03-31"}
CHINESE = [
    ("1002", "5001.01", "1000.00"),
    ("1002", "5051", "50.00"),
    ("5401.01", "1405", "600.00"),
    ("5403", "1002", "12.00"),
    ("5601.02", "1002", "80.00"),
    ("5602.04", "1002", "30.00"),
    ("5602.01", "1002", "40.00"),
    ("5603.01", "1002", "25.00"),
    ("1002", "5111", "15.00"),
    ("1002", "5301.01", "7.00"),
    ("1002", "5301.02", "20.00"),
    ("5711.01", "1002", "9.00"),
    ("5711.03", "1405", "4.00"),
    ("5801", "2221.07", "73.00"),
]
GENERIC = [
    ("1010", "4000", "1000.00"),
    ("5000", "1240", "600.00"),
    ("1010", "4100", "50.00"),
    ("6030", "1010", "120.00"),
    ("6200", "1010", "30.00"),
    ("7000", "1010", "25.00"),
    ("7100", "2130", "68.75"),
]


def book(template, entries):
    company = company_with_ledger(template, code="example", currency_id="EUR")
    for debit, credit, amount in entries:
        posted(company, amount, on=dt.date(2026, 2, 10), debit=debit, credit=credit)
    return company


@pytest.fixture
def chinese():
    """Operating: 1050 − 600 − 12 − 80 − 70 − 25 + 15 = 278. Non-operating: 27 − 13. Tax 73."""
    return book("cn", CHINESE)


def statement_of(company):
    return income_statement(company_id=company.pk, date_from=dt.date(2026, 1, 1), date_to=dt.date(2026, 3, 31))


def read(statement):
    return [
        (part.kind.value, part.total) if hasattr(part, "kind") else (part.result.value, part.amount)
        for part in statement.parts
    ]


def test_the_chinese_statement_has_what_is_not_of_the_trade_below_operating_profit(chinese):
    assert read(statement_of(chinese)) == [
        ("revenue", 1050),
        ("cost_of_sales", 600),
        ("taxes_and_surcharges", 12),
        ("selling_expense", 80),
        ("admin_expense", 70),
        ("finance_cost", 25),
        ("investment_income", 15),
        ("operating_profit", 278),
        ("non_operating_income", 27),
        ("non_operating_expense", 13),
        ("profit_before_tax", 292),
        ("income_tax", 73),
        ("net_profit", 219),
    ]


def test_the_generic_statement_keeps_its_order():
    assert read(statement_of(book("ifrs", GENERIC))) == [
        ("revenue", 1000),
        ("cost_of_sales", 600),
        ("gross_profit", 400),
        ("other_income", 50),
        ("operating_expense", 120),
        ("depreciation", 30),
        ("operating_profit", 300),
        ("finance_cost", 25),
        ("profit_before_tax", 275),
        ("income_tax", Decimal("68.75")),
        ("net_profit", Decimal("206.25")),
    ]


@pytest.mark.parametrize("template", list(ChartTemplate))
def test_every_template_places_every_kind_once_and_ends_with_net_profit(template):
    layout = income_layout(template)
    placed = [kind for line in layout for kind in line.kinds]
    assert sorted(placed) == sorted(kind for kind in AccountKind if not kind.section.in_balance_sheet)
    assert layout[-1].result == Result.NET_PROFIT


def client_of(company):
    client = Client()
    client.force_login(user_with(Role.ACCOUNTANT, company, language="zh-hans"))
    session = client.session
    session["mfa_present"] = True
    session.save()
    return client


SHOWN = [
    ("5001.01 商品销售收入", 1000),
    ("5051 其他业务收入", 50),
    ("营业收入", 1050),
    ("5401.01 商品销售成本", 600),
    ("营业成本", 600),
    ("5403 税金及附加", 12),
    ("税金及附加", 12),
    ("5601.02 广告费和业务宣传费", 80),
    ("销售费用", 80),
    ("5602.01 一般管理费用", 40),
    ("5602.04 折旧费", 30),
    ("管理费用", 70),
    ("5603.01 利息支出", 25),
    ("财务费用", 25),
    ("5111 投资收益", 15),
    ("投资收益", 15),
    ("营业利润", 278),
    ("5301.01 汇兑收益", 7),
    ("5301.02 其他营业外收入", 20),
    ("营业外收入", 27),
    ("5711.01 坏账损失", 9),
    ("5711.03 存货盘盈盘亏", 4),
    ("营业外支出", 13),
    ("利润总额", 292),
    ("5801 所得税费用", 73),
    ("所得税费用", 73),
    ("净利润", 219),
]


def test_page_and_workbook_show_the_chinese_order_in_chinese(chinese):
    client, address = client_of(chinese), reverse("ledger:income-statement")
    page = client.get(address, DAYS)
    assert [tuple(cell["text"] for cell in row["cells"]) for row in page.context["rows"]] == [
        (label, f"{amount:,.2f}") for label, amount in SHOWN
    ]
    operating = next(row for row in page.context["rows"] if row["cells"][0]["text"] == "营业利润")
    kinds = parse_qs(urlsplit(operating["cells"][1]["url"]).query)["kind"]
    assert kinds == [
        "revenue",
        "cost_of_sales",
        "taxes_and_surcharges",
        "selling_expense",
        "admin_expense",
        "operating_expense",
        "depreciation",
        "finance_cost",
        "finance_income",
        "other_income",
        "investment_income",
    ]
    sheet = CalamineWorkbook.from_filelike(BytesIO(client.get(address, DAYS | {"format": "xlsx"}).content))
    rows = sheet.get_sheet_by_index(0).to_python()
    assert [(row[0], row[1]) for row in rows[-len(SHOWN) :]] == SHOWN


def test_the_api_tells_the_order(chinese):
    _token, secret = create_token(
        user=user_with(Role.ACCOUNTANT, chinese), now=timezone.now(), name="test", scopes="read"
    )
    headers = {"Authorization": f"Bearer {secret}"}
    answer = Client().get("/api/v1/reports/income-statement/", DAYS, headers=headers).json()
    assert answer["results"] == {"operating_profit": "278.00", "profit_before_tax": "292.00", "net_profit": "219.00"}
    assert answer["order"] == [name for name, _amount in read(statement_of(chinese))]


def test_a_chart_keeps_its_template():
    company = company_with_ledger("cn")
    set_up_ledger(company_id=company.pk, template="us", user=None, now=NOW, first_year=2025)
    assert Chart.objects.get(company=company).template == "cn"


def test_charts_from_before_are_told_by_their_accounts():
    companies = [company_with_ledger(template) for template in ("ifrs", "us", "cn")]
    before = {"non_operating_income": "other_income", "admin_expense": "operating_expense"}
    chinese = Account.objects.filter(company=companies[2])
    as_made = dict(chinese.values_list("code", "kind"))
    for new, old in before.items():
        chinese.filter(kind=new).update(kind=old)
    chinese.filter(code="5602.04").update(kind="depreciation")
    chinese.filter(code="5111").update(kind="finance_income")
    Chart.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("erp.ledger.migrations.0005_fill_chart").FILL)
    assert [Chart.objects.get(company=company).template for company in companies] == ["ifrs", "us", "cn"]
    assert dict(chinese.values_list("code", "kind")) == as_made | {"5111": "finance_income"}
