"""The writer of stock moves: quantity, value and entry move together, exactly."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from core.catalog.enums import CostingMethod, ItemKind
from core.documents.references import RecordRef
from core.errors import InvalidInputError
from erp.inventory.enums import LocationKind, ValueCause
from erp.inventory.errors import (
    InsufficientStockError,
    NotInStockThenError,
    NotStockedError,
    ReturnExceedsIssueError,
    WorthLessThanNothingError,
)
from erp.inventory.models import CostLayer, ItemValuation, LayerConsumption, StockLevel, StockMove, ValueEntry
from erp.inventory.posting import CostChange, Issue, MoveInput, absorb_cost, post_issues, post_moves
from erp.inventory.queries import StockValue, stock_tie_out, stock_values
from erp.ledger.enums import AccountKey
from erp.ledger.errors import PeriodClosedError
from erp.ledger.models import AccountingPeriod, JournalEntry
from tests.factories.catalog import ItemCategoryFactory
from tests.factories.inventory import (
    NOW,
    company_with_stock,
    issue,
    move,
    place,
    receive,
    some_document,
    stocked_item,
    take_back,
)
from tests.scenarios.invariants import assert_all, assert_entry, rows

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("method", [CostingMethod.FIFO, CostingMethod.AVERAGE])


def worth(item) -> tuple[Decimal, Decimal]:
    """(value, quantity) of an item's stock."""
    valuation = ItemValuation.objects.get(item=item)
    return valuation.value, valuation.quantity


def entry_of(posted: StockMove) -> list[tuple]:
    return rows(
        """SELECT a.code, l.debit, l.credit FROM ledger_journalline l
        JOIN ledger_journalentry e ON e.id = l.entry_id JOIN ledger_account a ON a.id = l.account_id
        WHERE e.source_label = %(label)s AND e.source_id = %(id)s AND e.purpose = %(purpose)s""",
        label=posted.source_label,
        id=posted.source_id,
        purpose=posted.purpose,
    )


def test_a_receipt_raises_stock_and_goods_received_not_invoiced():
    item = stocked_item(company_with_stock())
    posted = receive(item, 10, "8.00")
    assert (posted.value, posted.unit_cost, posted.quantity) == (Decimal("80.00"), Decimal("8.00"), Decimal(10))
    assert worth(item) == (Decimal("80.00"), Decimal(10))
    level = StockLevel.objects.get(item=item)
    assert (level.on_hand, level.reserved) == (Decimal(10), Decimal(0))
    assert_entry(entry_of(posted), [("1200", "80.00", "0"), ("2010", "0", "80.00")])
    assert_all(item.company)


def test_a_delivery_takes_the_oldest_layers_to_the_interim_account():
    item = stocked_item(company_with_stock())
    first, second = receive(item, 10, "8.00"), receive(item, 10, "9.50", on="2026-03-10")
    posted = issue(item, 12, on="2026-03-15")
    assert (posted.value, posted.unit_cost) == (Decimal("-99.00"), Decimal("8.25"))
    assert list(posted.consumptions.values_list("layer__move", "quantity", "value")) == [
        (first.pk, Decimal(10), Decimal("80.00")),
        (second.pk, Decimal(2), Decimal("19.00")),
    ]
    assert_entry(entry_of(posted), [("1230", "99.00", "0"), ("1200", "0", "99.00")])
    assert_all(item.company)


def test_the_chain_of_the_cases_file():
    """C-2, C-5, C-6: 12 shipped for 99.00, 2 back for 16.50 as the newest layer, 3 more for 28.50, 7 left for 64.00."""
    item = stocked_item(company_with_stock())
    receive(item, 10, "8.00", on="2026-03-01")
    receive(item, 10, "9.50", on="2026-03-10")
    shipped = issue(item, 12, on="2026-03-15")
    back = take_back(shipped, 2, on="2026-03-25")
    assert back.value == Decimal("16.50")
    assert_entry(entry_of(back), [("1200", "16.50", "0"), (code_of(item, AccountKey.COGS), "0", "16.50")])
    assert issue(item, 3, on="2026-03-31").value == Decimal("-28.50")
    assert worth(item) == (Decimal("64.00"), Decimal(7))
    left = CostLayer.objects.filter(item=item, remaining_quantity__gt=0)
    assert list(left.values_list("remaining_quantity", "remaining_value", "unit_cost")) == [
        (Decimal(5), Decimal("47.50"), Decimal("9.50")),
        (Decimal(2), Decimal("16.50"), Decimal("8.25")),
    ]
    assert_all(item.company)


