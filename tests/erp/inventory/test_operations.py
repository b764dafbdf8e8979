"""Adjustments, counts and transfers: exact moves and entries, each refusal, twice, wrong state."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction

from core.errors import ConflictError, InvalidInputError, WrongStateError
from erp.inventory.enums import AdjustmentKind, LocationKind, StockDocumentStatus, StockReason
from erp.inventory.errors import InsufficientStockError
from erp.inventory.models import ItemValuation, StockLevel, StockMove
from erp.inventory.operations import (
    cancel_stock_adjustment,
    cancel_stock_count,
    cancel_stock_transfer,
    create_stock_adjustment,
    create_stock_count,
    create_stock_transfer,
    post_opening_stock,
    post_stock_adjustment,
    post_stock_count,
    post_stock_transfer,
    update_stock_adjustment,
    update_stock_count,
    update_stock_transfer,
)
from erp.inventory.setup import create_warehouse, default_warehouse, set_up_inventory, update_warehouse
from erp.ledger.errors import PeriodClosedError
from erp.ledger.models import AccountingPeriod, JournalEntry
from tests.factories.inventory import NOW, LocationFactory, company_with_stock, place, receive, stocked_item
from tests.scenarios.invariants import assert_all, assert_entry, entry_lines_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)
BY = {"user": None, "now": NOW}


@pytest.fixture
def item():
    return stocked_item(company_with_stock())


def adjustment(item, kind: str, quantity: str, unit_cost: str | None = None, reason: str = ""):
    line = {"item_id": item.pk, "quantity": Decimal(quantity)}
    if unit_cost is not None:
        line["unit_cost"] = Decimal(unit_cost)
    return create_stock_adjustment(
        company_id=item.company_id, kind=kind, document_date=DAY, lines=[line], reason=reason, **BY
    )


def post(document):
    return post_stock_adjustment(stock_adjustment_id=document.pk, **BY)


def on_hand(item, location: int | None = None) -> Decimal:
    return StockLevel.objects.get(item=item, location=location or place(item.company)).on_hand


@pytest.mark.parametrize(
    ("kind", "reason", "quantity", "expected"),
    [
        (AdjustmentKind.OPENING, "", "10", [("1200", "80.00", "0"), ("3900", "0", "80.00")]),
        (AdjustmentKind.RECEIPT, "", "10", [("1200", "80.00", "0"), ("2010", "0", "80.00")]),
        (AdjustmentKind.GAIN_LOSS, StockReason.FOUND, "2", [("1200", "16.00", "0"), ("5030", "0", "16.00")]),
    ],
)
def test_what_comes_in(item, kind, reason, quantity, expected):
    posted = post(adjustment(item, kind, quantity, "8.00", reason))
    assert (posted.status, posted.number) == (StockDocumentStatus.POSTED, "ADJ-2026-00001")
    assert_entry(entry_lines_of(item.company, posted), expected)
    assert on_hand(item) == Decimal(quantity)
    assert StockMove.objects.get().source_number == posted.number
    assert_all(item.company)


@pytest.mark.parametrize(
    ("kind", "quantity", "target"),
    [(AdjustmentKind.GAIN_LOSS, "-2", LocationKind.LOSS), (AdjustmentKind.SCRAP, "2", LocationKind.SCRAP)],
)
def test_p8_what_is_lost_or_scrapped(item, kind, quantity, target):
    receive(item, 10, "8.00")
    posted = post(adjustment(item, kind, quantity, reason=StockReason.DAMAGED))
    assert_entry(entry_lines_of(item.company, posted), [("5030", "16.00", "0"), ("1200", "0", "16.00")])
    assert StockMove.objects.latest("id").to_location.kind == target
    assert on_hand(item) == Decimal(8)
    assert_all(item.company)


def test_opening_stock_in_one_act(item):
    lines = [{"item_id": item.pk, "quantity": Decimal(4), "unit_cost": Decimal("2.50")}]
    posted = post_opening_stock(company_id=item.company_id, document_date=DAY, lines=lines, external_id="open-1", **BY)
    assert (posted.status, posted.external_id) == (StockDocumentStatus.POSTED, "open-1")
    assert ItemValuation.objects.get(item=item).value == Decimal("10.00")


def test_posting_twice_is_once(item):
    document = adjustment(item, AdjustmentKind.OPENING, "10", "8.00")
    first, second = post(document), post(document)
    assert (first.number, first.version) == (second.number, second.version)
    assert (StockMove.objects.count(), JournalEntry.objects.count()) == (1, 1)


def test_a_cancelled_draft_stays_cancelled(item):
    document = adjustment(item, AdjustmentKind.OPENING, "10", "8.00")
    cancelled = cancel_stock_adjustment(stock_adjustment_id=document.pk, **BY)
    assert cancel_stock_adjustment(stock_adjustment_id=document.pk, **BY).version == cancelled.version
    with pytest.raises(WrongStateError), transaction.atomic():
        post(document)


def test_a_posted_document_changes_no_more(item):
    document = post(adjustment(item, AdjustmentKind.OPENING, "10", "8.00"))
    with pytest.raises(WrongStateError), transaction.atomic():
        cancel_stock_adjustment(stock_adjustment_id=document.pk, **BY)
    with pytest.raises(WrongStateError), transaction.atomic():
        change(document, item)


def change(document, item, **more):
    return update_stock_adjustment(
        stock_adjustment_id=document.pk,
        kind=AdjustmentKind.OPENING,
        location_id=document.location_id,
        document_date=DAY,
        lines=[{"item_id": item.pk, "quantity": Decimal(7)}],
        **BY,
        **more,
    )


def test_a_draft_changes_under_its_version(item):
    document = adjustment(item, AdjustmentKind.OPENING, "10", "8.00")
    changed = change(document, item, expected_version=1)
    assert (changed.version, changed.lines.get().quantity) == (2, Decimal(7))
    with pytest.raises(ConflictError), transaction.atomic():
        change(document, item, expected_version=1)


@pytest.mark.parametrize(
    ("kind", "quantity", "reason", "code"),
    [
        (AdjustmentKind.GAIN_LOSS, "1", "", "reason_missing"),
        (AdjustmentKind.SCRAP, "1", "", "reason_missing"),
        (AdjustmentKind.SCRAP, "1", "whim", "reason_missing"),
        (AdjustmentKind.OPENING, "-1", "", "quantity_not_positive"),
        (AdjustmentKind.RECEIPT, "0", "", "quantity_not_positive"),
    ],
)
def test_adjustments_that_make_no_sense(item, kind, quantity, reason, code):
    with pytest.raises(InvalidInputError) as refused, transaction.atomic():
        adjustment(item, kind, quantity, reason=reason)
    assert refused.value.code == code


def test_a_document_needs_lines_and_a_place_of_ours(item):
    values = {"company_id": item.company_id, "kind": AdjustmentKind.OPENING, "document_date": DAY, **BY}
    with pytest.raises(InvalidInputError) as refused, transaction.atomic():
        create_stock_adjustment(lines=[], **values)
    assert refused.value.code == "no_lines"
    outside = place(item.company, LocationKind.CUSTOMER)
    lines = [{"item_id": item.pk, "quantity": Decimal(1)}]
    with pytest.raises(InvalidInputError) as refused, transaction.atomic():
        create_stock_adjustment(lines=lines, location_id=outside, **values)
    assert refused.value.code == "location_not_internal"


def test_a_loss_of_what_is_not_there_leaves_a_draft(item):
    document = adjustment(item, AdjustmentKind.GAIN_LOSS, "-1", reason=StockReason.LOST)
    with pytest.raises(InsufficientStockError), transaction.atomic():
        post(document)
    document.refresh_from_db()
    assert (document.status, document.number) == (StockDocumentStatus.DRAFT, None)


def test_a_closed_period_takes_no_adjustment(item):
    AccountingPeriod.objects.filter(company=item.company, start_date=dt.date(2026, 3, 1)).update(status="closed")
    document = adjustment(item, AdjustmentKind.OPENING, "10", "8.00")
    with pytest.raises(PeriodClosedError), transaction.atomic():
        post(document)
    assert not StockMove.objects.exists()


def count(item, *counted: tuple[object, str | None]):
    lines = [
        {"item_id": one.pk, "counted_quantity": None if quantity is None else Decimal(quantity)}
        for one, quantity in counted
    ]
    return create_stock_count(company_id=item.company_id, document_date=DAY, lines=lines, **BY)


def test_stk_02_what_is_counted_as_expected_or_not_at_all_moves_nothing(item):
    other = stocked_item(item.company)
    receive(item, "3.8", "5")
    receive(other, "2", "5")
    before = StockMove.objects.count()
    posted = post_stock_count(stock_count_id=count(item, (item, "3.8"), (other, None)).pk, **BY)
    assert (posted.status, posted.number) == (StockDocumentStatus.POSTED, "CNT-2026-00001")
    assert StockMove.objects.count() == before
    assert [line.expected_quantity for line in posted.lines.all()] == [Decimal("3.8"), Decimal(2)]


def test_p8_a_count_moves_the_difference(item):
    other = stocked_item(item.company)
    receive(item, 10, "8.00")
    receive(other, 10, "3.00")
    posted = post_stock_count(stock_count_id=count(item, (item, "9"), (other, "12")).pk, **BY)
    assert_entry(
        entry_lines_of(item.company, posted),
        [("5030", "8.00", "0"), ("1200", "0", "8.00"), ("1200", "6.00", "0"), ("5030", "0", "6.00")],
    )
    assert (on_hand(item), on_hand(other)) == (Decimal(9), Decimal(12))
    assert [line.difference for line in posted.lines.all()] == [Decimal(-1), Decimal(2)]
    assert post_stock_count(stock_count_id=posted.pk, **BY).version == posted.version
    assert_all(item.company)


def test_a_count_is_about_the_moment_of_posting(item):
    receive(item, 10, "8.00")
    draft = count(item, (item, "8"))
    receive(item, 5, "8.00")
    post_stock_count(stock_count_id=draft.pk, **BY)
    assert on_hand(item) == Decimal(8)


def test_counts_that_make_no_sense(item):
    for lines, code in (([(item, "1"), (item, "2")], "item_twice"), ([(item, "-1")], "quantity_negative")):
        with pytest.raises(InvalidInputError) as refused, transaction.atomic():
            count(item, *lines)
        assert refused.value.code == code
    draft = count(item, (item, "1"))
    update_stock_count(
        stock_count_id=draft.pk,
        location_id=draft.location_id,
        document_date=DAY,
        lines=[{"item_id": item.pk, "counted_quantity": Decimal(3)}],
        **BY,
    )
    assert draft.lines.get().counted_quantity == Decimal(3)
    cancel_stock_count(stock_count_id=draft.pk, **BY)
    with pytest.raises(WrongStateError), transaction.atomic():
        post_stock_count(stock_count_id=draft.pk, **BY)


def transfer(item, target: int, quantity: str = "4"):
    return create_stock_transfer(
        company_id=item.company_id,
        from_location_id=place(item.company),
        to_location_id=target,
        document_date=DAY,
        lines=[{"item_id": item.pk, "quantity": Decimal(quantity)}],
        **BY,
    )


def test_a_transfer_keeps_the_value(item):
    receive(item, 10, "8.00")
    entries = JournalEntry.objects.count()
    other = create_warehouse(company_id=item.company_id, code="W2", name="Second", **BY)
    posted = post_stock_transfer(stock_transfer_id=transfer(item, other.stock_location_id).pk, **BY)
    assert (posted.number, on_hand(item), on_hand(item, other.stock_location_id)) == ("TRF-2026-00001", 6, 4)
    assert JournalEntry.objects.count() == entries
    assert post_stock_transfer(stock_transfer_id=posted.pk, **BY).version == posted.version
    assert_all(item.company)


def test_transfers_that_are_refused(item):
    shelf = LocationFactory(company=item.company, warehouse=default_warehouse(item.company_id))
    for target, quantity, code in (
        (place(item.company), "1", "same_location"),
        (shelf.pk, "0", "quantity_not_positive"),
        (place(item.company, LocationKind.SCRAP), "1", "location_not_internal"),
    ):
        with pytest.raises(InvalidInputError) as refused, transaction.atomic():
            transfer(item, target, quantity)
        assert refused.value.code == code
    draft = transfer(item, shelf.pk)
    with pytest.raises(InsufficientStockError), transaction.atomic():
        post_stock_transfer(stock_transfer_id=draft.pk, **BY)
    update_stock_transfer(
        stock_transfer_id=draft.pk,
        from_location_id=draft.from_location_id,
        to_location_id=shelf.pk,
        document_date=DAY,
        lines=[{"item_id": item.pk, "quantity": Decimal(1)}],
        **BY,
    )
    cancel_stock_transfer(stock_transfer_id=draft.pk, **BY)
    with pytest.raises(WrongStateError), transaction.atomic():
        post_stock_transfer(stock_transfer_id=draft.pk, **BY)


def test_setting_up_twice_changes_nothing(item):
    first = default_warehouse(item.company_id)
    assert set_up_inventory(company_id=item.company_id, **BY) == first
    second = create_warehouse(company_id=item.company_id, code="W2", name="Second", is_default=True, **BY)
    assert default_warehouse(item.company_id) == second
    with pytest.raises(InvalidInputError, match="Another warehouse has this code"), transaction.atomic():
        create_warehouse(company_id=item.company_id, code="W2", name="Third", **BY)
    update_warehouse(warehouse_id=first.pk, code="MAIN", name="Old", is_default=True, expected_version=1, **BY)
    assert default_warehouse(item.company_id) == first
    update_warehouse(warehouse_id=first.pk, code="MAIN", name="Older", is_default=False, **BY)
    assert default_warehouse(item.company_id).name == "Older"
