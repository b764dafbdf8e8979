"""Payments: posted, allocated, written off, cancelled."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from core.access.enums import Role
from core.documents.references import RecordRef
from core.errors import ConflictError, InvalidInputError, WrongStateError
from erp.banking.enums import PaymentStatus
from erp.banking.errors import NoCashAccountError, OverAllocatedError, PaymentNotDraftError
from erp.banking.models import CashAccount, Payment
from erp.banking.operations import (
    allocate_payment,
    cancel_payment,
    create_payment,
    pay_sales_invoice,
    post_payment,
    receive_payment,
    unallocate_payment,
    update_payment,
)
from erp.banking.queries import allocations_of, cash_position, left_on_account
from erp.banking.setup import set_up_banking
from erp.invoicing.enums import PaymentState
from erp.invoicing.models import Allocation, SalesInvoice
from erp.invoicing.queries import payment_state, with_open_amounts
from erp.ledger.enums import AccountKey
from erp.ledger.errors import PeriodClosedError
from erp.ledger.models import AccountingPeriod, JournalEntry
from tests.factories.banking import CashAccountFactory, receive, send
from tests.factories.company import CurrencyRateFactory, currency, signed_in, user_with
from tests.factories.invoicing import DAY, Trade, booked, open_of
from tests.factories.ledger import NOW
from tests.scenarios.invariants import balance_of_key

pytestmark = pytest.mark.django_db
D = Decimal
APRIL = dt.date(2026, 4, 2)
MAY_END = dt.date(2026, 5, 31)


def draft(trade: Trade, amount="100", **values) -> Payment:
    return create_payment(
        company_id=trade.company.pk, party_id=trade.customer.pk, amount=D(amount), document_date=DAY, user=None,
        now=NOW, **values,
    )  # fmt: skip


def post(payment: Payment, allocations=()) -> Payment:
    return post_payment(payment_id=payment.pk, allocations=allocations, user=None, now=NOW)


def state_of(invoice) -> PaymentState:
    return payment_state(with_open_amounts(SalesInvoice.objects.all()).get(pk=invoice.pk), DAY)


def test_money_received_debits_the_bank_and_waits_on_account():
    trade = Trade()
    payment = receive(trade, 180)
    assert (payment.number, payment.status) == ("RCP-2026-00001", PaymentStatus.POSTED)
    assert booked(payment, "payment") == [("1010", D(180)), ("1100", D(-180))]
    assert (open_of(payment), left_on_account(payment)) == ([D(-180)], D(180))


def test_money_sent_credits_the_bank():
    trade = Trade()
    payment = send(trade, 50)
    assert payment.number == "PAY-2026-00001"
    assert [amount for _code, amount in booked(payment, "payment")] == [D(-50), D(50)]
    assert open_of(payment) == [D(50)]


def test_p_06_three_payments_and_a_write_off_settle_an_invoice():
    trade = Trade()
    invoice = trade.of_total(240)
    receive(trade, 120, (invoice, 120))
    receive(trade, 20, (invoice, 20))
    last = receive(trade, 99, (invoice, 100), write_off_amount=D(1), write_off_key=AccountKey.DISCOUNT_GIVEN)
    amounts = Allocation.objects.order_by("credit_amount").values_list("credit_amount", flat=True)
    assert list(amounts) == [D(1), D(20), D(99), D(120)]
    assert state_of(invoice) == PaymentState.PAID
    assert [amount for _code, amount in booked(last, "payment")] == [D(99), D(-99), D(1), D(-1)]


def test_without_a_word_the_oldest_items_are_settled_first():
    trade = Trade()
    newer = trade.of_total(100, due_date=dt.date(2026, 5, 1))
    older = trade.of_total(60, due_date=dt.date(2026, 4, 1))
    payment = receive_payment(
        company_id=trade.company.pk, party_id=trade.customer.pk, amount=D(90), payment_date=DAY, user=None, now=NOW
    )
    assert (open_of(older), open_of(newer), open_of(payment)) == ([D(0)], [D(70)], [D(0)])


def test_posting_twice_writes_once():
    trade = Trade()
    payment = receive(trade, 10)
    again = post(payment)
    assert (again.number, again.version) == (payment.number, payment.version)
    assert JournalEntry.objects.filter(source_label="banking.payment").count() == 1


def test_more_than_was_paid_or_is_open_is_refused():
    trade = Trade()
    invoice = trade.of_total(50)
    for amount, wanted in (("40", 41), ("100", 51), ("100", 0)):
        payment = draft(trade, amount)
        with pytest.raises(OverAllocatedError) as refused, transaction.atomic():
            post(payment, [(RecordRef.of(invoice), D(wanted))])
        assert refused.value.field == "allocations"
    assert Payment.objects.exclude(status=PaymentStatus.DRAFT).count() == 0


def test_a_closed_period_is_refused_and_keeps_no_number():
    trade = Trade()
    payment = draft(trade)
    AccountingPeriod.objects.filter(company=trade.company, start_date=dt.date(2026, 3, 1)).update(status="closed")
    with pytest.raises(PeriodClosedError), transaction.atomic():
        post(payment)
    assert receive(trade, 5, on=APRIL).number == "RCP-2026-00001"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"write_off_amount": D(1)}, "write_off_key"),
        ({"currency_code": "USD"}, "cash_account"),
    ],
)
def test_a_payment_that_makes_no_sense_is_refused(values, field):
    with pytest.raises(InvalidInputError) as refused:
        draft(Trade(), **values)
    assert refused.value.field == field


def test_a_foreign_currency_needs_its_own_account():
    trade = Trade()
    currency("USD")
    with pytest.raises(NoCashAccountError):
        draft(trade, currency_code="USD")


def test_a_draft_is_changed_by_version_and_only_a_draft():
    trade = Trade()
    payment = draft(trade)
    changed = update_payment(payment_id=payment.pk, amount=D(70), expected_version=1, user=None, now=NOW)
    assert (changed.amount, changed.version) == (D(70), 2)
    with pytest.raises(ConflictError):
        update_payment(payment_id=payment.pk, amount=D(80), expected_version=1, user=None, now=NOW)
    post(payment)
    with pytest.raises(PaymentNotDraftError):
        update_payment(payment_id=payment.pk, amount=D(80), user=None, now=NOW)


def test_a_posted_payment_is_allocated_later():
    trade = Trade()
    payment, invoice = receive(trade, 100), trade.of_total(60, on=APRIL)
    rows = allocate_payment(payment_id=payment.pk, effective_date=APRIL, user=None, now=NOW)
    assert [(row.currency_amount, row.effective_date) for row in rows] == [(D(60), APRIL)]
    assert (open_of(invoice), left_on_account(payment)) == ([D(0)], D(40))
    assert allocate_payment(payment_id=payment.pk, effective_date=APRIL, user=None, now=NOW) == []


def test_only_a_posted_payment_is_allocated():
    trade = Trade()
    with pytest.raises(WrongStateError):
        allocate_payment(payment_id=draft(trade).pk, effective_date=DAY, user=None, now=NOW)


def test_allocations_of_a_payment_are_undone():
    trade = Trade()
    invoice = trade.of_total(100)
    payment, other = receive(trade, 100, (invoice, 60)), receive(trade, 5)
    ((row, item),) = allocations_of(payment)
    assert item.document_id == invoice.pk
    with pytest.raises(InvalidInputError):
        unallocate_payment(payment_id=other.pk, allocation_ids=[row.pk], effective_date=APRIL, user=None, now=NOW)
    unallocate_payment(payment_id=payment.pk, allocation_ids=[row.pk], effective_date=APRIL, user=None, now=NOW)
    assert (open_of(invoice), left_on_account(payment), allocations_of(payment)) == ([D(100)], D(100), [])


def test_a_cancelled_payment_is_reversed_and_opens_what_it_had_settled():
    trade = Trade()
    invoice = trade.of_total(240)
    payment = receive(trade, 99, (invoice, 100), write_off_amount=D(1), write_off_key=AccountKey.DISCOUNT_GIVEN)
    for _round in range(2):
        gone = cancel_payment(payment_id=payment.pk, on=APRIL, reason="bounced", user=None, now=NOW)
        assert (gone.status, gone.cancelled_date) == (PaymentStatus.CANCELLED, APRIL)
    assert (open_of(invoice), left_on_account(payment)) == ([D(240)], D(0))
    entry = JournalEntry.objects.get(source_label="banking.payment")
    assert entry.reversal.entry_date == APRIL
    assert [one.balance for one in cash_position(company_id=trade.company.pk, as_of=APRIL)] == [D(0), D(0)]
    assert cash_position(company_id=trade.company.pk, as_of=DAY)[0].balance == D(99)


def test_a_foreign_payment_with_a_write_off_is_undone_on_every_account():
    """333.33 euros at 1.10, paid with 330.00 and 3.33 written off at 1.15: 16.50 and 0.17 gained, 3.83 given up. After
    the cancellation the customer owes 366.66 dollars, and nothing else is left of it."""
    trade = Trade(currency=currency("USD"))
    for day, rate in (("2026-01-01", "1.10"), ("2026-04-01", "1.15"), ("2026-05-01", "1.08")):
        CurrencyRateFactory(company=trade.company, currency=currency("EUR"), date=day, rate=rate)
    bank = CashAccountFactory(company=trade.company, currency=currency("EUR"))
    invoice = trade.of_total("333.33", currency_code="EUR")
    payment = receive(
        trade, 330, (invoice, "333.33"), on=APRIL, currency_code="EUR", cash_account_id=bank.pk,
        write_off_amount=D("3.33"), write_off_key=AccountKey.DISCOUNT_GIVEN,
    )  # fmt: skip
    assert [amount for _code, amount in booked(payment, "payment")] == [
        D("379.50"),
        D("-379.50"),
        D("3.83"),
        D("-3.83"),
    ]
    assert balances(trade) == [D(0), D("379.50"), D("3.83"), D("-16.67"), D(0)]
    cancel_payment(payment_id=payment.pk, on=dt.date(2026, 5, 10), reason="bounced", user=None, now=NOW)
    assert balances(trade) == [D("366.66"), D(0), D(0), D(0), D(0)]
    assert open_of(invoice) == [D("333.33")]


def balances(trade: Trade) -> list[Decimal]:
    """Receivables, bank, discount given, exchange gain and loss."""
    keys = (AccountKey.DISCOUNT_GIVEN, AccountKey.FX_GAIN, AccountKey.FX_LOSS)
    (bank,) = [one.balance for one in cash_position(company_id=trade.company.pk, as_of=MAY_END) if one.balance] or [
        D(0)
    ]
    return [
        balance_of_key(trade.company, AccountKey.RECEIVABLE),
        bank,
        *(balance_of_key(trade.company, key) for key in keys),
    ]


def test_a_cancellation_needs_a_reason_and_a_later_day():
    trade = Trade()
    payment = receive(trade, 10)
    with pytest.raises(InvalidInputError) as refused:
        cancel_payment(payment_id=payment.pk, on=APRIL, reason=" ", user=None, now=NOW)
    assert refused.value.field == "reason"
    with pytest.raises(InvalidInputError), transaction.atomic():
        cancel_payment(payment_id=payment.pk, on=DAY - dt.timedelta(1), reason="bounced", user=None, now=NOW)
    assert Payment.objects.get(pk=payment.pk).status == PaymentStatus.POSTED


def test_a_cancelled_draft_is_not_posted():
    trade = Trade()
    payment = draft(trade)
    cancel_payment(payment_id=payment.pk, on=DAY, reason="twice", user=None, now=NOW)
    with pytest.raises(WrongStateError):
        post(payment)


def test_an_invoice_is_paid_from_its_own_page():
    trade = Trade()
    invoice = trade.of_total(100)
    with pytest.raises(WrongStateError):
        pay_sales_invoice(
            sales_invoice_id=trade.draft(trade.line()).pk, amount=D(1), payment_date=DAY, user=None, now=NOW
        )
    payment = pay_sales_invoice(sales_invoice_id=invoice.pk, amount=D(130), payment_date=DAY, user=None, now=NOW)
    assert (open_of(invoice), left_on_account(payment)) == ([D(0)], D(30))


def test_the_database_keeps_a_posted_payment():
    payment = receive(Trade(), 10)
    for change in (lambda rows: rows.update(amount=11), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Payment.objects.filter(pk=payment.pk))


def test_setting_up_twice_changes_nothing():
    trade = Trade()
    first = set_up_banking(company_id=trade.company.pk, user=None, now=NOW)
    assert set_up_banking(company_id=trade.company.pk, user=None, now=NOW) == first
    assert CashAccount.objects.filter(company=trade.company).count() == 2


def test_a_payment_that_is_sent_twice_from_its_page_is_one_payment():
    """The answer to the first may be lost on the way: whoever presses the button again must not pay again."""
    trade = Trade()
    invoice = trade.of_total(100)
    client = signed_in(user_with(Role.ACCOUNTANT, trade.company))
    page = client.get(url := f"/sales-invoices/{invoice.pk}/actions/pay/")
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page.content.decode())
    assert key is not None
    data = {"amount": "100", "payment_date": str(DAY), "method": "transfer", "idempotency_key": key[1]}
    first, second = client.post(url, data), client.post(url, data)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert Payment.objects.count() == 1
    other = client.post(url, {**data, "amount": "50"})
    assert other.status_code == 422
    assert key[1] not in other.content.decode(), "the refused values get a key of their own"
    assert Payment.objects.count() == 1
