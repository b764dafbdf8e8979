"""A ticket's page shows what its customer owes, ordered, waits for and sent back."""

import datetime as dt

import pytest
from django.test import Client

from core.access.enums import Role
from erp.orders.models import Delivery
from tests.factories.company import user_with
from tests.factories.orders import Shop
from tests.factories.parties import PartyFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db

GOODS = ("last_orders", "open_deliveries", "returns")


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture
def browser(shop):
    client = Client()
    client.force_login(user_with(Role.SUPPORT_AGENT, shop.company))
    return client


def panels(browser, ticket):
    """Panel → what it shows; an empty one is not there."""
    page = browser.get(f"/tickets/{ticket.pk}/")
    assert page.status_code == 200
    found = {panel["name"]: panel["html"] for panel in page.context["panels_side"]}
    return found | {name: browser.get(f"/tickets/{ticket.pk}/panels/{name}/").content.decode() for name in GOODS}


def test_money_and_goods_of_the_customer(shop, browser):
    shop.stock((10, 8))
    order = shop.order(shop.line(5))
    shipped = shop.ship(order, 2)
    shop.invoice(order, on=dt.date(2026, 3, 10))
    back = shop.take_back(shipped, (1, "resale"))
    waiting = shop.plan(order, 3)
    shown = panels(browser, TicketFactory(company=shop.company, party=shop.customer))
    assert "Overdue" in shown["partner_money"]
    assert "48.00 EUR" in shown["partner_money"]
    assert order.number in shown["last_orders"]
    on_their_way = [delivery.number for delivery in (shipped, waiting) if str(delivery) in shown["open_deliveries"]]
    assert (on_their_way, Delivery.objects.count()) == ([waiting.number], 2)
    assert back.number in shown["returns"]


def test_a_customer_without_business_has_no_goods(shop, browser):
    shop.stock((10, 8))
    shop.order(shop.line(5))
    shown = panels(browser, TicketFactory(company=shop.company, party=PartyFactory(company=shop.company)))
    assert [shown[name].strip() for name in GOODS] == ["", "", ""]
    assert "0.00 EUR" in shown["partner_money"]
