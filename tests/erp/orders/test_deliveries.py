"""Planning and shipping: partial, backorder, kits, units, several places."""

import datetime as dt
from decimal import Decimal

import pytest

from core.catalog.models import KitComponent
from core.errors import InvalidInputError, WrongStateError
from erp.inventory.errors import InsufficientStockError
from erp.inventory.models import StockLevel, StockMove
from erp.inventory.posting import MoveInput, post_moves
from erp.inventory.queries import availability
from erp.ledger.enums import AccountKey
from erp.ledger.errors import PeriodClosedError
from erp.ledger.models import AccountingPeriod
from erp.orders.enums import DeliveryState, DeliveryStatus, OrderStatus
from erp.orders.errors import NothingToDeliverError, QuantityExceededError
from erp.orders.models import Delivery
from erp.orders.operations import (
    cancel_delivery,
    cancel_sales_order,
    create_delivery,
    deliver_sales_order,
    ship_delivery,
)
from tests.factories.catalog import ItemFactory, UnitFactory
from tests.factories.inventory import LocationFactory, some_document
from tests.factories.orders import DAY, NOW, Shop, line_of, shipped_line
from tests.scenarios.invariants import assert_all, balance_of_key
from tests.scenarios.orders import assert_interim_is_what_is_open, assert_orders_agree_with_their_documents

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def shop():
    shop = Shop()
    shop.stock((10, 8))
    yield shop
    assert_all(shop.company)
    assert_interim_is_what_is_open(shop.company)
    assert_orders_agree_with_their_documents(shop.company)


def ship(delivery, on=DAY):
    return ship_delivery(delivery_id=delivery.pk, ship_date=on, user=None, now=NOW)


def free(shop, item=None):
    item = item or shop.item
    return availability(company_id=shop.company.pk, item_ids=[item.pk])[item.pk].available


def test_a_delivery_is_planned_from_what_is_reserved(shop):
    order = shop.order(shop.line(15))
    delivery = shop.plan(order)
    assert (delivery.number, delivery.status, delivery.document_date) == ("DEL-2026-00001", DeliveryStatus.DRAFT, DAY)
    assert [(line.quantity, line.item) for line in delivery.lines.all()] == [(D(10), shop.item)]
    with pytest.raises(NothingToDeliverError):
        shop.plan(order)
    shop.stock((2, 8), on="2026-03-12")
    assert shipped_line(shop.plan(order)).quantity == 2


def test_shipping_moves_the_goods_at_their_cost(shop):
    shop.stock((10, "9.50"), on="2026-03-10")
    order = shop.order(shop.line(12))
    delivery = ship(shop.plan(order), on=dt.date(2026, 3, 16))
    assert (delivery.status, delivery.document_date, delivery.shipped_at) == ("shipped", dt.date(2026, 3, 16), NOW)
    move = StockMove.objects.get(source_label="orders.delivery")
    assert (move.quantity, move.value, move.source_number, move.move_date) == (
        12,
        D("-99.00"),
        delivery.number,
        delivery.document_date,
    )
    assert shipped_line(delivery).cost_amount == D("99.00")
    order.refresh_from_db()
    assert (order.delivery_state, order.status) == (DeliveryState.FULL, OrderStatus.CONFIRMED)
    assert balance_of_key(shop.company, AccountKey.STOCK_INTERIM) == D("99.00")


def test_shipping_twice_moves_once(shop):
    delivery = shop.plan(shop.order(shop.line(4)))
    first = ship(delivery)
    assert ship(delivery).version == first.version
    assert StockMove.objects.filter(source_label="orders.delivery").count() == 1


def test_planned_and_shipped_in_one_act(shop):
    order = shop.order(shop.line(10))
    shop.invoice(order, basis="ordered")
    given = {"sales_order_id": order.pk, "ship_date": DAY, "user": None, "now": NOW}
    delivery = deliver_sales_order(lines=[(line_of(order).pk, 4)], carrier="By hand", **given)
    assert (delivery.status, delivery.number, delivery.carrier) == ("shipped", "DEL-2026-00001", "By hand")
    assert (shipped_line(delivery).cost_amount, shipped_line(delivery).invoiced_cost) == (D("32.00"), D("32.00"))
    assert shipped_line(deliver_sales_order(**given)).quantity == 6
    order.refresh_from_db()
    assert (order.status, balance_of_key(shop.company, AccountKey.COGS)) == (OrderStatus.DONE, D("80.00"))
    with pytest.raises(NothingToDeliverError):
        deliver_sales_order(**given)


def test_a_part_leaves_and_the_rest_stays_on_the_order(shop):
    shop.stock((10, 8), on="2026-03-02")
    order = shop.order(shop.line(10), shop.line(5))
    delivery = shop.ship(order, 4)
    order.refresh_from_db()
    assert (order.delivery_state, line_of(order).to_deliver, line_of(order, 2).to_deliver) == ("partial", 6, 5)
    assert delivery.lines.count() == 1
    assert [line.quantity for line in shop.ship(order).lines.all()] == [6, 5]


def test_what_is_in_stock_of_a_line_leaves_as_whole_pieces(shop):
    order = shop.order(shop.line(30))
    assert [line.quantity for line in shop.ship(order).lines.all()] == [D(10)]