def code_of(item, key: AccountKey) -> str:
    ((code,),) = rows(
        """SELECT a.code FROM ledger_postingrule r JOIN ledger_account a ON a.id = r.account_id
        WHERE r.company_id = %(company)s AND r.key = %(key)s AND r.item_category_id IS NULL""",
        company=item.company_id,
        key=str(key),
    )
    return code


def test_fifo_02():
    item = stocked_item(company_with_stock())
    receive(item, 10, 10)
    receive(item, 10, 20)
    assert issue(item, 15).value == Decimal("-200.00")
    assert worth(item) == (Decimal("100.00"), Decimal(5))


def test_fifo_08():
    item = stocked_item(company_with_stock())
    receive(item, 10, 10)
    out = issue(item, 10)
    receive(item, 10, 20)
    take_back(out, 10)
    assert worth(item) == (Decimal("300.00"), Decimal(20))
    assert_all(item.company)


def average_item():
    return stocked_item(company_with_stock(), costing_method=CostingMethod.AVERAGE)


def test_avco_01():
    item = average_item()
    receive(item, 10, 10)
    receive(item, 10, 20)
    assert issue(item, 15).value == Decimal("-225.00")
    assert worth(item) == (Decimal("75.00"), Decimal(5))


def test_avco_06():
    item = average_item()
    receive(item, 1000, "0.17")
    receive(item, 800, "0.23")
    posted = issue(item, 1800)
    assert (posted.value, posted.unit_cost) == (Decimal("-354.00"), Decimal("0.19666667"))
    assert worth(item) == (Decimal("0.00"), Decimal(0))


def test_avco_08():
    item = average_item()
    receive(item, 1, "13.13")
    receive(item, 1, "12.20")
    take_back(issue(item, 2), 2)
    assert worth(item) == (Decimal("25.33"), Decimal(2))
    assert not LayerConsumption.objects.exists()


def test_avco_14_average():
    item = average_item()
    move(item, 3, LocationKind.SUPPLIER, LocationKind.INTERNAL, value=Decimal("10.00"))
    assert [issue(item, 1).value for _ in range(3)] == [Decimal("-3.33"), Decimal("-3.34"), Decimal("-3.33")]
    assert_all(item.company)


def test_avco_14_fifo():
    item = stocked_item(company_with_stock())
    move(item, 3, LocationKind.SUPPLIER, LocationKind.INTERNAL, value=Decimal("10.00"))
    for _ in range(3):
        issue(item, 1)
    entries = ValueEntry.objects.filter(item=item, value__lt=0).order_by("id").values_list("cause", "value")
    assert list(entries) == [
        (ValueCause.ISSUE, Decimal("-3.33")),
        (ValueCause.ISSUE, Decimal("-3.33")),
        (ValueCause.ISSUE, Decimal("-3.33")),
        (ValueCause.ROUNDING, Decimal("-0.01")),
    ]
    assert worth(item) == (Decimal(0), Decimal(0))
    assert_all(item.company)


@BOTH
def test_a_transfer_moves_goods_and_no_value(method: str):
    item = stocked_item(company_with_stock(), costing_method=method)
    receive(item, 5, "3.00")
    before = ValueEntry.objects.count(), JournalEntry.objects.count()
    posted = move(item, 2, LocationKind.INTERNAL, LocationKind.TRANSIT)
    assert posted.value == 0
    assert (ValueEntry.objects.count(), JournalEntry.objects.count()) == before
    levels = StockLevel.objects.filter(item=item).order_by("location__kind").values_list("location__kind", "on_hand")
    assert list(levels) == [(LocationKind.INTERNAL, Decimal(3)), (LocationKind.TRANSIT, Decimal(2))]
    assert_all(item.company)


