"""The home page: every role has one, and every figure is the sum of the rows that it opens."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.access.policies import roles_in
from core.ui.resource import Caller
from reporting.dashboards import DASHBOARDS, dashboards_for
from reporting.periods import Period
from tests.factories.company import user_with
from tests.factories.orders import Shop

pytestmark = pytest.mark.django_db

MARCH = Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31))


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
            assert client.get(tile.url).status_code == 200, tile.label


def test_whoever_is_not_signed_in_is_asked_to() -> None:
    assert Client().get("/").status_code == 302
