"""Taking goods back: into stock or written off, invoiced before or not."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidInputError, WrongStateError
from erp.inventory.models import StockMove
from erp.inventory.posting import MoveInput, post_moves
from erp.inventory.queries import availability
from erp.invoicing.models import SalesInvoice
from erp.ledger.enums import AccountKey
from erp.orders.enums import OrderStatus, ReturnStatus
from erp.orders.errors import QuantityExceededError
from erp.orders.models import SalesReturn
from erp.orders.operations import receive_return
from tests.factories.inventory import LocationFactory, some_document
from tests.factories.orders import DAY, NOW, Shop, line_of, shipped_line
from tests.scenarios.invariants import assert_all, balance_of_key
from tests.scenarios.orders import assert_interim_is_what_is_open, assert_orders_agree_with_their_documents

pytestmark = pytest.mark.django_db
D = Decimal
KEYS = (AccountKey.INVENTORY, AccountKey.STOCK_INTERIM, AccountKey.COGS, AccountKey.INVENTORY_DIFFERENCE)


@pytest.fixture
def shop():
    shop = Shop()
    shop.stock((10, 8), (10, "9.50"))
    yield shop
    assert_all(shop.company)
    assert_interim_is_what_is_open(shop.company)
    assert_orders_agree_with_their_documents(shop.company)


def balances(shop):
    return [balance_of_key(shop.company, key) for key in KEYS]


def drafts(back):
    return list(SalesInvoice.objects.filter(source_label="orders.salesreturn", source_id=back.pk).order_by("pk"))


def shipped(shop, quantity=12, ordered=15):
    order = shop.order(shop.line(ordered))
    return order, shop.ship(order, quantity)


def test_goods_that_were_invoiced_are_credited_by_a_draft(shop):
    order, delivery = shipped(shop)
    shop.invoice(order)
    back = shop.take_back(delivery, (2,), reason="Wrong colour")
    assert (back.number, back.status, back.reason) == ("RET-2026-00001", ReturnStatus.RECEIVED, "Wrong colour")
    assert [(line.quantity, line.cost_amount, line.invoiced_quantity) for line in back.lines.all()] == [
        (2, D("16.50"), 2)
    ]
    assert balances(shop) == [D("92.50"), 0, D("82.50"), 0]
    (note,) = drafts(back)
    assert (note.status, note.reason, note.total_amount) == ("draft", "Wrong colour", D("48.00"))
    shop.post(note)
    back.refresh_from_db()
    assert back.status == ReturnStatus.CREDITED
    line = line_of(order)
    assert (line.returned_quantity, line.invoiced_quantity, line.credited_quantity) == (2, 12, 2)
    assert (line.to_deliver, line.to_invoice_delivered) == (3, 0)
    assert balances(shop) == [D("92.50"), 0, D("82.50"), 0]


def test_goods_that_were_not_invoiced_need_no_credit_note(shop):
    order, delivery = shipped(shop)
    back = shop.take_back(delivery, (2,))
    assert drafts(back) == []
    assert balances(shop) == [D("92.50"), D("82.50"), 0, 0]
    assert shop.invoice(order).lines.get().quantity == 10
    assert balances(shop) == [D("92.50"), 0, D("82.50"), 0]
    shop.ship(order)
    shop.invoice(order)
    order.refresh_from_db()
    assert order.status == OrderStatus.DONE


def test_what_was_not_invoiced_is_taken_first(shop):
    order, _first = shipped(shop, 4)
    shop.invoice(order)
    second = shop.ship(order, 8)
    draft = shop.invoice_draft(order)
    draft.lines.update(quantity=5)
    shop.post(draft)
    assert (shipped_line(second).invoiced_quantity, shipped_line(second).open_quantity) == (5, 3)
    back = shop.take_back(second, (4,))
    assert back.lines.get().invoiced_quantity == 1
    (note,) = drafts(back)
    assert note.lines.get().quantity == 1
    assert balances(shop)[1] == 0


def test_scrap_is_a_loss_and_never_enters_stock(shop):
    order, delivery = shipped(shop)
    invoiced = shop.invoice_draft(order)
    invoiced.lines.update(quantity=10)
    shop.post(invoiced)
    before = balances(shop)
    assert before == [D("76.00"), D("16.50"), D("82.50"), 0]
    back = shop.take_back(delivery, (4, "scrap"))
    assert balances(shop) == [D("76.00"), 0, D("66.00"), D("33.00")]
    assert availability(company_id=shop.company.pk, item_ids=[shop.item.pk])[shop.item.pk].on_hand == 8
    assert drafts(back)[0].lines.get().quantity == 2


@pytest.mark.parametrize("backs", [("10 scrap", "2 resale"), ("2 resale", "10 scrap"), ("1 scrap", "11 resale")])
def test_goods_of_two_costs_come_back_at_what_they_left_at_whatever_comes_first(backs):
    """2 pieces lie in another place than the 10, so the delivery issues them by a move of its own: 10 at 80.00, 2 at
    19.00. What is resaleable undoes the first move first, what is scrapped the last; no cost of sale is left."""
    shop = Shop()
    shop.stock((10, 8), (2, "9.50"))
    shelf = LocationFactory(company=shop.company, warehouse=shop.warehouse, name="Shelf 1")
    moves = [MoveInput(shop.item.pk, D(2), shop.warehouse.stock_location_id, shelf.pk)]
    post_moves(company_id=shop.company.pk, move_date=DAY, moves=moves, source=some_document(), user=None, now=NOW)
    order, delivery = shipped(shop, 12, 12)
    shop.invoice(order)
    issued = StockMove.objects.filter(source_label="orders.delivery").values_list("quantity", "value")
    assert sorted(issued) == [(2, D("-19.00")), (10, D("-80.00"))]
    lost = {"10 scrap": D("83.00"), "1 scrap": D("9.50")}
    for asked in backs:
        shop.take_back(delivery, tuple(asked.split()))
    scrapped = next(lost[asked] for asked in backs if asked in lost)
    assert balances(shop) == [D("99.00") - scrapped, 0, 0, scrapped]
    assert shipped_line(delivery).returned_cost == D("99.00")
    assert_all(shop.company)


def test_one_line_in_two_conditions(shop):
    order, delivery = shipped(shop)
    shop.invoice(order)
    row = shipped_line(delivery)
    back = receive_return(
        delivery_id=delivery.pk,
        lines=[
            {"delivery_line_id": row.pk, "quantity": D(1), "condition": "resale"},
            {"delivery_line_id": row.pk, "quantity": D(2), "condition": "scrap"},
        ],
        user=None,
        now=NOW,
        return_date=DAY,
    )
    assert [(line.condition, line.cost_amount) for line in back.lines.all()] == [
        ("resale", D("8.25")),
        ("scrap", D("16.50")),
    ]
    assert drafts(back)[0].lines.get().quantity == 3


def test_everything_comes_back_in_parts_without_a_cent_left():
    shop = Shop()
    shop.stock((3, "3.333333"))
    order = shop.order(shop.line(3))
    delivery = shop.ship(order)
    invoice = shop.invoice_draft(order)
    invoice.lines.update(quantity=1)
    shop.post(invoice)
    for condition in ("scrap", "resale", "resale"):
        shop.take_back(delivery, (1, condition))
        assert_interim_is_what_is_open(shop.company)
    row = shipped_line(delivery)
    assert (row.kept_quantity, row.open_quantity, row.open_cost) == (0, 0, 0)
    assert_all(shop.company)
    assert sum(balances(shop)) == D("10.00")


def test_a_return_of_goods_on_two_invoices_makes_two_credit_notes(shop):
    order, delivery = shipped(shop)
    first = shop.invoice_draft(order)
    first.lines.update(quantity=10)
    shop.post(first)
    second = shop.invoice(order)
    back = shop.take_back(delivery, (5,))
    notes = drafts(back)
    assert [(note.reverses, note.lines.get().quantity) for note in notes] == [(second, 2), (first, 3)]
    shop.post(notes[0])
    back.refresh_from_db()
    assert back.status == ReturnStatus.RECEIVED
    shop.post(notes[1])
    back.refresh_from_db()
    assert back.status == ReturnStatus.CREDITED


def test_a_second_return_credits_what_is_left(shop):
    order, delivery = shipped(shop)
    invoice = shop.invoice(order)
    shop.take_back(delivery, (7,))
    second = shop.take_back(delivery, (5,))
    assert [(n.reverses, n.lines.get().quantity) for n in drafts(second)] == [(invoice, 5)]
    with pytest.raises(QuantityExceededError):
        shop.take_back(delivery, (1,))


def test_refusals(shop):
    order, delivery = shipped(shop)
    row = shipped_line(delivery)
    planned = shop.plan(order)
    cases = [
        (planned, [(shipped_line(planned).pk, 1)], DAY, WrongStateError),
        (delivery, [(row.pk, 13)], DAY, QuantityExceededError),
        (delivery, [(row.pk, 12, "resale"), (row.pk, 1, "scrap")], DAY, QuantityExceededError),
        (delivery, [(row.pk, 0)], DAY, InvalidInputError),
        (delivery, [(row.pk, -1)], DAY, InvalidInputError),
        (delivery, [(row.pk, 1, "lost")], DAY, InvalidInputError),
        (delivery, [(shipped_line(planned).pk, 1)], DAY, InvalidInputError),
        (delivery, [(row.pk, 1)], dt.date(2026, 3, 14), InvalidInputError),
    ]
    for target, lines, day, error in cases:
        with pytest.raises(error):
            receive_return(delivery_id=target.pk, lines=lines, return_date=day, user=None, now=NOW)
    assert not SalesReturn.objects.exists()
    assert row.returned_quantity == 0