@BOTH
def test_many_moves_of_one_posting_see_each_other(method: str):
    company = company_with_stock()
    item, other = (stocked_item(company, costing_method=method) for _ in range(2))
    inside, supplier, customer = (
        place(company, kind) for kind in (LocationKind.INTERNAL, LocationKind.SUPPLIER, LocationKind.CUSTOMER)
    )
    moves = post_moves(
        company_id=company.pk,
        move_date=dt.date(2026, 3, 1),
        moves=[
            MoveInput(item.pk, Decimal(4), supplier, inside, unit_cost=Decimal("2.50")),
            MoveInput(other.pk, Decimal(1), supplier, inside, unit_cost=Decimal(7)),
            MoveInput(item.pk, Decimal(3), inside, customer),
        ],
        source=some_document(),
        user=None,
        now=NOW,
    )
    assert [posted.value for posted in moves] == [Decimal("10.00"), Decimal("7.00"), Decimal("-7.50")]
    assert worth(item) == (Decimal("2.50"), Decimal(1))
    assert_entry(
        entry_of(moves[0]),
        [("1200", "17.00", "0"), ("2010", "0", "17.00"), ("1230", "7.50", "0"), ("1200", "0", "7.50")],
    )
    assert_all(company)


def test_the_accounts_follow_the_item_category():
    company = company_with_stock()
    category = ItemCategoryFactory(company=company)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO ledger_postingrule (company_id, key, item_category_id, account_id, version, external_id,
            created_at, updated_at) SELECT %s, 'inventory', %s, id, 1, '', now(), now() FROM ledger_account
            WHERE company_id = %s AND code = '1210'""",
            [company.pk, category.pk, company.pk],
        )
    posted = receive(stocked_item(company, category=category), 1, 5)
    assert_entry(entry_of(posted), [("1210", "5.00", "0"), ("2010", "0", "5.00")])


def test_goods_found_come_in_at_the_present_cost():
    item = stocked_item(company_with_stock(), cost=Decimal(4))
    found = move(item, 1, LocationKind.LOSS, LocationKind.INTERNAL)
    assert found.value == Decimal("4.00")
    receive(item, 1, 6)
    assert move(item, 1, LocationKind.LOSS, LocationKind.INTERNAL).value == Decimal("5.00")


def test_goods_without_cost_make_no_entry():
    item = stocked_item(company_with_stock())
    posted = receive(item, 3, 0)
    assert (posted.value, worth(item)) == (Decimal(0), (Decimal(0), Decimal(3)))
    assert not JournalEntry.objects.exists()
    assert issue(item, 3).value == 0
    assert_all(item.company)


def test_posting_the_same_document_again_changes_nothing():
    item = stocked_item(company_with_stock())
    document = some_document()
    first = receive(item, 10, 8, document=document)
    assert receive(item, 10, 8, document=document) == first
    assert worth(item) == (Decimal("80.00"), Decimal(10))
    assert StockMove.objects.count() == 1
    assert JournalEntry.objects.count() == 1


def test_nothing_leaves_that_is_not_there():
    item = stocked_item(company_with_stock())
    receive(item, "2.5", 8)
    with pytest.raises(InsufficientStockError) as refused, transaction.atomic():
        issue(item, 3)
    (shortage,) = refused.value.shortages
    assert (shortage.wanted, shortage.available, shortage.item_id) == (Decimal(3), Decimal("2.5"), item.pk)
    assert str(refused.value).startswith(f"{item.sku} {item.name}: 3 wanted, 2.5 available in Stock.")
    assert StockMove.objects.filter(quantity=3).count() == 0
    assert_all(item.company)


def test_every_shortage_is_named():
    company = company_with_stock()
    items = [stocked_item(company) for _ in range(3)]
    receive(items[1], 5, 1)
    with pytest.raises(InsufficientStockError) as refused, transaction.atomic():
        post_moves(
            company_id=company.pk,
            move_date=dt.date(2026, 3, 1),
            moves=[
                MoveInput(item.pk, Decimal(2), place(company), place(company, LocationKind.CUSTOMER)) for item in items
            ],
            source=some_document(),
            user=None,
            now=NOW,
        )
    assert [shortage.item_id for shortage in refused.value.shortages] == [items[0].pk, items[2].pk]


def test_more_than_was_issued_does_not_come_back():
    item = stocked_item(company_with_stock())
    receive(item, 5, 8)
    out = issue(item, 2)
    take_back(out, 1)
    with pytest.raises(ReturnExceedsIssueError), transaction.atomic():
        take_back(out, 2)
    assert take_back(out, 1).value == Decimal("8.00")
    assert_all(item.company)


def test_a_return_that_was_not_invoiced_goes_back_to_the_interim_account():
    item = stocked_item(company_with_stock())
    receive(item, 5, 8)
    back = take_back(issue(item, 2), 1, counter_key=AccountKey.STOCK_INTERIM)
    assert_entry(entry_of(back), [("1200", "8.00", "0"), ("1230", "0", "8.00")])


def test_services_are_left_out_and_kits_refused():
    company = company_with_stock()
    service = stocked_item(company, kind=ItemKind.SERVICE)
    kit = stocked_item(company, kind=ItemKind.KIT)
    values = {"company_id": company.pk, "move_date": dt.date(2026, 3, 1), "user": None, "now": NOW}
    inside, outside = place(company), place(company, LocationKind.CUSTOMER)
    moves = [MoveInput(service.pk, Decimal(1), inside, outside)]
    assert post_moves(moves=moves, source=some_document(), **values) == []
    with pytest.raises(NotStockedError), transaction.atomic():
        post_moves(moves=[MoveInput(kit.pk, Decimal(1), inside, outside)], source=some_document(), **values)


@pytest.mark.parametrize("quantity", ["0", "-1", "0.0000001"])
def test_a_quantity_is_positive_and_storable(quantity: str):
    item = stocked_item(company_with_stock())
    with pytest.raises(InvalidInputError) as refused, transaction.atomic():
        receive(item, quantity, 1)
    assert refused.value.code == "invalid_quantity"


def test_a_move_has_one_end_with_us():
    item = stocked_item(company_with_stock())
    with pytest.raises(InvalidInputError) as refused, transaction.atomic():
        move(item, 1, LocationKind.SUPPLIER, LocationKind.CUSTOMER)
    assert refused.value.code == "no_own_location"


def test_items_and_locations_of_other_companies_are_refused():
    ours, theirs = company_with_stock(), company_with_stock()
    item, foreign = stocked_item(ours), stocked_item(theirs)
    values = {"company_id": ours.pk, "move_date": dt.date(2026, 3, 1), "user": None, "now": NOW}
    supplier = place(ours, LocationKind.SUPPLIER)
    with pytest.raises(InvalidInputError) as refused, transaction.atomic():
        post_moves(moves=[MoveInput(foreign.pk, Decimal(1), supplier, place(ours))], source=some_document(), **values)
    assert refused.value.code == "unknown_item"
    with pytest.raises(InvalidInputError) as refused, transaction.atomic():
        post_moves(moves=[MoveInput(item.pk, Decimal(1), supplier, place(theirs))], source=some_document(), **values)
    assert refused.value.code == "unknown_location"


def test_a_closed_period_takes_no_value():
    item = stocked_item(company_with_stock())
    AccountingPeriod.objects.filter(company=item.company, start_date=dt.date(2026, 2, 1)).update(status="closed")
    with pytest.raises(PeriodClosedError), transaction.atomic():
        receive(item, 1, 1, on="2026-02-10")
    assert not StockMove.objects.exists()


def test_a_new_costing_method_waits_until_nothing_is_left():
    item = stocked_item(company_with_stock())
    receive(item, 1, 10)
    item.costing_method = CostingMethod.AVERAGE
    item.save()
    receive(item, 1, 20)
    assert issue(item, 1).value == Decimal("-10.00")
    issue(item, 1)
    receive(item, 1, 10)
    receive(item, 1, 20)
    assert issue(item, 1).value == Decimal("-15.00")
    assert_all(item.company)


@pytest.mark.parametrize(
    "change",
    [
        lambda item: StockLevel.objects.filter(item=item).update(on_hand=-1),
        lambda item: StockLevel.objects.filter(item=item).update(reserved=F("on_hand") + 1),
        lambda item: StockLevel.objects.filter(item=item).update(reserved=-1),
        lambda item: ItemValuation.objects.filter(item=item).update(quantity=0),
        lambda item: ItemValuation.objects.filter(item=item).update(value=-1),
        lambda item: CostLayer.objects.filter(item=item).update(remaining_quantity=0),
        lambda item: StockMove.objects.filter(item=item).update(quantity=7),
        lambda item: ValueEntry.objects.filter(item=item).delete(),
        lambda item: LayerConsumption.objects.all()._raw_delete("default"),
    ],
)
def test_the_database_itself_refuses(change):
    item = stocked_item(company_with_stock())
    receive(item, 3, 8)
    issue(item, 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(item)


def test_the_source_resolves_to_its_moves():
    item = stocked_item(company_with_stock())
    document = RecordRef("testing.document", 77)
    posted = receive(item, 1, 1, document=document, line=RecordRef("testing.line", 5))
    assert (posted.source, posted.line, posted.source_number) == (document, RecordRef("testing.line", 5), "TEST")


@pytest.mark.parametrize("method", [CostingMethod.FIFO, CostingMethod.AVERAGE])
def test_goods_do_not_leave_before_they_came(method):
    """4 on 1 March, 4 issued on the 5th, 6 more on the 10th: on the 7th there was nothing, whatever lies there now. One
    unit that left on the 3rd would be missing on the 5th."""
    item = stocked_item(company_with_stock(), costing_method=method)
    receive(item, 4, "8", on="2026-03-01")
    issue(item, 4, on="2026-03-05")
    receive(item, 6, "9", on="2026-03-10")
    for day in ("2026-03-07", "2026-03-03", "2026-02-28"):
        with pytest.raises(NotInStockThenError) as refused, transaction.atomic():
            issue(item, 1, on=day)
        assert (refused.value.params["wanted"], refused.value.params["available"]) == ("1", "0")
    issue(item, 2, on="2026-03-10")
    with pytest.raises(NotInStockThenError) as refused, transaction.atomic():
        issue(item, 4, on="2026-03-09")
    assert refused.value.params["available"] == "0"
    receive(item, 3, "7", on="2026-03-02")
    issue(item, 3, on="2026-03-09")
    assert ItemValuation.objects.get(item=item).quantity == 4
    assert_all(item.company)


def worth_on(item, day: int) -> tuple[Decimal, Decimal]:
    """(value, quantity) that reports show at the end of a day of March; the ledger shows the same value."""
    on = dt.date(2026, 3, day)
    tie = stock_tie_out(company_id=item.company_id, as_of=on)
    found = stock_values(company_id=item.company_id, as_of=on).get(item.pk, StockValue(Decimal(0), Decimal(0)))
    assert (tie.stock, tie.ledger) == (found.value, found.value)
    return found.value, found.quantity


@pytest.mark.parametrize(
    ("method", "refusal"),
    [(CostingMethod.FIFO, NotInStockThenError), (CostingMethod.AVERAGE, WorthLessThanNothingError)],
)
def test_an_issue_of_the_past_leaves_no_day_below_zero(method, refusal):
    """10 at 1.00 on the 1st, 10 at 10.00 on the 10th, 10 gone on the 11th. Ten more on the 5th were there by count; at
    the cost of what is left the 5th to the 9th would have nothing, worth −90.00 (FIFO) or −45.00 (average)."""
    item = stocked_item(company_with_stock(), costing_method=method)
    receive(item, 10, "1", on="2026-03-01")
    receive(item, 10, "10", on="2026-03-10")
    issue(item, 10, on="2026-03-11")
    before = [worth_on(item, day) for day in (1, 5, 10, 11)]
    with pytest.raises(refusal), transaction.atomic():
        issue(item, 10, on="2026-03-05")
    assert [worth_on(item, day) for day in (1, 5, 10, 11)] == before
    issue(item, 10, on="2026-03-11")
    assert [worth_on(item, day)[1] for day in (1, 5, 10, 11)] == [10, 10, 20, 0]
    assert_all(item.company)


def test_fifo_takes_what_had_come_by_the_day_of_the_issue():
    """5 at 2.00 of the 8th were entered before 5 at 3.00 of the 2nd: on the 4th there are only those."""
    item = stocked_item(company_with_stock())
    receive(item, 5, "2", on="2026-03-08")
    receive(item, 5, "3", on="2026-03-02")
    posted = issue(item, 4, on="2026-03-04")
    assert posted.value == Decimal("-12.00")
    assert [worth_on(item, day) for day in (2, 4, 8)] == [(15, 5), (3, 1), (13, 6)]
    with pytest.raises(NotInStockThenError) as refused, transaction.atomic():
        issue(item, 2, on="2026-03-07")
    assert (refused.value.params["wanted"], refused.value.params["available"]) == ("2", "1")
    assert_all(item.company)


def test_a_moving_average_issues_the_past_at_the_average_of_its_day():
    """10 at 1.00, then 10 at 10.00: on the 5th a unit cost 1.00, today it costs 5.50. The rest is worth the rest."""
    item = average_item()
    receive(item, 10, "1", on="2026-03-01")
    receive(item, 10, "10", on="2026-03-10")
    assert issue(item, 4, on="2026-03-05").value == Decimal("-4.00")
    assert [worth_on(item, day) for day in (1, 5, 10)] == [(10, 10), (6, 6), (106, 16)]
    assert issue(item, 4, on="2026-03-12").value == Decimal("-26.50")
    assert_all(item.company)


def test_an_issue_of_the_past_does_not_take_a_cost_that_came_later():
    """5 at 10.00 cost 2.00 more by a bill of the 20th. All of them issued for the 5th would leave −10.00 until then."""
    item = stocked_item(company_with_stock())
    received = receive(item, 5, "10", on="2026-03-01")
    absorb_cost(
        company_id=item.company_id,
        on=dt.date(2026, 3, 20),
        changes=[CostChange(received.pk, Decimal(10))],
        source=some_document(),
        user=None,
        now=NOW,
    )
    with pytest.raises(WorthLessThanNothingError), transaction.atomic():
        issue(item, 5, on="2026-03-05")
    assert issue(item, 5, on="2026-03-20").value == Decimal("-60.00")


def test_issues_posted_together_see_each_other_whatever_their_order():
    """Two documents of one import, the later day first: 6 of the 10 at 1.00 are gone on the 11th, so the 5th has 4."""
    item = stocked_item(company_with_stock())
    receive(item, 10, "1", on="2026-03-01")
    receive(item, 10, "10", on="2026-03-10")
    ends = place(item.company), place(item.company, LocationKind.CUSTOMER)

    def issue_of(day: int, quantity: int) -> Issue:
        moved = [MoveInput(item.pk, Decimal(quantity), *ends)]
        return Issue(some_document(), "TEST", dt.date(2026, 3, day), NOW, moved)

    def together(*issues: Issue) -> list[Decimal]:
        posted = post_issues(company_id=item.company_id, issues=issues, user=None, now=NOW)
        return [move.value for moves in posted.values() for move in moves]

    with pytest.raises(NotInStockThenError), transaction.atomic():
        together(issue_of(11, 6), issue_of(5, 5))
    assert together(issue_of(11, 6), issue_of(5, 4)) == [Decimal("-6.00"), Decimal("-4.00")]
    assert [worth_on(item, day) for day in (4, 5, 10, 11)] == [(10, 10), (6, 6), (106, 16), (100, 10)]
    assert_all(item.company)
