"""The home page: every role has one, and every figure is the sum of the rows that it opens."""

import datetime as dt
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.access.policies import roles_in
from core.ui import registry
from core.ui.listing import Listing
from core.ui.resource import Caller
from reporting.dashboards import DASHBOARDS, dashboards_for
from reporting.metrics import finance, sales
from reporting.periods import Period
from tests.factories.company import user_with
from tests.factories.orders import Shop

pytestmark = pytest.mark.django_db

MARCH = Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
METRICS = list({metric.key: metric for board in DASHBOARDS for metric in board.tiles}.values())


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.stock((20, "8.00"))
    order = shop.order(shop.line(15, discount_percent=Decimal(5)))
    shop.ship(order, 12)
    shop.invoice(order)
    return shop


def caller_of(shop: Shop, role: Role = Role.DIRECTOR) -> Caller:
    return Caller(user=user_with(role, shop.company), company=shop.company, now=timezone.now())


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session["mfa_present"] = True
    session.save()
    return client


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_home_page(shop: Shop, role: Role) -> None:
    user = user_with(role, shop.company)
    response = signed_in(user).get("/")
    assert response.status_code == 200
    board = dashboards_for(roles_in(user, shop.company.pk))[0]
    assert len(response.context["tiles"]) <= 5
    assert str(board.label) in response.content.decode()


def test_a_director_opens_every_dashboard_and_figure(shop: Shop) -> None:
    client = signed_in(caller_of(shop).user)
    for board in DASHBOARDS:
        response = client.get("/", {"board": board.slug, "period": "year"})
        assert response.status_code == 200
        for tile in response.context["tiles"]:
            assert client.get(tile["url"]).status_code == 200, tile["label"]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
def test_a_figure_is_what_its_rows_add_up_to(shop: Shop, metric) -> None:
    caller = caller_of(shop)
    address = urlsplit(metric.url(MARCH))
    assert address.path == registry.get(metric.slug).url("list")
    rows = Listing(metric.resource, caller, QueryDict(address.query)).queryset
    added = metric.value(rows.order_by().aggregate(**metric.aggregates))
    assert metric.figure(caller, MARCH) == added
    assert parse_qs(address.query) != {}


def test_revenue_of_march_opens_the_lines_it_is_made_of(shop: Shop) -> None:
    caller = caller_of(shop)
    assert finance.REVENUE.figure(caller, MARCH) == Decimal("228.00")
    assert [line.credit for line in finance.REVENUE.rows(caller, MARCH)] == [Decimal("228.00")]
    assert sales.ORDERS_TAKEN.figure(caller, MARCH) == Decimal("285.00")
    assert finance.RECEIVABLE.figure(caller, MARCH) == Decimal("273.60")


def test_whoever_is_not_signed_in_is_asked_to() -> None:
    assert Client().get("/").status_code == 302
