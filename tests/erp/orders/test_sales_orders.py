"""Orders: written, confirmed with reservation, cancelled."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.documents.references import RecordRef
from core.errors import ConflictError, InvalidInputError, WrongStateError
from erp.inventory.models import Reservation, StockLevel, Warehouse
from erp.inventory.queries import availability
from erp.inventory.reservations import reserved_quantities
from erp.orders.enums import DeliveryState, InvoiceState, OrderStatus
from erp.orders.errors import DeliveryExistsError, InvoiceExistsError
from erp.orders.models import Delivery, SalesOrder, SalesOrderLine
from erp.orders.operations import (
    cancel_sales_order,
    confirm_sales_order,
    create_sales_order,
    reserve_sales_order,
    update_sales_order,
)
from erp.orders.parts import ref
from tests.factories.catalog import ItemFactory, UnitFactory
from tests.factories.orders import DAY, NOW, SalesOrderFactory, Shop, line_of
from tests.factories.parties import AddressFactory
from tests.scenarios.invariants import assert_all

pytestmark = pytest.mark.django_db
D = Decimal


def reserved(order: SalesOrder) -> list[Decimal]:
    lines = [ref(line) for line in order.lines.all()]
    found = reserved_quantities(lines)
    return [found[line] for line in lines]


def cancel(order: SalesOrder, reason: str = "") -> SalesOrder:
    return cancel_sales_order(sales_order_id=order.pk, reason=reason, user=None, now=NOW)


def test_a_draft_knows_what_is_delivered_from_where_and_to_whom():
    shop = Shop()
    AddressFactory(party=shop.customer, kind="main")
    AddressFactory(party=shop.customer, kind="delivery", street="2 Quay", city="Kiel", postal_code="24103")
    service = ItemFactory(company=shop.company, kind="service")
    order = shop.draft(shop.line(2), shop.line(1, item=service), {"description": "Setup"}, freight_amount=D(5))
    assert (order.status, order.number, order.warehouse) == (OrderStatus.DRAFT, None, shop.warehouse)
    assert order.delivery_address == f"{shop.customer.name}\n2 Quay\n24103 Kiel\nDE"
    lines = SalesOrderLine.objects.filter(order=order).order_by("position")
    assert [(line.needs_delivery, line.stock_quantity) for line in lines] == [
        (True, 2),
        (False, 0),
        (False, 0),
        (False, 0),
    ]


def test_quantities_are_kept_in_the_stock_unit_too():
    shop = Shop()
    dozen = UnitFactory(company=shop.company, name="Dozen", symbol="dz", factor=12)
    box = UnitFactory(company=shop.company, name="Kilogram", symbol="kg", category="mass")
    order = shop.draft(shop.line(2, unit_id=dozen.pk))
    assert line_of(order).stock_quantity == 24
    with pytest.raises(InvalidInputError) as refusal:
        shop.draft(shop.line(2, unit_id=box.pk))
    assert (refusal.value.code, refusal.value.field) == ("unit_dimension", "lines")


def test_goods_are_not_ordered_in_negative_quantities_but_discounts_may_be():
    shop = Shop()
    with pytest.raises(InvalidInputError):
        shop.draft(shop.line(-1))
    order = shop.draft(shop.line(1), {"description": "Voucher", "quantity": D(-1), "unit_price": D(5)})
    assert order.net_amount == D("15.00")


def test_one_order_a_source():
    shop = Shop()
    deal = RecordRef("testing.deal", 7)
    first = shop.draft(shop.line(1), source=deal)
    assert shop.draft(shop.line(5), source=deal) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        SalesOrderFactory(company=shop.company, party=shop.customer, source_label=deal.label, source_id=deal.id)
    cancel(first)
    second = shop.draft(shop.line(5), source=deal)
    assert second != first
    assert SalesOrder.objects.filter(source_id=7).count() == 2


def test_a_draft_can_be_changed_and_a_confirmed_order_cannot():
    shop = Shop()
    order = shop.draft(shop.line(15))
    changed = update_sales_order(sales_order_id=order.pk, user=None, now=NOW, expected_version=1, lines=[shop.line(3)])
    assert (changed.net_amount, line_of(changed).stock_quantity) == (D("60.00"), 3)
    with pytest.raises(ConflictError):
        update_sales_order(sales_order_id=order.pk, user=None, now=NOW, expected_version=1, reference="x")
    shop.confirm(order)
    with pytest.raises(WrongStateError):
        update_sales_order(sales_order_id=order.pk, user=None, now=NOW, reference="x")


def test_confirming_reserves_what_is_there_and_draws_the_number():
    shop = Shop()
    shop.stock((20, 8))
    first, second = shop.order(shop.line(15)), shop.order(shop.line(15))
    assert (first.number, second.number, first.confirmed_at) == ("SO-2026-00001", "SO-2026-00002", NOW)
    assert (reserved(first), reserved(second)) == ([D(15)], [D(5)])
    assert (first.status, first.delivery_state, first.invoice_state) == ("confirmed", "none", "none")
    again = shop.confirm(first)
    assert (again.version, reserved(first)) == (first.version, [D(15)])
    stock = availability(company_id=shop.company.pk, item_ids=[shop.item.pk])[shop.item.pk]
    assert (stock.available, stock.reserved, stock.outgoing) == (0, 20, 30)
    assert_all(shop.company)


def test_a_backorder_is_reserved_once_goods_come_in():
    shop = Shop()
    shop.stock((4, 8))
    order = shop.order(shop.line(15))
    shop.stock((6, 8), on="2026-03-12")
    reserve_sales_order(sales_order_id=order.pk, user=None, now=NOW)
    assert reserved(order) == [D(10)]
    reserve_sales_order(sales_order_id=order.pk, user=None, now=NOW)
    assert reserved(order) == [D(10)]
    with pytest.raises(WrongStateError):
        reserve_sales_order(sales_order_id=shop.draft(shop.line(1)).pk, user=None, now=NOW)


def test_what_cannot_be_confirmed():
    shop = Shop()
    with pytest.raises(InvalidInputError) as refusal:
        shop.order()
    assert refusal.value.code == "no_lines"
    order = shop.draft(shop.line(1))
    SalesOrder.objects.filter(pk=order.pk).update(warehouse=None)
    with pytest.raises(InvalidInputError) as refusal:
        shop.confirm(order)
    assert (refusal.value.code, refusal.value.field) == ("no_warehouse", "warehouse")
    cancel(order)
    with pytest.raises(WrongStateError):
        shop.confirm(order)


def test_services_need_neither_warehouse_nor_delivery():
    shop = Shop()
    Warehouse.objects.filter(company=shop.company).update(is_default=False)
    service = ItemFactory(company=shop.company, kind="service")
    order = shop.order(shop.line(2, item=service))
    assert (order.warehouse, order.delivery_state) == (None, DeliveryState.NOTHING_TO_DELIVER)
    invoice = shop.invoice(order)
    order.refresh_from_db()
    assert (invoice.net_amount, order.invoice_state, order.status) == (D("40.00"), InvoiceState.FULL, OrderStatus.DONE)


def test_cancelling_gives_everything_back():
    shop = Shop()
    shop.stock((20, 8))
    order = shop.order(shop.line(15))
    planned = shop.plan(order)
    done = cancel(order, "Changed their mind")
    assert (done.status, done.cancel_reason, done.cancelled_at) == (OrderStatus.CANCELLED, "Changed their mind", NOW)
    assert not Reservation.objects.exists()
    assert StockLevel.objects.get().reserved == 0
    assert Delivery.objects.get(pk=planned.pk).status == "cancelled"
    assert cancel(order).cancel_reason == "Changed their mind"


def test_an_order_that_was_shipped_or_invoiced_is_not_cancelled():
    shop = Shop()
    shop.stock((20, 8))
    shipped = shop.order(shop.line(5))
    shop.ship(shipped)
    with pytest.raises(DeliveryExistsError):
        cancel(shipped)
    invoiced = shop.order(shop.line(5))
    draft = shop.invoice_draft(invoiced, basis="ordered")
    with pytest.raises(InvoiceExistsError):
        cancel(invoiced)
    shop.post(draft)
    with pytest.raises(InvoiceExistsError):
        cancel(invoiced)


def test_confirm_is_refused_for_a_foreign_version():
    shop = Shop()
    order = shop.draft(shop.line(1))
    with pytest.raises(ConflictError):
        confirm_sales_order(sales_order_id=order.pk, user=None, now=NOW, expected_version=7)


def test_an_external_id_is_kept():
    shop = Shop()
    order = create_sales_order(
        company_id=shop.company.pk, party_id=shop.customer.pk, lines=[shop.line(1)], user=None, now=NOW,
        document_date=DAY, external_id="10248",
    )  # fmt: skip
    assert order.external_id == "10248"