@pytest.mark.parametrize(("quantities", "error"), [((9,), QuantityExceededError), ((4, 1), InvalidInputError)])
def test_more_than_is_left_is_not_planned(shop, quantities, error):
    order = shop.order(shop.line(10))
    shop.plan(order, 2)
    lines = [(line_of(order).pk, D(quantity)) for quantity in quantities]
    with pytest.raises(error):
        create_delivery(sales_order_id=order.pk, lines=lines, user=None, now=NOW)


def test_refusals_of_planning(shop):
    draft = shop.draft(shop.line(1))
    with pytest.raises(WrongStateError):
        shop.plan(draft)
    order = shop.order(shop.line(1))
    other = line_of(shop.order(shop.line(1)))
    for lines, error in (
        ([(other.pk, 1)], InvalidInputError),
        ([(line_of(order).pk, -1)], InvalidInputError),
        ([], NothingToDeliverError),
    ):
        with pytest.raises(error):
            create_delivery(sales_order_id=order.pk, lines=lines, user=None, now=NOW)
    assert not Delivery.objects.exists()


def test_goods_reserved_for_others_are_not_shipped(shop):
    shop.order(shop.line(8))
    order = shop.order(shop.line(5))
    with pytest.raises(InsufficientStockError):
        shop.ship(order, 5)
    delivery = Delivery.objects.get()
    assert delivery.status == DeliveryStatus.DRAFT
    assert line_of(order).delivered_quantity == 0


def test_shipping_into_a_closed_period_is_refused(shop):
    delivery = shop.plan(shop.order(shop.line(1)))
    AccountingPeriod.objects.filter(company=shop.company, start_date__lte=DAY, end_date__gte=DAY).update(
        status="closed"
    )
    with pytest.raises(PeriodClosedError):
        ship(delivery)
    AccountingPeriod.objects.filter(company=shop.company).update(status="open")


def test_a_planned_delivery_can_be_set_aside_and_planned_anew(shop):
    order = shop.order(shop.line(4))
    delivery = shop.plan(order)
    for _ in range(2):
        assert cancel_delivery(delivery_id=delivery.pk, user=None, now=NOW).status == DeliveryStatus.CANCELLED
    with pytest.raises(WrongStateError):
        ship(delivery)
    shipped = shop.ship(order)
    with pytest.raises(WrongStateError):
        cancel_delivery(delivery_id=shipped.pk, user=None, now=NOW)


def test_a_cancelled_order_ships_nothing(shop):
    order = shop.order(shop.line(4))
    delivery = shop.plan(order)
    cancel_sales_order(sales_order_id=order.pk, user=None, now=NOW)
    with pytest.raises(WrongStateError):
        ship(delivery)
    assert free(shop) == 10


def test_a_kit_is_delivered_as_its_components(shop):
    screw = ItemFactory(company=shop.company, sku="B", name="Screw")
    shop.stock((100, "0.10"), item=screw)
    kit = ItemFactory(company=shop.company, kind="kit", sku="K", list_price=D(50))
    for item, quantity in ((shop.item, 2), (screw, 8)):
        KitComponent.objects.create(company=shop.company, kit=kit, item=item, quantity=quantity)
    order = shop.order(shop.line(6, item=kit))
    assert (free(shop), free(shop, screw)) == (0, 52)
    delivery = shop.plan(order)
    assert shipped_line(delivery).quantity == 5
    ship(delivery)
    assert shipped_line(delivery).cost_amount == D("84.00")
    moved = StockMove.objects.filter(source_label="orders.delivery").values_list("item", "quantity")
    assert sorted(moved) == sorted([(shop.item.pk, 10), (screw.pk, 40)])
    invoice = shop.invoice(order)
    assert invoice.net_amount == D("250.00")
    back = shop.take_back(delivery, (1,))
    assert back.lines.get().cost_amount == D("16.80")
    assert (free(shop), free(shop, screw)) == (2, 60)


def test_a_kit_without_components_is_refused(shop):
    kit = ItemFactory(company=shop.company, kind="kit", sku="K")
    with pytest.raises(InvalidInputError) as refusal:
        shop.order(shop.line(1, item=kit))
    assert refusal.value.code == "empty_kit"


def test_dozens_leave_as_pieces(shop):
    dozen = UnitFactory(company=shop.company, name="Dozen", symbol="dz", factor=12)
    shop.stock((20, 8), on="2026-03-02")
    order = shop.order(shop.line(2, 240, unit_id=dozen.pk))
    delivery = shop.ship(order, 1)
    assert StockMove.objects.get(source_label="orders.delivery").quantity == 12
    assert (shipped_line(delivery).quantity, shipped_line(delivery).cost_amount) == (1, D("96.00"))
    assert shop.invoice(order).net_amount == D("240.00")


def test_goods_leave_from_where_they_are_reserved(shop):
    shelf = LocationFactory(company=shop.company, warehouse=shop.warehouse, name="Shelf 1")
    post_moves(
        company_id=shop.company.pk,
        move_date=DAY,
        moves=[MoveInput(shop.item.pk, D(6), shop.warehouse.stock_location_id, shelf.pk)],
        source=some_document(),
        user=None,
        now=NOW,
    )
    order = shop.order(shop.line(9))
    delivery = shop.ship(order)
    assert shipped_line(delivery).cost_amount == D("72.00")
    left = dict(StockLevel.objects.values_list("location__name", "on_hand"))
    assert sum(left.values()) == 1
    assert shop.take_back(delivery, (9,)).lines.get().cost_amount == D("72.00")
