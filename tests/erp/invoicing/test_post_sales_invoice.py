"""Posting sales invoices: figures, entries, instalments, numbers, refusals."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from core.company.queries import NoRateError
from core.documents.models import FrozenPaper
from core.documents.references import RecordRef
from core.documents.sequences import NumberOrderError
from core.errors import ConflictError, InvalidInputError, WrongStateError
from core.events.models import OutboxEvent
from core.events.outbox import kind_of, subscribe
from erp.invoicing.enums import InvoiceStatus, PaymentState
from erp.invoicing.errors import EmptyInvoiceError, InvoiceNotDraftError, NegativeTotalError, PaymentTermError
from erp.invoicing.events import SalesInvoicePosted
from erp.invoicing.models import OpenItem, SalesInvoice
from erp.invoicing.operations import cancel_draft_sales_invoice, create_sales_invoice, update_sales_invoice
from erp.invoicing.queries import payment_state, with_open_amounts
from erp.ledger.errors import NoPeriodError, PeriodClosedError
from erp.ledger.models import AccountingPeriod, JournalEntry
from tests.factories.banking import receive
from tests.factories.company import CurrencyRateFactory, currency
from tests.factories.invoicing import DAY, Trade, booked, entry_of, open_of
from tests.factories.ledger import NOW

pytestmark = pytest.mark.django_db
D = Decimal


def close_march(trade: Trade) -> None:
    AccountingPeriod.objects.filter(company=trade.company, start_date=dt.date(2026, 3, 1)).update(status="closed")


def state_of(invoice: SalesInvoice, today: dt.date) -> PaymentState:
    return payment_state(with_open_amounts(SalesInvoice.objects.all()).get(pk=invoice.pk), today)


def test_c_3_c_4_c_5_invoice_payment_and_credit_note():
    trade = Trade()
    invoice = trade.invoice(trade.line(12, 20, discount_percent=D(5)), due_date=dt.date(2026, 4, 14))
    assert (invoice.number, invoice.status) == ("INV-2026-00001", InvoiceStatus.POSTED)
    assert (invoice.net_amount, invoice.tax_amount, invoice.total_amount) == (D("228.00"), D("45.60"), D("273.60"))
    assert booked(invoice) == [("1100", D("273.60")), ("4000", D("-228.00")), ("2100", D("-45.60"))]
    receive(trade, 200, (invoice, 200), on=dt.date(2026, 3, 20))
    assert open_of(invoice) == [D("73.60")]
    credit = trade.credit(invoice, (invoice.lines.get().pk, 2), on=dt.date(2026, 3, 25))
    assert (credit.net_amount, credit.tax_amount, credit.total_amount) == (D("38.00"), D("7.60"), D("45.60"))
    assert booked(credit) == [("1100", D("-45.60")), ("4000", D("38.00")), ("2100", D("7.60"))]
    assert (open_of(invoice), open_of(credit)) == ([D("28.00")], [D("0.00")])


def test_the_entry_names_party_tax_and_base():
    trade = Trade()
    invoice = trade.invoice(trade.line(2, 50))
    receivable, revenue, tax = entry_of(invoice).lines.order_by("position")
    assert (receivable.party, revenue.party, tax.party) == (trade.customer, None, None)
    assert (tax.tax, tax.tax_base, tax.amount) == (trade.tax_set.taxes.get(), D("-100.00"), D("-20.00"))
    assert entry_of(invoice).source_number == invoice.number
    assert entry_of(invoice).entry_date == DAY


def test_freight_goes_to_its_own_account():
    trade = Trade()
    freight = {"description": "Freight", "unit_price": D(10), "account_key": "freight_revenue"}
    invoice = trade.invoice(trade.line(1, 100), freight)
    accounts = [code for code, _amount in booked(invoice)]
    assert len(accounts) == len(set(accounts)) == 4
    assert [amount for _code, amount in booked(invoice)] == [D(130), D(-100), D(-10), D(-20)]


def test_two_lines_of_one_account_are_one_journal_line():
    trade = Trade()
    invoice = trade.invoice(trade.line(1, 100), trade.line(2, 30))
    assert booked(invoice) == [("1100", D("192.00")), ("4000", D("-160.00")), ("2100", D("-32.00"))]


def test_posting_twice_writes_once():
    trade = Trade()
    invoice = trade.invoice(trade.line())
    again = trade.post(invoice)
    assert (again.number, again.version) == (invoice.number, invoice.version)
    assert JournalEntry.objects.filter(source_id=invoice.pk, source_label="invoicing.salesinvoice").count() == 1
    assert OpenItem.objects.filter(company=trade.company).count() == 1
    assert trade.invoice(trade.line()).number == "INV-2026-00002"


def test_instalments_take_the_remainder_on_the_last():
    trade = Trade()
    term = trade.term((D("33.3333"), 0), (D("33.3333"), 30), (D("33.3334"), 60))
    invoice = trade.of_total("100.00", payment_term_id=term.pk)
    items = OpenItem.objects.filter(document_id=invoice.pk).order_by("instalment")
    assert [(item.due_date, item.amount) for item in items] == [
        (DAY, D("33.33")),
        (DAY + dt.timedelta(30), D("33.33")),
        (DAY + dt.timedelta(60), D("33.34")),
    ]
    assert booked(invoice)[:3] == [("1100", D("33.33")), ("1100", D("33.33")), ("1100", D("33.34"))]
    assert invoice.due_date == DAY + dt.timedelta(60)


def test_p_02_a_term_that_is_not_whole_is_refused():
    trade = Trade()
    invoice = trade.draft(trade.line(), payment_term_id=trade.term((40, 0), (50, 30)).pk)
    with pytest.raises(PaymentTermError) as refused:
        trade.post(invoice)
    assert refused.value.field == "payment_term"
    assert SalesInvoice.objects.get(pk=invoice.pk).status == InvoiceStatus.DRAFT


def test_an_invoice_over_nothing_is_paid_at_once():
    trade = Trade()
    invoice = trade.invoice(trade.line(1, 100, discount_percent=D(100)))
    assert (invoice.number, invoice.total_amount, open_of(invoice)) == ("INV-2026-00001", D(0), [])
    assert state_of(invoice, DAY) == PaymentState.PAID


def test_without_lines_nothing_is_posted():
    trade = Trade()
    with pytest.raises(EmptyInvoiceError) as refused:
        trade.post(trade.draft())
    assert (refused.value.code, refused.value.field) == ("no_lines", "lines")


def test_a_negative_total_is_refused():
    trade = Trade()
    with pytest.raises(NegativeTotalError):
        trade.invoice(trade.line(1, 10), trade.line(-2, 10))


def test_a_closed_period_is_refused_and_keeps_no_number():
    trade = Trade()
    draft = trade.draft(trade.line())
    close_march(trade)
    with pytest.raises(PeriodClosedError), transaction.atomic():
        trade.post(draft)
    assert OpenItem.objects.filter(company=trade.company).count() == 0
    assert trade.invoice(trade.line(), on=dt.date(2026, 4, 1)).number == "INV-2026-00001"


def test_a_day_without_period_is_refused():
    trade = Trade()
    with pytest.raises(NoPeriodError):
        trade.invoice(trade.line(), on=dt.date(2035, 1, 1))


def test_a_cancelled_draft_is_not_posted():
    trade = Trade()
    draft = trade.draft(trade.line())
    for _round in range(2):
        cancelled = cancel_draft_sales_invoice(sales_invoice_id=draft.pk, user=None, now=NOW)
        assert cancelled.status == InvoiceStatus.CANCELLED
    with pytest.raises(WrongStateError):
        trade.post(draft)
    with pytest.raises(InvoiceNotDraftError):
        update_sales_invoice(sales_invoice_id=draft.pk, reference="late", user=None, now=NOW)


def test_a_posted_invoice_is_neither_cancelled_nor_changed():
    trade = Trade()
    invoice = trade.invoice(trade.line())
    with pytest.raises(WrongStateError):
        cancel_draft_sales_invoice(sales_invoice_id=invoice.pk, user=None, now=NOW)
    with pytest.raises(InvoiceNotDraftError):
        update_sales_invoice(sales_invoice_id=invoice.pk, lines=[trade.line(5)], user=None, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda invoice: SalesInvoice.objects.filter(pk=invoice.pk).update(total_amount=1),
        lambda invoice: SalesInvoice.objects.filter(pk=invoice.pk).update(status="draft"),
        lambda invoice: invoice.lines.update(quantity=9),
        lambda invoice: invoice.lines.all().delete(),
        lambda invoice: OpenItem.objects.filter(document_id=invoice.pk).update(open_amount=0),
        lambda invoice: OpenItem.objects.filter(document_id=invoice.pk).delete(),
    ],
)
def test_the_database_keeps_what_was_posted(change):
    invoice = Trade().of_total(100)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(invoice)


def test_clo_02_numbers_follow_the_months():
    trade = Trade()
    trade.invoice(trade.line(), on=dt.date(2026, 2, 10))
    with pytest.raises(NumberOrderError), transaction.atomic():
        trade.invoice(trade.line(), on=dt.date(2026, 1, 31))
    assert trade.invoice(trade.line(), on=dt.date(2026, 2, 1)).number == "INV-2026-00002"
    assert trade.invoice(trade.line(), on=dt.date(2026, 3, 1)).number == "INV-2026-00003"


@pytest.mark.parametrize(
    ("code", "minor_units", "price", "total", "tax"),
    [("JPY", 0, "101", "121", "20"), ("EUR", 2, "10.01", "12.01", "2.00"), ("KWD", 3, "10.001", "12.001", "2.000")],
)
def test_the_smallest_unit_of_the_currency_counts(code, minor_units, price, total, tax):
    trade = Trade(currency=currency(code, minor_units))
    invoice = trade.invoice(trade.line(1, price), payment_term_id=trade.term((50, 0), (50, 10)).pk)
    assert (invoice.total_amount, invoice.tax_amount) == (D(total), D(tax))
    assert sum(open_of(invoice)) == D(total)
    assert sum(amount for _code, amount in booked(invoice)) == 0
    quantum = D(1).scaleb(-minor_units)
    assert all(amount % quantum == 0 for amount in open_of(invoice))


def test_fx_04_a_foreign_invoice_is_booked_in_both_currencies():
    trade = Trade(rate="10", currency=currency("USD"))
    CurrencyRateFactory(company=trade.company, currency=currency("EUR"), date="2026-01-01", rate="0.5")
    lines = [trade.line(5, 80), {"description": "Untaxed", "unit_price": D(20)}]
    invoice = trade.invoice(*lines, currency_code="EUR")
    assert (invoice.net_amount, invoice.tax_amount, invoice.total_amount) == (D(420), D(40), D(460))
    assert booked(invoice) == [("1100", D(230)), ("4000", D(-210)), ("2100", D(-20))]
    receivable = entry_of(invoice).lines.get(position=1)
    assert (receivable.currency_id, receivable.currency_amount) == ("EUR", D(460))
    item = OpenItem.objects.get(document_id=invoice.pk)
    assert (item.amount, item.currency_amount, invoice.exchange_rate) == (D(230), D(460), D("0.5"))


def test_p_04_foreign_instalments_keep_both_currencies():
    trade = Trade(currency=currency("USD"))
    CurrencyRateFactory(company=trade.company, currency=currency("EUR"), date="2026-01-01", rate="0.9")
    term = trade.term((40, 0), (30, 30), (30, 60))
    invoice = trade.of_total(100, currency_code="EUR", payment_term_id=term.pk)
    items = OpenItem.objects.filter(document_id=invoice.pk).order_by("instalment")
    assert [(item.currency_amount, item.amount) for item in items] == [(40, 36), (30, 27), (30, 27)]


def test_the_cents_of_a_conversion_balance():
    trade = Trade(currency=currency("USD"))
    CurrencyRateFactory(company=trade.company, currency=currency("EUR"), date="2026-01-01", rate="1.07333")
    lines = [trade.line(3, "33.37"), trade.line(7, "0.99"), trade.line(1, "101.01", account_key="freight_revenue")]
    invoice = trade.invoice(*lines, currency_code="EUR", payment_term_id=trade.term((50, 0), (50, 9)).pk)
    assert sum(amount for _code, amount in booked(invoice)) == 0
    assert sum(item.amount for item in OpenItem.objects.filter(document_id=invoice.pk)) == round(
        invoice.total_amount * D("1.07333"), 2
    )


def test_without_a_rate_a_foreign_invoice_waits():
    trade = Trade(currency=currency("USD"))
    currency("CHF")
    with pytest.raises(NoRateError):
        trade.invoice(trade.line(), currency_code="CHF")


def test_drafts_are_changed_by_version():
    trade = Trade()
    draft = trade.draft(trade.line(1, 100))
    changed = update_sales_invoice(
        sales_invoice_id=draft.pk, lines=[trade.line(3, 100)], reference="PO 7", expected_version=1, user=None, now=NOW
    )
    assert (changed.version, changed.net_amount, changed.reference) == (2, D(300), "PO 7")
    with pytest.raises(ConflictError):
        update_sales_invoice(sales_invoice_id=draft.pk, reference="PO 8", expected_version=1, user=None, now=NOW)


def test_an_edited_line_keeps_its_account():
    trade = Trade()
    freight = {"description": "Freight", "unit_price": D(10), "account_key": "freight_revenue"}
    draft = trade.draft(freight)
    line = draft.lines.get()
    edited = {"id": line.pk, "description": "Freight and packing", "unit_price": D(12)}
    update_sales_invoice(sales_invoice_id=draft.pk, lines=[edited], user=None, now=NOW)
    assert draft.lines.get().account_key == "freight_revenue"


def test_the_due_date_comes_from_the_term_the_day_or_the_party():
    trade = Trade()
    assert trade.draft(trade.line()).due_date == DAY
    assert trade.draft(trade.line(), due_date=dt.date(2026, 5, 1)).due_date == dt.date(2026, 5, 1)
    trade.customer.payment_term = trade.term((100, 30))
    trade.customer.save()
    assert trade.draft(trade.line()).due_date == dt.date(2026, 4, 14)
    with pytest.raises(InvalidInputError) as refused:
        trade.draft(trade.line(), due_date=dt.date(2026, 3, 1))
    assert refused.value.field == "due_date"


def test_a_stranger_is_no_customer():
    trade, other = Trade(), Trade()
    with pytest.raises(InvalidInputError) as refused:
        trade.draft(trade.line(), party=other.customer)
    assert refused.value.field == "party"


def test_the_payment_state_follows_the_open_items():
    trade = Trade()
    invoice = trade.of_total(100, due_date=dt.date(2026, 4, 14))
    before, after = dt.date(2026, 4, 14), dt.date(2026, 4, 15)
    assert (state_of(invoice, before), state_of(invoice, after)) == (PaymentState.UNPAID, PaymentState.OVERDUE)
    receive(trade, 40, (invoice, 40))
    assert state_of(invoice, before) == PaymentState.PARTLY_PAID
    receive(trade, 60, (invoice, 60))
    assert state_of(invoice, after) == PaymentState.PAID
    assert state_of(trade.draft(trade.line()), after) == PaymentState.NONE


def test_posting_records_its_event_and_freezes_its_paper():
    subscribe(SalesInvoicePosted, heard)
    trade = Trade()
    invoice = trade.invoice(trade.line(2, 50))
    event = OutboxEvent.objects.get(kind=kind_of(SalesInvoicePosted))
    assert event.payload == {"sales_invoice_id": invoice.pk}
    trade.customer.name = "Renamed"
    trade.customer.save()
    paper = FrozenPaper.objects.get(record_label="invoicing.salesinvoice", record_id=invoice.pk)
    assert paper.data["party"]["name"] != "Renamed"
    assert "INV-2026-00001" in paper.data["title"]
    assert paper.data["totals"][-1]["value"].startswith(("120.00", "EUR"))


def heard(event: SalesInvoicePosted) -> None:
    """A handler, so that the event is written."""


def test_a_line_with_a_source_is_taken_as_it_is():
    trade = Trade()
    line = {"item_id": trade.item.pk, "description": "Agreed", "unit_price": D(5), "source": _ref(trade)}
    draft = create_sales_invoice(
        company_id=trade.company.pk, party_id=trade.customer.pk, document_date=DAY, lines=[line], user=None, now=NOW
    )
    assert (draft.lines.get().tax_set, draft.total_amount) == (None, D(5))
    assert draft.lines.get().source == _ref(trade)


def _ref(trade: Trade) -> RecordRef:
    return RecordRef.of(trade.item)
