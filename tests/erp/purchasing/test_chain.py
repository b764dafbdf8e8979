"""Order → receipt → supplier invoice, with the exact entries of P1 and P2."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction

from core.catalog.enums import CostingMethod, ItemKind
from core.documents.references import RecordRef
from core.errors import InvalidInputError, WrongStateError
from erp.inventory.enums import ValueCause
from erp.inventory.models import CostLayer, ItemValuation, StockLevel, StockMove, ValueEntry
from erp.inventory.queries import availability
from erp.invoicing.models import SupplierInvoice
from erp.invoicing.operations import (
    create_supplier_invoice,
    credit_supplier_invoice,
    post_supplier_invoice,
)
from erp.ledger.enums import AccountKey
from erp.ledger.models import JournalEntry, PostingRule
from erp.purchasing.enums import InvoiceState, PurchaseOrderStatus, ReceiptState, ReceiptStatus
from erp.purchasing.errors import (
    GoodsReceivedError,
    NothingToBillError,
    NothingToReceiveError,
    OverInvoiceError,
    OverReceiptError,
)
from erp.purchasing.models import PurchaseOrder, Receipt
from erp.purchasing.operations import (
    bill_purchase_order,
    cancel_purchase_order,
    cancel_receipt,
    confirm_purchase_order,
    post_receipt,
    receive_purchase_order,
    update_purchase_order,
    update_receipt,
)
from tests.factories.catalog import ItemFactory, UnitFactory, vat
from tests.factories.company import CurrencyRateFactory, currency
from tests.factories.inventory import NOW, company_with_stock, issue, stocked_item
from tests.factories.parties import SupplierFactory
from tests.factories.purchasing import DAY, billed, line, purchase_order, received
from tests.scenarios.invariants import (
    assert_all,
    assert_entry,
    assert_grni_equals_receipts,
    balance_of_key,
    entry_lines_of,
)

pytestmark = pytest.mark.django_db


def states(order: PurchaseOrder) -> tuple[str, str, str]:
    order.refresh_from_db()
    return order.status, order.receipt_state, order.invoice_state


def worth(item) -> tuple[Decimal, Decimal]:
    valuation = ItemValuation.objects.get(item=item)
    return valuation.value, valuation.quantity


def assert_books(company) -> None:
    assert_all(company)
    assert_grni_equals_receipts(company)


def test_p1_a_receipt_at_the_order_price():
    company = company_with_stock()
    item = stocked_item(company)
    order = purchase_order(company, line(item, 10, "8.00"))
    receipt = received(order)
    assert_entry(entry_lines_of(company, receipt), [("1200", "80.00", "0"), ("2010", "0", "80.00")])
    move = StockMove.objects.get(item=item)
    assert (move.value, move.source_number, receipt.lines.get().move) == (Decimal("80.00"), receipt.number, move)
    assert (receipt.number, receipt.status) == ("REC-2026-00001", ReceiptStatus.POSTED)
    assert states(order) == (PurchaseOrderStatus.CONFIRMED, ReceiptState.FULL, InvoiceState.NONE)
    assert_books(company)


def test_p2_an_invoice_at_the_order_price_clears_goods_received():
    company = company_with_stock()
    vat(company, "20", "purchase")
    order = purchase_order(company, line(stocked_item(company), 10, "8.00"))
    received(order)
    invoice = billed(order)
    assert (invoice.net_amount, invoice.total_amount) == (Decimal("80.00"), Decimal("96.00"))
    assert_entry(
        entry_lines_of(company, invoice), [("2010", "80.00", "0"), ("1300", "16.00", "0"), ("2000", "0", "96.00")]
    )
    assert states(order) == (PurchaseOrderStatus.DONE, ReceiptState.FULL, InvoiceState.FULL)
    assert_books(company)


@pytest.mark.parametrize("method", [CostingMethod.FIFO, CostingMethod.AVERAGE])
@pytest.mark.parametrize(("issued", "stock", "issued_share"), [(0, "10.00", "0"), (4, "6.00", "4.00"), (10, "0", "10")])
def test_p2_a_price_difference_goes_where_the_goods_are(method: str, issued: int, stock: str, issued_share: str):
    company = company_with_stock()
    item = stocked_item(company, costing_method=method)
    order = purchase_order(company, line(item, 10, "8.00"))
    received(order)
    if issued:
        issue(item, issued)
    invoice = billed(order, prices=["9.00"])
    expected = [("2010", "80.00", "0"), ("2000", "0", "90.00")]
    expected += [("1200", stock, "0")] if Decimal(stock) else []
    expected += [(difference_account(company), issued_share, "0")] if Decimal(issued_share) else []
    assert_entry(entry_lines_of(company, invoice), expected)
    left = Decimal(10 - issued)
    assert worth(item) == (left * 9, left)
    changes = ValueEntry.objects.filter(item=item, cause=ValueCause.PRICE_DIFFERENCE)
    assert [entry.value for entry in changes] == ([Decimal(stock)] if Decimal(stock) else [])
    assert_books(company)


def difference_account(company) -> str:
    return PostingRule.objects.get(company=company, key="price_difference", item_category=None).account.code


def test_per_02_a_cheaper_bill_goes_back_into_stock_and_a_dearer_one_of_issued_goods_to_the_variance():
    company = company_with_stock()
    a = stocked_item(company)
    b = stocked_item(company, costing_method=CostingMethod.AVERAGE)
    order = purchase_order(company, line(a, 4, "4"), line(b, 5, "6"))
    received(order)
    issue(a, 4)
    invoice = billed(order, prices=["6", "4"])
    assert invoice.total_amount == Decimal("44.00")
    assert_entry(
        entry_lines_of(company, invoice),
        [
            ("2010", "46.00", "0"),
            (difference_account(company), "8.00", "0"),
            ("1200", "0", "10.00"),
            ("2000", "0", "44.00"),
        ],
    )
    assert worth(b) == (Decimal("20.00"), Decimal(5))
    assert_books(company)


def test_a_difference_never_takes_stock_below_zero():
    company = company_with_stock()
    item = stocked_item(company, costing_method=CostingMethod.AVERAGE)
    order = purchase_order(company, line(item, 100, "5"), line(item, 15, "2000"))
    received(order)
    issue(item, 113)
    invoice = billed(order, prices=["5", "5"])
    assert invoice.total_amount == Decimal("575.00")
    value, quantity = worth(item)
    assert quantity == 2
    assert value >= 0
    assert_books(company)


def test_partial_receipts_add_up_to_the_order():
    company = company_with_stock()
    item = stocked_item(company)
    order = purchase_order(company, line(item, 3, "3.333", discount_percent=Decimal(0)))
    assert order.net_amount == Decimal("10.00")
    values = [received(order, 1, on=dt.date(2026, 3, day)).lines.get().value for day in (1, 2, 3)]
    assert values == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert states(order) == (PurchaseOrderStatus.CONFIRMED, ReceiptState.FULL, InvoiceState.NONE)
    invoice = billed(order)
    assert_entry(entry_lines_of(company, invoice), [("2010", "10.00", "0"), ("2000", "0", "10.00")])
    assert_books(company)


def test_partly_received_partly_invoiced():
    company = company_with_stock()
    order = purchase_order(company, line(stocked_item(company), 10, "8.00"))
    received(order, 6)
    assert states(order) == (PurchaseOrderStatus.CONFIRMED, ReceiptState.PARTIAL, InvoiceState.NONE)
    assert billed(order).total_amount == Decimal("48.00")
    assert states(order) == (PurchaseOrderStatus.CONFIRMED, ReceiptState.PARTIAL, InvoiceState.PARTIAL)
    received(order)
    assert billed(order, "S-2").total_amount == Decimal("32.00")
    assert states(order) == (PurchaseOrderStatus.DONE, ReceiptState.FULL, InvoiceState.FULL)
    assert_books(company)


def test_an_invoice_that_comes_before_the_goods_sets_their_cost():
    company = company_with_stock()
    item = stocked_item(company)
    order = purchase_order(company, line(item, 10, "8.00"))
    source = order.lines.get()
    draft = create_supplier_invoice(
        company_id=company.pk,
        party_id=order.party_id,
        document_date=DAY,
        lines=[line(item, 4, "9.00", source=reference(source))],
        user=None,
        now=NOW,
        supplier_number="S-1",
    )
    invoice = post_supplier_invoice(supplier_invoice_id=draft.pk, user=None, now=NOW)
    assert_entry(entry_lines_of(company, invoice), [("2010", "36.00", "0"), ("2000", "0", "36.00")])
    assert_grni_equals_receipts(company)
    receipt = received(order)
    assert_entry(entry_lines_of(company, receipt), [("1200", "84.00", "0"), ("2010", "0", "84.00")])
    assert billed(order, "S-2").total_amount == Decimal("48.00")
    assert states(order) == (PurchaseOrderStatus.DONE, ReceiptState.FULL, InvoiceState.FULL)
    assert_books(company)


def reference(record):
    return RecordRef.of(record)


def test_a_credit_note_opens_goods_received_again():
    company = company_with_stock()
    item = stocked_item(company)
    order = purchase_order(company, line(item, 10, "8.00"))
    received(order)
    invoice = billed(order, prices=["9.00"])
    note = credit_supplier_invoice(
        supplier_invoice_id=invoice.pk,
        supplier_number="SC-1",
        document_date=DAY,
        reason="Two too many",
        lines=[(invoice.lines.get().pk, Decimal(2))],
        user=None,
        now=NOW,
    )
    post_supplier_invoice(supplier_invoice_id=note.pk, user=None, now=NOW)
    assert_entry(
        entry_lines_of(company, note),
        [("2000", "18.00", "0"), ("2010", "0", "16.00"), ("1200", "0", "2.00")],
    )
    assert worth(item) == (Decimal("88.00"), Decimal(10))
    assert states(order) == (PurchaseOrderStatus.CONFIRMED, ReceiptState.FULL, InvoiceState.PARTIAL)
    assert billed(order, "S-2").total_amount == Decimal("16.00")
    assert states(order)[0] == PurchaseOrderStatus.DONE
    assert_books(company)


@pytest.mark.parametrize(("issued", "stock", "issued_share"), [(0, "720.00", "0"), (4, "432.00", "288.00")])
def test_an_invoice_with_a_wrong_price_leaves_nothing_behind_once_credited(issued, stock, issued_share):
    """8.00 keyed as 80.00: after credit note and right invoice, stock and result are as if it had never been."""
    company = company_with_stock()
    item = stocked_item(company)
    order = purchase_order(company, line(item, 10, "8.00"))
    received(order)
    if issued:
        issue(item, issued)
    wrong = billed(order, prices=["80.00"])
    note = credit_supplier_invoice(
        supplier_invoice_id=wrong.pk, supplier_number="SC-1", document_date=DAY, reason="Wrong price", lines=None,
        user=None, now=NOW,
    )  # fmt: skip
    note = post_supplier_invoice(supplier_invoice_id=note.pk, user=None, now=NOW)
    expected = [("2000", "800.00", "0"), ("2010", "0", "80.00"), ("1200", "0", stock)]
    expected += [(difference_account(company), "0", issued_share)] if issued else []
    assert_entry(entry_lines_of(company, note), expected)
    right = billed(order, "S-2")
    assert_entry(entry_lines_of(company, right), [("2010", "80.00", "0"), ("2000", "0", "80.00")])
    assert worth(item) == (Decimal(8 * (10 - issued)), Decimal(10 - issued))
    assert balance_of_key(company, AccountKey.PRICE_DIFFERENCE) == 0
    assert_books(company)


@pytest.mark.parametrize(("issued", "stock", "issued_share"), [(0, "10.00", "0"), (4, "6.00", "4.00")])
def test_a_difference_is_booked_when_the_goods_have_come(issued, stock, issued_share):
    """The supplier's invoice bears a day in March, the goods came in April: March ends without goods and without value
    in stock, and what is invoiced ahead stands on GRNI."""
    company = company_with_stock()
    item = stocked_item(company)
    order = purchase_order(company, line(item, 10, "8.00"))
    received(order, on=dt.date(2026, 4, 2))
    if issued:
        issue(item, issued, on="2026-04-02")
    invoice = billed(order, on=dt.date(2026, 3, 28), prices=["9.00"])
    assert_entry(entry_lines_of(company, invoice, "invoice"), [("2010", "90.00", "0"), ("2000", "0", "90.00")])
    expected = [("1200", stock, "0"), ("2010", "0", "10.00")]
    expected += [(difference_account(company), issued_share, "0")] if issued else []
    assert_entry(entry_lines_of(company, invoice, "goods 2026-04-02"), expected)
    changes = ValueEntry.objects.filter(item=item, cause=ValueCause.PRICE_DIFFERENCE)
    assert [(entry.entry_date, entry.value) for entry in changes] == [(dt.date(2026, 4, 2), Decimal(stock))]
    end_of_march = dt.date(2026, 3, 31)
    assert balance_of_key(company, AccountKey.INVENTORY, as_of=end_of_march) == 0
    assert balance_of_key(company, AccountKey.GRNI, as_of=end_of_march) == Decimal("90.00")
    assert balance_of_key(company, AccountKey.GRNI) == 0
    assert_books(company)


def test_receipt_and_invoice_bear_the_day_of_the_company_not_of_greenwich():
    company = company_with_stock(time_zone="Asia/Shanghai")
    order = purchase_order(company, line(stocked_item(company), 10, "8.00"))
    late = {"user": None, "now": dt.datetime(2026, 3, 31, 23, tzinfo=dt.UTC)}
    receipt = receive_purchase_order(purchase_order_id=order.pk, **late)
    post_receipt(receipt_id=receipt.pk, **late)
    bill = bill_purchase_order(purchase_order_id=order.pk, supplier_number="S-1", **late)
    assert (receipt.document_date, bill.document_date) == (dt.date(2026, 4, 1), dt.date(2026, 4, 1))


def test_a_foreign_order_is_received_at_the_rate_of_the_day():
    company = company_with_stock()
    CurrencyRateFactory(company=company, currency=currency("USD"), date="2026-01-01", rate="0.90")
    CurrencyRateFactory(company=company, currency=currency("USD"), date="2026-03-05", rate="0.95")
    item = stocked_item(company)
    order = purchase_order(company, line(item, 10, "10.00"), currency_id="USD")
    receipt = received(order)
    assert_entry(entry_lines_of(company, receipt), [("1200", "90.00", "0"), ("2010", "0", "90.00")])
    invoice = billed(order, on=dt.date(2026, 3, 5))
    assert_entry(
        entry_lines_of(company, invoice), [("2010", "90.00", "0"), ("1200", "5.00", "0"), ("2000", "0", "95.00")]
    )
    assert worth(item) == (Decimal("95.00"), Decimal(10))
    assert_books(company)


def test_goods_are_received_in_the_unit_of_the_order_and_kept_in_their_own():
    company = company_with_stock()
    piece = UnitFactory(company=company)
    dozen = UnitFactory(company=company, name="Dozen", symbol="dz", factor=Decimal(12))
    item = stocked_item(company, unit=piece, purchase_unit=dozen, cost=Decimal("0.50"))
    order = purchase_order(company, line(item, 2))
    row = order.lines.get()
    assert (row.unit, row.unit_price, row.stock_quantity) == (dozen, Decimal("6.0000"), Decimal(24))
    assert availability(company_id=company.pk)[item.pk].incoming == Decimal(24)
    received(order, 1)
    found = availability(company_id=company.pk)[item.pk]
    assert (found.on_hand, found.available, found.incoming) == (Decimal(12), Decimal(12), Decimal(12))
    assert CostLayer.objects.get(item=item).unit_cost == Decimal("0.50")
    billed(order)
    assert_books(company)


def test_services_are_invoiced_as_ordered_and_cost_is_expense():
    company = company_with_stock()
    service = ItemFactory(company=company, kind=ItemKind.SERVICE)
    order = purchase_order(company, line(service, 3, "50.00"))
    assert states(order) == (PurchaseOrderStatus.CONFIRMED, ReceiptState.NOTHING_TO_RECEIVE, InvoiceState.NONE)
    with pytest.raises(NothingToReceiveError), transaction.atomic():
        receive_purchase_order(purchase_order_id=order.pk, user=None, now=NOW)
    invoice = billed(order)
    assert sorted(debit for _code, debit, _credit in entry_lines_of(company, invoice)) == [0, Decimal("150.00")]
    assert states(order)[0] == PurchaseOrderStatus.DONE


def test_the_price_of_the_last_order_is_offered():
    company = company_with_stock()
    supplier = SupplierFactory(company=company)
    item = stocked_item(company, cost=Decimal("7.50"))
    first = purchase_order(company, line(item, 1), party=supplier)
    assert first.lines.get().unit_price == Decimal("7.50")
    purchase_order(company, line(item, 1, "6.80", discount_percent=Decimal(5)), party=supplier)
    offered = purchase_order(company, line(item, 1), party=supplier, confirmed=False).lines.get()
    assert (offered.unit_price, offered.discount_percent) == (Decimal("6.80"), Decimal(5))
    assert purchase_order(company, line(item, 1), confirmed=False).lines.get().unit_price == Decimal("7.50")


def test_more_than_was_ordered_is_refused_unless_tolerated():
    company = company_with_stock()
    order = purchase_order(company, line(stocked_item(company), 10, "8"))
    with pytest.raises(OverReceiptError), transaction.atomic():
        received(order, 11)
    first, second = received(order, 6, post=False), received(order, 4, post=False)
    update_receipt(receipt_id=first.pk, user=None, now=NOW, lines=[(order.lines.get().pk, Decimal(10))])
    post_receipt(receipt_id=first.pk, user=None, now=NOW)
    with pytest.raises(OverReceiptError), transaction.atomic():
        post_receipt(receipt_id=second.pk, user=None, now=NOW)
    tolerant = purchase_order(company, line(stocked_item(company), 10, "8"), over_receipt_percent=Decimal(10))
    receipt = received(tolerant, 11)
    assert receipt.lines.get().value == Decimal("88.00")
    assert billed(tolerant).total_amount == Decimal("88.00")
    assert states(tolerant)[0] == PurchaseOrderStatus.DONE
    assert_books(company)


def test_more_than_was_ordered_is_not_invoiced():
    company = company_with_stock()
    item = stocked_item(company)
    order = purchase_order(company, line(item, 10, "8"))
    received(order)
    draft = create_supplier_invoice(
        company_id=company.pk,
        party_id=order.party_id,
        document_date=DAY,
        lines=[line(item, 11, "8", source=reference(order.lines.get()))],
        user=None,
        now=NOW,
        supplier_number="S-1",
    )
    with pytest.raises(OverInvoiceError), transaction.atomic():
        post_supplier_invoice(supplier_invoice_id=draft.pk, user=None, now=NOW)
    assert not JournalEntry.objects.filter(source_id=draft.pk, purpose="invoice").exists()
    assert_books(company)


def test_everything_twice_is_once():
    company = company_with_stock()
    order = purchase_order(company, line(stocked_item(company), 10, "8"))
    assert confirm_purchase_order(purchase_order_id=order.pk, user=None, now=NOW).number == order.number
    receipt = received(order)
    again = post_receipt(receipt_id=receipt.pk, user=None, now=NOW)
    assert (again.number, again.version) == (receipt.number, receipt.version)
    with pytest.raises(WrongStateError), transaction.atomic():
        cancel_receipt(receipt_id=receipt.pk, user=None, now=NOW)
    with pytest.raises(NothingToReceiveError), transaction.atomic():
        receive_purchase_order(purchase_order_id=order.pk, user=None, now=NOW)
    invoice = bill_purchase_order(purchase_order_id=order.pk, user=None, now=NOW, supplier_number="S-1")
    with pytest.raises(NothingToBillError), transaction.atomic():
        bill_purchase_order(purchase_order_id=order.pk, user=None, now=NOW)
    for _time in range(2):
        post_supplier_invoice(supplier_invoice_id=invoice.pk, user=None, now=NOW)
    assert SupplierInvoice.objects.count() == 1
    assert StockMove.objects.count() == 1
    assert JournalEntry.objects.count() == 2
    assert_books(company)


def test_a_draft_can_be_changed_and_cancelled_an_order_with_goods_cannot():
    company = company_with_stock()
    item = stocked_item(company)
    draft = purchase_order(company, line(item, 10, "8"), confirmed=False)
    for act in (receive_purchase_order, bill_purchase_order):
        with pytest.raises(WrongStateError), transaction.atomic():
            act(purchase_order_id=draft.pk, user=None, now=NOW)
    changed = update_purchase_order(
        purchase_order_id=draft.pk, user=None, now=NOW, lines=[line(item, 5, "7")], reference="R 7"
    )
    assert (changed.net_amount, changed.reference, changed.version) == (Decimal("35.00"), "R 7", 2)
    order = confirm_purchase_order(purchase_order_id=draft.pk, user=None, now=NOW)
    with pytest.raises(WrongStateError), transaction.atomic():
        update_purchase_order(purchase_order_id=order.pk, user=None, now=NOW, reference="late")
    waiting = received(order, post=False)
    cancelled = cancel_purchase_order(purchase_order_id=order.pk, user=None, now=NOW)
    assert cancelled.status == PurchaseOrderStatus.CANCELLED
    assert Receipt.objects.get(pk=waiting.pk).status == ReceiptStatus.CANCELLED
    assert cancel_purchase_order(purchase_order_id=order.pk, user=None, now=NOW).version == cancelled.version
    with pytest.raises(WrongStateError), transaction.atomic():
        confirm_purchase_order(purchase_order_id=order.pk, user=None, now=NOW)
    with pytest.raises(WrongStateError), transaction.atomic():
        post_receipt(receipt_id=waiting.pk, user=None, now=NOW)
    other = purchase_order(company, line(item, 1, "8"))
    received(other)
    with pytest.raises(GoodsReceivedError), transaction.atomic():
        cancel_purchase_order(purchase_order_id=other.pk, user=None, now=NOW)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "no_lines"),
        ([{"quantity": Decimal(1)}], "invalid"),
        ([{"item": "kit", "quantity": Decimal(1)}], "not_stocked"),
        ([{"item": "goods", "quantity": Decimal(-1)}], "invalid_quantity"),
    ],
)
def test_lines_that_cannot_be_ordered(lines, code: str):
    company = company_with_stock()
    items = {"kit": ItemFactory(company=company, kind=ItemKind.KIT), "goods": stocked_item(company)}
    given = [{**row, "item_id": items[row["item"]].pk} if "item" in row else row for row in lines]
    with pytest.raises(InvalidInputError) as refused, transaction.atomic():
        purchase_order(company, *given)
    assert refused.value.code == code


def test_lines_that_cannot_be_received():
    company = company_with_stock()
    order = purchase_order(company, line(stocked_item(company), 10, "8"))
    row = order.lines.get()
    for lines, code in (
        ([(row.pk + 1000, Decimal(1))], "unknown_line"),
        ([(row.pk, Decimal(1)), (row.pk, Decimal(1))], "duplicate_line"),
        ([(row.pk, Decimal(-1))], "invalid_quantity"),
        ([(row.pk, Decimal(0))], "nothing_to_receive"),
    ):
        with pytest.raises(Exception) as refused, transaction.atomic():
            receive_purchase_order(purchase_order_id=order.pk, user=None, now=NOW, lines=lines)
        assert refused.value.code == code
    assert not StockLevel.objects.exists()
