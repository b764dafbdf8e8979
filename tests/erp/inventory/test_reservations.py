"""Claims of order lines on goods."""

from decimal import Decimal

import pytest
from django.db import transaction

from core.documents.references import RecordRef
from erp.inventory.enums import LocationKind
from erp.inventory.errors import InsufficientStockError
from erp.inventory.models import Reservation, StockLevel
from erp.inventory.operations import post_stock_transfer
from erp.inventory.queries import availability
from erp.inventory.reservations import Pick, Want, picks, release, reserve, reserved_quantities
from erp.inventory.setup import default_warehouse
from tests.factories.inventory import (
    NOW,
    LocationFactory,
    StockTransferFactory,
    company_with_stock,
    issue,
    move,
    place,
    receive,
    stocked_item,
)
from tests.scenarios.invariants import assert_all

pytestmark = pytest.mark.django_db
LINE, OTHER = RecordRef("testing.line", 1), RecordRef("testing.line", 2)


@pytest.fixture
def item():
    found = stocked_item(company_with_stock())
    receive(found, 10, "8.00")
    return found


def take(item, *wants: tuple[RecordRef, str]) -> dict[RecordRef, Decimal]:
    return reserve(
        company_id=item.company_id,
        warehouse_id=default_warehouse(item.company_id).pk,
        wants=[Want(line, item.pk, Decimal(quantity)) for line, quantity in wants],
        now=NOW,
    )


def level(item) -> tuple[Decimal, Decimal, Decimal]:
    row = StockLevel.objects.get(item=item, location=place(item.company))
    return row.on_hand, row.reserved, row.available


def test_stk_14_two_lines_want_seven_of_ten(item):
    assert take(item, (LINE, "7"), (OTHER, "7")) == {LINE: Decimal(7), OTHER: Decimal(3)}
    assert level(item) == (Decimal(10), Decimal(10), Decimal(0))
    assert_all(item.company)


def test_a_line_reserves_more_later(item):
    take(item, (LINE, "4"))
    assert take(item, (LINE, "2")) == {LINE: Decimal(2)}
    assert Reservation.objects.get().quantity == Decimal(6)
    assert_all(item.company)


def test_nothing_there_reserves_nothing():
    item = stocked_item(company_with_stock())
    assert take(item, (LINE, "1")) == {LINE: Decimal(0)}
    assert not Reservation.objects.exists()


def test_reserved_goods_do_not_leave_for_somebody_else(item):
    take(item, (LINE, "7"))
    with pytest.raises(InsufficientStockError) as refused, transaction.atomic():
        issue(item, 4)
    assert refused.value.shortages[0].available == Decimal(3)
    with pytest.raises(InsufficientStockError), transaction.atomic():
        issue(item, 4, line=OTHER, consume_reservations=True)
    assert issue(item, 3).value == Decimal("-24.00")
    assert_all(item.company)


def test_shipping_uses_the_reservation_up(item):
    take(item, (LINE, "7"))
    issue(item, 5, line=LINE, consume_reservations=True)
    assert level(item) == (Decimal(5), Decimal(2), Decimal(3))
    assert reserved_quantities([LINE, OTHER]) == {LINE: Decimal(2), OTHER: Decimal(0)}
    issue(item, 4, line=LINE, consume_reservations=True)
    assert level(item) == (Decimal(1), Decimal(0), Decimal(1))
    assert not Reservation.objects.exists()
    assert_all(item.company)


def test_release_gives_back_and_twice_changes_nothing(item):
    take(item, (LINE, "7"), (OTHER, "2"))
    assert release(company_id=item.company_id, lines=[LINE]) == {LINE: Decimal(7)}
    assert release(company_id=item.company_id, lines=[LINE]) == {}
    assert level(item) == (Decimal(10), Decimal(2), Decimal(8))
    assert_all(item.company)


def test_goods_are_picked_from_the_stock_location_first_and_never_from_a_hold(item):
    warehouse = default_warehouse(item.company_id)
    shelf = LocationFactory(warehouse=warehouse, company=item.company, name="Shelf")
    hold = LocationFactory(warehouse=warehouse, company=item.company, name="Hold", is_pickable=False)
    for target, quantity in ((shelf, 3), (hold, 2)):
        transfer(item, quantity, place(item.company), target.pk)
    assert take(item, (LINE, "9")) == {LINE: Decimal(8)}
    assert picks([LINE]) == [
        Pick(LINE, item.pk, place(item.company), Decimal(5)),
        Pick(LINE, item.pk, shelf.pk, Decimal(3)),
    ]
    found = availability(company_id=item.company_id)[item.pk]
    assert (found.on_hand, found.reserved, found.available) == (Decimal(10), Decimal(8), Decimal(0))
    assert_all(item.company)


def transfer(item, quantity: int, source: int, target: int) -> None:
    draft = StockTransferFactory(
        company=item.company,
        from_location_id=source,
        to_location_id=target,
        lines=[{"item_id": item.pk, "quantity": Decimal(quantity)}],
    )
    post_stock_transfer(stock_transfer_id=draft.pk, user=None, now=NOW)


def test_a_loss_of_reserved_goods_is_refused(item):
    take(item, (LINE, "9"))
    with pytest.raises(InsufficientStockError), transaction.atomic():
        move(item, 2, LocationKind.INTERNAL, LocationKind.LOSS)
