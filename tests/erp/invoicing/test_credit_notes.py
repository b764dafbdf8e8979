"""Credit notes: parts of the invoice's own figures, never more than it."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidInputError, WrongStateError
from erp.invoicing.enums import InvoiceKind
from erp.invoicing.errors import CreditExceedsInvoiceError, NothingToSettleError
from erp.invoicing.models import Allocation, SalesInvoice
from erp.invoicing.operations import (
    credit_sales_invoice,
    settle_sales_invoice,
    update_sales_invoice,
)
from tests.factories.banking import receive, send
from tests.factories.invoicing import DAY, Trade, booked, open_of
from tests.factories.ledger import NOW

pytestmark = pytest.mark.django_db
D = Decimal


def draft_credit(trade: Trade, invoice: SalesInvoice, **values) -> SalesInvoice:
    given = {"document_date": DAY, "reason": "returned", **values}
    return credit_sales_invoice(sales_invoice_id=invoice.pk, user=None, now=NOW, **given)


def test_a_full_credit_undoes_every_figure():
    trade = Trade()
    invoice = trade.invoice(trade.line(3, "19.99"), trade.line(1, "0.05"))
    credit = trade.credit(invoice)
    assert (credit.kind, credit.reverses, credit.number) == (InvoiceKind.CREDIT_NOTE, invoice, "CN-2026-00001")
    assert booked(credit) == [(code, -amount) for code, amount in booked(invoice)]
    assert (open_of(invoice), open_of(credit)) == ([D(0)], [D(0)])


def test_tax_28_credits_line_by_line_never_exceed_the_invoice():
    trade = Trade()
    nets = ("68.33", "68.33", "57.50", "85.00")
    invoice = trade.invoice(*(trade.line(1, net) for net in nets))
    assert invoice.total_amount == D("334.99")
    first, second, third, fourth = (line.pk for line in invoice.lines.order_by("position"))
    totals = [trade.credit(invoice, (line, 1)).total_amount for line in (first, third, fourth, second)]
    assert sum(totals) == D("334.99")
    assert open_of(invoice) == [D(0)]
    with pytest.raises(CreditExceedsInvoiceError):
        draft_credit(trade, invoice)


def test_parts_of_a_line_add_up_to_it():
    trade = Trade()
    invoice = trade.invoice(trade.line(3, "33.335"))
    line = invoice.lines.get().pk
    notes = [trade.credit(invoice, (line, 1)) for _round in range(3)]
    assert sum(note.net_amount for note in notes) == invoice.net_amount
    assert sum(note.tax_amount for note in notes) == invoice.tax_amount


def test_more_than_is_left_is_refused():
    trade = Trade()
    invoice = trade.invoice(trade.line(3, 10))
    line = invoice.lines.get().pk
    trade.credit(invoice, (line, 2))
    with pytest.raises(CreditExceedsInvoiceError) as refused:
        draft_credit(trade, invoice, lines=[(line, D(2))])
    assert refused.value.code == "credit_exceeds_invoice"


def test_two_drafts_cannot_both_be_posted():
    trade = Trade()
    invoice = trade.invoice(trade.line(1, 10))
    first, second = draft_credit(trade, invoice), draft_credit(trade, invoice)
    trade.post(first)
    with pytest.raises(CreditExceedsInvoiceError):
        trade.post(second)


def test_only_a_posted_invoice_is_credited():
    trade = Trade()
    with pytest.raises(WrongStateError):
        draft_credit(trade, trade.draft(trade.line()))
    invoice = trade.invoice(trade.line())
    with pytest.raises(WrongStateError):
        draft_credit(trade, trade.credit(invoice))


def test_a_credit_needs_a_reason_a_later_day_and_a_line_of_the_invoice():
    trade = Trade()
    invoice, other = trade.invoice(trade.line()), trade.invoice(trade.line())
    cases = [
        ({"reason": "  "}, "reason"),
        ({"document_date": DAY - dt.timedelta(1)}, "document_date"),
        ({"lines": [(other.lines.get().pk, D(1))]}, "lines"),
    ]
    for values, field in cases:
        with pytest.raises(InvalidInputError) as refused:
            draft_credit(trade, invoice, **values)
        assert refused.value.field == field


def test_a_changed_draft_is_not_dated_before_its_invoice_either():
    """A paid invoice has nothing open that its credit note would settle, so no later check would notice."""
    trade = Trade()
    invoice = trade.of_total("100.00")
    receive(trade, "100.00", (invoice, "100.00"))
    note = draft_credit(trade, invoice)
    with pytest.raises(InvalidInputError) as refused:
        update_sales_invoice(sales_invoice_id=note.pk, document_date=DAY - dt.timedelta(days=1), user=None, now=NOW)
    assert (refused.value.code, refused.value.field) == ("date_before_invoice", "document_date")
    note.refresh_from_db()
    assert note.document_date == DAY


def test_a_draft_credit_changes_its_quantities_only():
    trade = Trade()
    invoice = trade.invoice(trade.line(5, 10), trade.line(1, 99))
    draft = draft_credit(trade, invoice)
    line = draft.lines.order_by("position").first()
    changed = update_sales_invoice(
        sales_invoice_id=draft.pk, lines=[{"id": line.pk, "quantity": D(2)}], user=None, now=NOW
    )
    assert (changed.net_amount, changed.tax_amount) == (D(20), D(4))
    with pytest.raises(InvalidInputError):
        update_sales_invoice(sales_invoice_id=draft.pk, lines=[trade.line(1, 10)], user=None, now=NOW)


def test_what_is_paid_already_stays_open_on_the_credit_note():
    trade = Trade()
    invoice = trade.of_total(100)
    receive(trade, 70, (invoice, 70))
    credit = trade.credit(invoice)
    assert (open_of(invoice), open_of(credit)) == ([D(0)], [D(-70)])


def test_p_08_a_credit_note_is_refunded_in_two_parts():
    trade = Trade()
    credit = trade.post(trade.draft({"description": "Bonus", "unit_price": D(220)}, kind="credit_note"))
    assert open_of(credit) == [D(-220)]
    send(trade, 120, (credit, 120), side="receivable")
    send(trade, 100, (credit, 100), side="receivable")
    assert open_of(credit) == [D(0)]
    amounts = Allocation.objects.order_by("currency_amount").values_list("debit_amount", flat=True)
    assert list(amounts) == [D(100), D(120)]


def test_a_credit_note_settles_other_invoices_of_the_customer():
    trade = Trade()
    older, newer = trade.of_total(30), trade.of_total(100, due_date=DAY + dt.timedelta(9))
    credit = trade.post(trade.draft({"description": "Bonus", "unit_price": D(50)}, kind="credit_note"))
    settle_sales_invoice(sales_invoice_id=credit.pk, effective_date=DAY, user=None, now=NOW)
    assert (open_of(older), open_of(newer), open_of(credit)) == ([D(0)], [D(80)], [D(0)])
    with pytest.raises(NothingToSettleError):
        settle_sales_invoice(sales_invoice_id=credit.pk, effective_date=DAY, user=None, now=NOW)
