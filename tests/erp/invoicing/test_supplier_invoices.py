"""Supplier invoices: their own number, the supplier's, entries of P2."""

import datetime as dt
from decimal import Decimal

import pytest

from core.catalog.enums import ItemKind
from erp.invoicing.consequences import supplier_invoice_posting
from erp.invoicing.errors import SupplierNumberError
from erp.invoicing.operations import (
    cancel_draft_supplier_invoice,
    credit_supplier_invoice,
    post_supplier_invoice,
    settle_supplier_invoice,
    update_supplier_invoice,
)
from erp.ledger.enums import AccountKey
from erp.ledger.posting import EntryLine
from tests.factories.banking import send
from tests.factories.catalog import ItemFactory
from tests.factories.invoicing import DAY, Trade, booked, entry_of, open_of
from tests.factories.ledger import NOW

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def alone(monkeypatch):
    """No consequences but those of the test."""
    monkeypatch.setattr(supplier_invoice_posting, "_functions", [])


def test_goods_wait_on_grni_and_services_are_expense(alone):
    trade = Trade()
    service = ItemFactory(company=trade.company, kind=ItemKind.SERVICE)
    lines = [trade.line(10, 8), {"item_id": service.pk, "unit_price": D(50)}]
    invoice = trade.supplier_invoice(*lines, due_date=dt.date(2026, 4, 14))
    assert (invoice.number, invoice.total_amount) == ("SI-2026-00001", D(156))
    amounts = [amount for _code, amount in booked(invoice)]
    assert amounts == [D(-156), D(80), D(50), D(26)]
    payable, goods, expense, tax = entry_of(invoice).lines.order_by("position")
    assert payable.party == trade.supplier
    assert (tax.tax_base, tax.tax) == (D(130), trade.input_tax_set.taxes.get())
    assert goods.account_id != expense.account_id
    assert open_of(invoice) == [D(-156)]


def test_a_consequence_covers_its_lines(alone):
    trade = Trade()

    def clear_grni(*, invoice, lines, entry, user, now):
        (line,) = lines
        grni = entry.book.account_id(AccountKey.GRNI, None)
        difference = entry.book.account_id(AccountKey.PRICE_DIFFERENCE, None)
        assert entry.line_amounts == {line.pk: D(90)}
        entry.cover(line, EntryLine(grni, debit=D(80)), EntryLine(difference, debit=D(10)))

    supplier_invoice_posting.register(clear_grni)
    invoice = trade.supplier_invoice(trade.line(10, 9))
    assert [amount for _code, amount in booked(invoice)] == [D(-108), D(18), D(80), D(10)]


def test_the_same_supplier_number_twice_is_refused():
    trade = Trade()
    trade.supplier_draft(trade.line(), number="R-7")
    with pytest.raises(SupplierNumberError) as refused:
        trade.supplier_draft(trade.line(), number="R-7")
    assert (refused.value.code, refused.value.field) == ("supplier_number_twice", "supplier_number")
    other = trade.supplier_draft(trade.line(), number="R-8")
    with pytest.raises(SupplierNumberError):
        update_supplier_invoice(supplier_invoice_id=other.pk, supplier_number="R-7", user=None, now=NOW)


def test_a_cancelled_draft_frees_the_supplier_number():
    trade = Trade()
    draft = trade.supplier_draft(trade.line(), number="R-7")
    cancel_draft_supplier_invoice(supplier_invoice_id=draft.pk, user=None, now=NOW)
    assert trade.supplier_draft(trade.line(), number="R-7").supplier_number == "R-7"


def test_without_the_supplier_number_nothing_is_posted():
    trade = Trade()
    draft = trade.supplier_draft(trade.line(), number="")
    with pytest.raises(SupplierNumberError):
        post_supplier_invoice(supplier_invoice_id=draft.pk, user=None, now=NOW)


def test_posting_twice_writes_once(alone):
    trade = Trade()
    invoice = trade.supplier_invoice(trade.line())
    again = post_supplier_invoice(supplier_invoice_id=invoice.pk, user=None, now=NOW)
    assert (again.number, again.version) == (invoice.number, invoice.version)


def test_a_suppliers_credit_note_and_a_payment_settle_the_invoice(alone):
    trade = Trade()
    invoice = trade.supplier_invoice(trade.line(10, 10))
    draft = credit_supplier_invoice(
        supplier_invoice_id=invoice.pk,
        supplier_number="CR-1",
        lines=[(invoice.lines.get().pk, D(4))],
        document_date=DAY,
        reason="damaged",
        user=None,
        now=NOW,
    )
    credit = post_supplier_invoice(supplier_invoice_id=draft.pk, user=None, now=NOW)
    assert (credit.number, credit.total_amount) == ("SC-2026-00001", D(48))
    assert [amount for _code, amount in booked(credit)] == [D(48), D(-40), D(-8)]
    assert (open_of(invoice), open_of(credit)) == ([D(-72)], [D(0)])
    send(trade, 72, (invoice, 72))
    assert open_of(invoice) == [D(0)]


def test_money_sent_before_settles_a_later_invoice(alone):
    trade = Trade()
    payment = send(trade, 100)
    invoice = trade.supplier_invoice(trade.line(1, 50))
    settle_supplier_invoice(supplier_invoice_id=invoice.pk, effective_date=DAY, user=None, now=NOW)
    assert (open_of(invoice), open_of(payment)) == ([D(0)], [D(40)])
