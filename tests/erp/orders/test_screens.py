"""Selling in the browser and by the API: lines filled from items, acts on records, who may do what."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.access.policies import may, scoped
from core.ui.tokens import create_token
from erp.orders.consequence_texts import credit_warnings, reservation_lines
from erp.orders.models import Delivery, Quotation, SalesOrder, SalesReturn
from erp.orders.queries.credit import credit_position
from tests.factories.company import TeamFactory, user_with
from tests.factories.invoicing import DAY as INVOICE_DAY
from tests.factories.orders import DAY, NOW, QuotationFactory, SalesOrderFactory, Shop, line_of, shipped_line

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def shop():
    shop = Shop()
    shop.stock((20, 8))
    return shop


@pytest.fixture
def manager(shop):
    return user_with(Role.SALES_MANAGER, shop.company)


@pytest.fixture
def staff(manager):
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def api(manager):
    _token, secret = create_token(user=manager, now=timezone.now(), name="test", scopes="read write")

    def call(path, body=None, **headers):
        given = {"Authorization": f"Bearer {secret}", **headers}
        return Client().post(f"/api/v1/{path}", body or {}, content_type="application/json", headers=given)

    return call


def lines_of_form(*rows):
    data = {"lines-TOTAL_FORMS": len(rows), "lines-INITIAL_FORMS": 0}
    for index, row in enumerate(rows):
        data |= {f"lines-{index}-{name}": value for name, value in row.items()}
        data[f"lines-{index}-ORDER"] = index + 1
    return data


def test_choosing_an_item_fills_the_line_and_says_why(shop, staff):
    given = {"item": shop.item.pk, "party": shop.customer.pk, "quantity": "3"}
    found = staff.get("/sales/line-defaults/", given).json()
    assert (found["description"], found["unit_price"], found["tax_set"]["value"]) == ("Item A", "20", shop.tax_set.pk)
    assert (found["reason"], found["available"]) == ("List price of the item.", "20 free")
    assert staff.get("/sales/line-defaults/", {"item": "x"}).status_code == 404
    assert Client().get("/sales/line-defaults/", given).status_code == 302


def test_a_quotation_is_written_in_the_browser_with_empty_prices(shop, staff):
    data = {
        "party": shop.customer.pk,
        **lines_of_form({"item": shop.item.pk, "quantity": "15", "discount_percent": "5"}),
    }
    response = staff.post("/quotations/new/", data)
    assert response.status_code == 302
    quotation = Quotation.objects.get()
    assert (quotation.net_amount, quotation.total_amount) == (D("285.00"), D("342.00"))
    page = staff.get(f"/quotations/{quotation.pk}/").content.decode()
    assert "285.00" in page
    totals = staff.post("/quotations/totals/", data).content.decode()
    assert "342.00 EUR" in totals
    assert '<output id="line-amount-0" hx-swap-oob="true"' in totals
    assert 'data-take-unit_price="20.00"' in totals
    assert ">285.00</output>" in totals


def test_the_whole_way_in_the_browser(shop, staff):
    order = shop.draft(shop.line(15))
    base = f"/sales-orders/{order.pk}"
    asked = staff.get(f"{base}/actions/confirm/").content.decode()
    assert "Everything is in stock" in asked
    assert staff.post(f"{base}/actions/confirm/").status_code == 302
    line = line_of(order)
    assert staff.get(f"{base}/actions/deliver/").status_code == 200
    assert staff.post(f"{base}/actions/deliver/", {f"lines-{line.pk}-quantity": "12"}).status_code == 302
    delivery = Delivery.objects.get()
    assert staff.post(f"/deliveries/{delivery.pk}/actions/ship/", {"ship_date": "2026-03-15"}).status_code == 302
    assert (
        staff.post(f"{base}/actions/invoice/", {"basis": "delivered", "document_date": "2026-03-15"}).status_code == 302
    )
    row = shipped_line(delivery)
    given = {f"lines-{row.pk}-quantity": "2", f"lines-{row.pk}-condition": "scrap", "return_date": "2026-03-20"}
    assert staff.post(f"/deliveries/{delivery.pk}/actions/return/", given).status_code == 302
    back = SalesReturn.objects.get()
    assert [(one.quantity, one.condition) for one in back.lines.all()] == [(2, "scrap")]
    too_much = {f"lines-{row.pk}-quantity": "99", "return_date": "2026-03-20"}
    assert staff.post(f"/deliveries/{delivery.pk}/actions/return/", too_much).status_code == 422
    for page in (base, f"/deliveries/{delivery.pk}", f"/sales-returns/{back.pk}"):
        assert staff.get(f"{page}/").status_code == 200


def test_the_whole_way_by_the_api(shop, api):
    body = {"party": shop.customer.pk, "lines": [{"item": shop.item.pk, "quantity": "15", "discount_percent": "5"}]}
    made = api("quotations/", body, **{"Idempotency-Key": "k1"})
    assert (made.status_code, Decimal(made.json()["total_amount"])) == (201, D("342.00"))
    assert api("quotations/", body, **{"Idempotency-Key": "k1"}).json()["id"] == made.json()["id"]
    quotation = made.json()["id"]
    assert api(f"quotations/{quotation}/send/").status_code == 200
    for _ in range(2):
        assert api(f"quotations/{quotation}/accept/").status_code == 200
    order = SalesOrder.objects.get()
    assert api(f"sales-orders/{order.pk}/confirm/").status_code == 200
    lines = [{"order_line_id": line_of(order).pk, "quantity": "12"}]
    planned = api(f"sales-orders/{order.pk}/deliver/", {"lines": lines})
    assert planned.status_code == 200
    delivery = Delivery.objects.get()
    assert api(f"deliveries/{delivery.pk}/ship/", {"ship_date": "2026-03-15"}).status_code == 200
    assert shipped_line(delivery).quantity == 12
    refused = api(f"sales-orders/{order.pk}/cancel/")
    assert (refused.status_code, refused.json()["code"]) == (409, "delivery_exists")


def test_a_shortage_is_said_before_confirming(shop):
    order = shop.draft(shop.line(25))
    assert reservation_lines(order) == ["A Item A: 25 ordered, 20 available; the rest waits as backorder."]


def test_ord_02_the_credit_limit_counts_receivable_orders_and_this_order(shop):
    shop.customer.credit_limit = D(1000)
    shop.customer.save()
    untaxed = {"description": "Work"}
    billed = shop.order({**untaxed, "unit_price": D(800)})
    shop.invoice(billed, on=INVOICE_DAY)
    shop.order({**untaxed, "unit_price": D(150)})
    order = shop.draft({**untaxed, "unit_price": D(100)})
    found = credit_position(company=shop.company, party=shop.customer, as_of=DAY, order=order)
    assert (found.receivable, found.open_orders, found.this_order) == (D(800), D(150), D(100))
    assert (found.exposure, found.headroom, found.is_exceeded) == (D(1050), D(-50), True)
    (warning,) = credit_warnings(order)
    assert "1,050.00 EUR" in warning
    assert "50.00 EUR more than the limit of 1,000.00 EUR" in warning


def test_no_limit_no_warning(shop):
    assert credit_warnings(shop.draft(shop.line(1))) == []


def test_salespeople_see_their_team_and_the_warehouse_ships(shop):
    team, other = TeamFactory(company=shop.company), TeamFactory(company=shop.company)
    seller = user_with(Role.SALESPERSON, shop.company, team=team)
    own = SalesOrderFactory(company=shop.company, party=shop.customer, owner=seller)
    mate = SalesOrderFactory(company=shop.company, party=shop.customer, team=team)
    SalesOrderFactory(company=shop.company, party=shop.customer, team=other)
    assert set(scoped(seller, SalesOrder.objects.all())) == {own, mate}
    quotation = QuotationFactory(company=shop.company, party=shop.customer, team=team)
    assert [may(seller, verb, quotation) for verb in ("view", "send", "revise", "delete")] == [True, True, True, False]
    packer, auditor, accountant = (
        user_with(role, shop.company) for role in (Role.WAREHOUSE, Role.AUDITOR, Role.ACCOUNTANT)
    )
    delivery = shop.plan(shop.order(shop.line(1)))
    assert [may(packer, verb, delivery) for verb in ("ship", "return", "cancel")] == [True, True, True]
    assert [may(packer, verb, own) for verb in ("view", "confirm", "invoice")] == [True, False, False]
    assert [may(accountant, verb, own) for verb in ("view", "invoice", "confirm")] == [True, True, False]
    assert [may(auditor, verb, own) for verb in ("view", "confirm", "invoice")] == [True, False, False]
    assert NOW.date() == DAY
