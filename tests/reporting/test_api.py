"""The figures of the dashboards on the API: the same as on the pages, under the same policies."""

from typing import Any

import pytest

from core.access.enums import Role
from reporting.metrics.registry import METRICS
from tests.factories.company import user_with
from tests.reporting.conftest import Business
from tests.ui.conftest import api_client

pytestmark = pytest.mark.django_db
MARCH = "date_from=2026-03-01&date_to=2026-03-31"


def answer(business: Business, path: str, role: Role = Role.DIRECTOR) -> Any:
    return api_client(user_with(role, business.company))("get", f"reports/{path}")


def body(business: Business, path: str, role: Role = Role.DIRECTOR) -> Any:
    response = answer(business, path, role)
    assert response.status_code == 200, response.content
    return response.json()


def test_every_metric_with_its_period_its_scope_and_its_rows(business: Business) -> None:
    found = body(business, f"metrics/?{MARCH}")
    assert (found["company"], found["currency"]) == ("example", "EUR")
    assert (found["date_from"], found["date_to"]) == ("2026-03-01", "2026-03-31")
    metrics = {one["key"]: one for one in found["metrics"]}
    assert set(metrics) == set(METRICS)
    revenue = metrics["revenue"]
    assert {name: revenue[name] for name in ("value", "before", "unit", "stands", "scope")} == {
        "value": "190.00", "before": "0.00", "unit": "money", "stands": "period", "scope": "company",
    }  # fmt: skip
    assert revenue["rows"].endswith("/journal-lines/?kind=revenue&" + MARCH.replace("date_", "entry_date_"))
    assert (metrics["win_rate"]["unit"], metrics["order_count"]["value"]) == ("percent", "4")


def test_a_metric_with_its_course(business: Business) -> None:
    found = body(business, "metrics/revenue/?date_from=2026-01-01&date_to=2026-04-30")
    assert [(step["date_from"], step["value"]) for step in found["course"]] == [
        ("2026-01-01", "0.00"), ("2026-02-01", "0.00"), ("2026-03-01", "190.00"), ("2026-04-01", "0.00"),
    ]  # fmt: skip


def test_a_dashboard_with_its_pictures(business: Business) -> None:
    found = body(business, f"dashboards/company/?{MARCH}")
    assert [metric["key"] for metric in found["metrics"]][:2] == ["revenue", "gross_profit"]
    charts = {chart["id"]: chart for chart in found["charts"]}
    assert charts["course-revenue"]["rows"][-1]["figures"][0]["value"] == "190.00"
    assert charts["aged"]["columns"][0] == "Customer"
    assert [one["slug"] for one in body(business, "dashboards/", Role.BUYER)["dashboards"]] == [
        "purchasing",
        "operations",
    ]


def test_a_person_gets_what_the_pages_show(business: Business) -> None:
    keys = [one["key"] for one in body(business, "metrics/", Role.WAREHOUSE)["metrics"]]
    assert keys == [
        "orders_taken",
        "order_count",
        "offered",
        "to_ship",
        "shipped",
        "to_deliver",
        "ordered",
        "received",
        "purchased",
    ]
    assert answer(business, "metrics/revenue/", Role.WAREHOUSE).status_code == 403
    assert answer(business, "dashboards/company/", Role.WAREHOUSE).status_code == 404
    assert answer(business, "sales/", Role.MARKETER).status_code == 403
    sellers = body(business, "metrics/orders_taken/", Role.SALESPERSON)
    assert (sellers["scope"], sellers["value"]) == ("own", "0.00")


def test_the_reports(business: Business) -> None:
    sales = body(business, f"sales/?by=customer&{MARCH}")
    assert [figure["value"] for figure in sales["rows"][-1]["figures"]] == [
        "4",
        "4",
        "480.00",
        "15.00",
        "465.00",
        "4.00",
    ]
    pipeline = body(business, "pipeline/?period=all")
    assert [figure["value"] for figure in pipeline["rows"][-1]["figures"]][:4] == ["3", "1", "1", "1"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("metrics/?period=soon", "unknown_period"),
        ("metrics/?date_from=2026-03-01", "missing_day"),
        ("metrics/?date_from=2026-03-31&date_to=2026-03-01", "days_reversed"),
        ("metrics/?date_from=x&date_to=2026-03-01", "invalid_date"),
        ("sales/?by=colour", "unknown_by"),
    ],
)
def test_what_makes_no_sense_is_refused(business: Business, path: str, code: str) -> None:
    response = answer(business, path)
    assert (response.status_code, response.json()["code"]) == (400, code)


def test_an_unknown_metric_does_not_exist(business: Business) -> None:
    assert answer(business, "metrics/happiness/").status_code == 404
