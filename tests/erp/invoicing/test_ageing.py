"""Aged receivables and payables on any day, exact to the control account."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.banking.models import Payment
from erp.banking.operations import allocate_payment, cancel_payment, receive_payment
from erp.invoicing.enums import Side
from erp.invoicing.models import Allocation, SalesInvoice
from erp.invoicing.operations import settle_sales_invoice, unallocate
from erp.invoicing.queries import (
    AgedReport,
    PartyBalance,
    aged_payables,
    aged_receivables,
    customer_statement,
    open_items,
    party_balance,
)
from erp.ledger.enums import AccountKey
from erp.ledger.queries import account_balance, accounts_for
from tests.factories.banking import receive, send
from tests.factories.invoicing import DAY, Trade, open_of
from tests.factories.ledger import NOW
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db
D = Decimal


def day(month: int, number: int, year: int = 2026) -> dt.date:
    return dt.date(year, month, number)


def aged(trade: Trade, as_of: dt.date) -> AgedReport:
    return aged_receivables(company_id=trade.company.pk, as_of=as_of)


def figures(trade: Trade, as_of: dt.date) -> list[Decimal]:
    """Buckets, credits and total over all parties."""
    totals = aged(trade, as_of).totals
    return [*totals.buckets, totals.credits, totals.total]


def control(trade: Trade, as_of: dt.date, key: AccountKey = AccountKey.RECEIVABLE) -> Decimal:
    account_id = accounts_for(trade.company.pk, [key]).account_id(key)
    return account_balance(company_id=trade.company.pk, account_id=account_id, as_of=as_of)


def test_age_02_credit_notes_and_payments_settle_the_oldest_instalments():
    trade = Trade()
    invoice = trade.of_total(200, payment_term_id=trade.term((30, 0), (50, 30), (20, 60)).pk)
    assert open_of(invoice) == [D(60), D(100), D(40)]
    receive(trade, 40, (invoice, 40))
    assert open_of(invoice) == [D(20), D(100), D(40)]
    credit = trade.post(trade.draft({"description": "Bonus", "unit_price": D(100)}, kind="credit_note"))
    settle_sales_invoice(sales_invoice_id=credit.pk, effective_date=DAY, user=None, now=NOW)
    assert open_of(invoice) == [D(0), D(20), D(40)]


def test_age_04_money_before_any_invoice_is_a_credit_of_the_customer():
    trade = Trade()
    receive(trade, 1000)
    (row,) = aged(trade, DAY).rows
    assert (row.party_id, row.buckets, row.credits, row.total) == (trade.customer.pk, (D(0),) * 5, D(-1000), D(-1000))


def test_age_06_what_was_reconciled_later_stood_open_before():
    trade = Trade()
    advance = receive(trade, 1000, on=day(2, 10))
    march = trade.of_total(50_000, on=day(3, 5))
    april = trade.of_total(100_000, on=day(4, 5))
    later = receive(trade, 49_000, on=day(5, 6))
    for payment, amount in ((advance, 1000), (later, 49_000)):
        allocate_payment(
            payment_id=payment.pk,
            allocations=[(_first_item(march), D(amount))],
            effective_date=day(5, 20),
            user=None,
            now=NOW,
        )
    assert open_of(march) == [D(0)]
    assert figures(trade, day(4, 30)) == [D(0), D(100_000), D(50_000), D(0), D(0), D(-1000), D(149_000)]
    assert figures(trade, day(5, 31))[-1] == D(100_000)
    assert open_of(april) == [D(100_000)]


def _first_item(document) -> int:
    items = open_items(company_id=document.company_id, as_of=day(12, 31))
    return items.get(document_id=document.pk, document_label="invoicing.salesinvoice").pk


def test_age_08_drafts_do_not_count():
    trade = Trade()
    trade.draft({"description": "Draft", "unit_price": D(5)})
    trade.of_total(10)
    assert figures(trade, DAY)[-1] == D(10)


BOUNDARIES = [(day(5, 1), 1), (day(4, 30), 2), (day(4, 29), 4), (day(3, 31), 8), (day(3, 30), 16), (day(1, 30), 32)]


def boundary_invoices(trade: Trade) -> list:
    return [trade.of_total(amount, on=day(1, 1), due_date=due) for due, amount in BOUNDARIES]


def test_age_09_the_days_at_the_edges_of_the_buckets():
    trade = Trade()
    boundary_invoices(trade)
    assert figures(trade, day(4, 30)) == [D(3), D(12), D(16), D(32), D(0), D(0), D(63)]


def test_age_10_a_later_reversal_leaves_the_past_alone():
    trade = Trade()
    *_others, oldest = boundary_invoices(trade)
    before = aged(trade, day(4, 30))
    trade.credit(oldest, on=day(5, 2))
    assert aged(trade, day(4, 30)) == before
    assert figures(trade, day(5, 2))[-1] == D(31)


def test_c_10_the_report_of_march_run_after_aprils_payment():
    trade = Trade()
    invoice = trade.invoice(trade.line(12, 20, discount_percent=D(5)), due_date=day(4, 14))
    receive(trade, 200, (invoice, 200), on=day(3, 20))
    trade.credit(invoice, (invoice.lines.get().pk, 2), on=day(3, 25))
    receive(trade, 28, (invoice, 28), on=day(4, 10))
    assert figures(trade, day(3, 31)) == [D(28), D(0), D(0), D(0), D(0), D(0), D(28)]
    assert control(trade, day(3, 31)) == D(28)
    assert figures(trade, day(4, 10))[-1] == D(0)


def test_a_cancelled_payment_leaves_the_past_alone():
    trade = Trade()
    invoice = trade.of_total(100)
    payment = receive(trade, 60, (invoice, 60), on=day(3, 20))
    before = aged(trade, day(3, 31))
    cancel_payment(payment_id=payment.pk, on=day(4, 2), reason="bounced", user=None, now=NOW)
    assert aged(trade, day(3, 31)) == before
    assert (figures(trade, day(4, 2))[-1], control(trade, day(4, 2))) == (D(100), D(100))


def test_payables_are_positive_when_we_owe():
    trade = Trade()
    bill = trade.supplier_invoice({"description": "Work", "unit_price": D(500)}, due_date=day(3, 31))
    send(trade, 200, (bill, 200), on=day(4, 1))
    (row,) = aged_payables(company_id=trade.company.pk, as_of=day(4, 20)).rows
    assert (row.party_id, row.buckets[1], row.total) == (trade.supplier.pk, D(300), D(300))
    assert control(trade, day(4, 20), AccountKey.PAYABLE) == D(-300)
    found = party_balance(company_id=trade.company.pk, party_id=trade.supplier.pk, as_of=day(4, 20), side=Side.PAYABLE)
    assert found == PartyBalance(D(300), D(300), day(3, 31))


def test_a_partys_balance_its_overdue_part_and_the_oldest_day():
    trade = Trade()
    trade.of_total(100, due_date=day(4, 1))
    trade.of_total(50, due_date=day(6, 1))
    receive(trade, 30)
    found = party_balance(company_id=trade.company.pk, party_id=trade.customer.pk, as_of=day(4, 2))
    assert found == PartyBalance(D(120), D(100), day(4, 1))
    nobody = party_balance(company_id=trade.company.pk, party_id=trade.supplier.pk, as_of=day(4, 2))
    assert nobody == PartyBalance(D(0), D(0), None)


def test_the_statement_of_a_customer_ends_with_the_balance():
    trade = Trade()
    trade.of_total(100, on=day(2, 10))
    invoice = trade.of_total(40, on=day(3, 2))
    receive(trade, 60, on=day(3, 9))
    found = customer_statement(
        company_id=trade.company.pk, party_id=trade.customer.pk, date_from=day(3, 1), date_to=day(3, 31)
    )
    assert found.brought_forward == D(100)
    assert [(line.date, line.amount, line.balance) for line in found.lines] == [
        (day(3, 2), D(40), D(140)),
        (day(3, 9), D(-60), D(80)),
    ]
    assert found.lines[0].number == invoice.number
    balance = party_balance(company_id=trade.company.pk, party_id=trade.customer.pk, as_of=day(3, 31)).balance
    assert found.balance == balance == D(80)


START = day(1, 5)
step = st.tuples(
    st.sampled_from(["invoice", "pay", "advance", "credit", "undo", "cancel"]),
    st.integers(0, 25),
    st.integers(1, 40_000),
    st.integers(0, 9),
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(step, min_size=3, max_size=14))
def test_on_every_day_the_report_equals_the_control_account(steps):
    trade = Trade()
    business = Business(trade)
    today, days = START, [START]
    for kind, later, cents, choice in steps:
        today = min(today + dt.timedelta(later), day(12, 20))
        days.append(today)
        amount = D(cents) / 100
        business.live(kind, today, amount, choice)
    for as_of in {*days, *(one + dt.timedelta(1) for one in days), day(12, 31)}:
        assert figures(trade, as_of)[-1] == control(trade, as_of), as_of
        rows = open_items(company_id=trade.company.pk, as_of=as_of)
        assert sum((row.open_then for row in rows), D(0)) == control(trade, as_of), as_of


class Business:
    """Invoices and payments of two customers, one event at a time."""

    def __init__(self, trade: Trade) -> None:
        self.trade = trade
        self.second = PartyFactory(company=trade.company)
        self.invoices: list[SalesInvoice] = []
        self.payments: list[Payment] = []

    def live(self, kind: str, today: dt.date, amount: Decimal, choice: int) -> None:
        getattr(self, kind)(today, amount, choice)

    def invoice(self, today: dt.date, amount: Decimal, choice: int) -> None:
        party = self.second if choice % 2 else self.trade.customer
        due = today + dt.timedelta(choice * 10)
        self.invoices.append(self.trade.of_total(amount, on=today, due_date=due, party=party))

    def pay(self, today: dt.date, amount: Decimal, choice: int) -> None:
        """Settles the oldest items."""
        self.payments.append(
            receive_payment(
                company_id=self.trade.company.pk,
                party_id=(self.second if choice % 2 else self.trade.customer).pk,
                amount=amount,
                payment_date=today,
                user=None,
                now=NOW,
            )
        )

    def advance(self, today: dt.date, amount: Decimal, choice: int) -> None:
        self.payments.append(receive(self.trade, amount, on=today))

    def credit(self, today: dt.date, amount: Decimal, choice: int) -> None:
        if self.invoices:
            self.trade.credit(self.invoices.pop(choice % len(self.invoices)), on=today)

    def undo(self, today: dt.date, amount: Decimal, choice: int) -> None:
        row = Allocation.objects.filter(company=self.trade.company, reverses=None, reversed_by=None).last()
        if row is not None:
            unallocate(allocation_id=row.pk, effective_date=today, user=None, now=NOW)

    def cancel(self, today: dt.date, amount: Decimal, choice: int) -> None:
        if self.payments:
            payment = self.payments.pop(choice % len(self.payments))
            cancel_payment(payment_id=payment.pk, on=today, reason="bounced", user=None, now=NOW)
