"""Allocations: what settles what, from when on, and what the database refuses."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core.errors import WrongStateError
from erp.invoicing.errors import AllocationDateError, AllocationExceedsItemError, ItemsDoNotMatchError
from erp.invoicing.models import Allocation, OpenItem
from erp.invoicing.operations import Match, allocate, unallocate
from erp.ledger.enums import AccountKey
from erp.ledger.errors import PeriodClosedError
from erp.ledger.models import AccountingPeriod
from erp.ledger.queries import account_balance, accounts_for
from tests.factories.banking import CashAccountFactory, receive, send
from tests.factories.company import CurrencyRateFactory, currency
from tests.factories.invoicing import DAY, Trade, booked, open_of
from tests.factories.ledger import NOW

pytestmark = pytest.mark.django_db
D = Decimal
APRIL, MAY = dt.date(2026, 4, 10), dt.date(2026, 5, 10)


def item(document) -> OpenItem:
    return OpenItem.objects.get(document_label=document._meta.label_lower, document_id=document.pk, instalment=1)


def settle(trade: Trade, invoice, payment, amount, on: dt.date = DAY) -> list[Allocation]:
    match = Match(item(invoice).pk, item(payment).pk, D(amount))
    return allocate(company_id=trade.company.pk, matches=[match], effective_date=on, user=None, now=NOW)


def control(trade: Trade, on: dt.date, key: AccountKey = AccountKey.RECEIVABLE) -> Decimal:
    account_id = accounts_for(trade.company.pk, [key]).account_id(key)
    return account_balance(company_id=trade.company.pk, account_id=account_id, as_of=on)


def euro_account(trade: Trade):
    return CashAccountFactory(company=trade.company, currency=currency("EUR")).pk


def test_an_allocation_takes_its_amount_off_both():
    trade = Trade()
    invoice, payment = trade.of_total(100), receive(trade, 70)
    (row,) = settle(trade, invoice, payment, 30, on=APRIL)
    assert (row.debit_amount, row.credit_amount, row.currency_amount) == (D(30), D(30), D(30))
    assert (open_of(invoice), open_of(payment)) == ([D(70)], [D(-40)])
    assert (item(invoice).settled_date, item(invoice).last_allocation_date) == (None, APRIL)
    settle(trade, invoice, payment, 40, on=DAY)
    assert (item(payment).settled_date, item(payment).first_allocation_date) == (APRIL, DAY)


@pytest.mark.parametrize("amount", ["0", "-1", "70.01", "100.01"])
def test_amounts_beyond_what_is_open_are_refused(amount):
    trade = Trade()
    invoice, payment = trade.of_total(100), receive(trade, 70)
    with pytest.raises(AllocationExceedsItemError):
        settle(trade, invoice, payment, amount)


def test_together_two_matches_cannot_exceed_an_item():
    trade = Trade()
    first, second, payment = trade.of_total(50), trade.of_total(50), receive(trade, 70)
    matches = [Match(item(one).pk, item(payment).pk, D(40)) for one in (first, second)]
    with pytest.raises(AllocationExceedsItemError):
        allocate(company_id=trade.company.pk, matches=matches, effective_date=DAY, user=None, now=NOW)


def test_the_database_refuses_too_much_also_without_the_operation():
    trade = Trade()
    invoice, payment = trade.of_total(100), receive(trade, 200)
    values = {"company": trade.company, "debit_item": item(invoice), "credit_item": item(payment)}
    with pytest.raises(IntegrityError, match="not_exceeded"), transaction.atomic():
        Allocation.objects.create(
            **values, debit_amount=101, credit_amount=101, currency_amount=101, effective_date=DAY
        )
    with pytest.raises(IntegrityError, match="invoicing_allocation_sign"), transaction.atomic():
        Allocation.objects.create(**values, debit_amount=-1, credit_amount=-1, currency_amount=-1, effective_date=DAY)


def test_allocations_are_never_changed():
    trade = Trade()
    invoice = trade.of_total(100)
    receive(trade, 40, (invoice, 40))
    for change in (lambda rows: rows.update(currency_amount=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Allocation.objects.all())


def test_items_that_cannot_settle_each_other_are_refused():
    trade, other = Trade(), Trade()
    invoice, second = trade.of_total(100), trade.of_total(50)
    CurrencyRateFactory(company=trade.company, currency=currency("USD"), date="2026-01-01", rate="0.9")
    dollars = trade.of_total(100, currency_code="USD")
    paid, foreign = receive(trade, 70), receive(other, 70)
    supplier = send(trade, 10)
    for first, last in ((invoice, second), (invoice, foreign), (dollars, paid), (supplier, paid)):
        with pytest.raises(ItemsDoNotMatchError) as refused:
            settle(trade, first, last, 10)
        assert refused.value.field == "allocations"


def test_nothing_settles_before_it_exists():
    trade = Trade()
    payment, invoice = receive(trade, 70), trade.of_total(100, on=APRIL)
    with pytest.raises(AllocationDateError):
        settle(trade, invoice, payment, 70, on=APRIL - dt.timedelta(1))


def test_a_closed_period_keeps_its_open_items():
    trade = Trade()
    invoice, payment = trade.of_total(100), receive(trade, 70)
    AccountingPeriod.objects.filter(company=trade.company, start_date=dt.date(2026, 3, 1)).update(status="closed")
    with pytest.raises(PeriodClosedError):
        settle(trade, invoice, payment, 70, on=DAY)
    assert settle(trade, invoice, payment, 70, on=APRIL)


def test_undoing_is_a_new_fact_and_done_once():
    trade = Trade()
    invoice, payment = trade.of_total(100), receive(trade, 100)
    (row,) = settle(trade, invoice, payment, 100)
    assert item(invoice).settled_date == DAY
    undone = unallocate(allocation_id=row.pk, effective_date=APRIL, user=None, now=NOW)
    assert (undone.reverses, undone.currency_amount) == (row, D(-100))
    assert (open_of(invoice), item(invoice).settled_date, item(invoice).life) == ([D(100)], None, None)
    assert unallocate(allocation_id=row.pk, effective_date=MAY, user=None, now=NOW) == undone
    with pytest.raises(WrongStateError):
        unallocate(allocation_id=undone.pk, effective_date=MAY, user=None, now=NOW)


def test_undoing_is_not_dated_before_the_allocation():
    trade = Trade()
    invoice, payment = trade.of_total(100), receive(trade, 100)
    (row,) = settle(trade, invoice, payment, 100, on=APRIL)
    with pytest.raises(AllocationDateError):
        unallocate(allocation_id=row.pk, effective_date=DAY, user=None, now=NOW)


def test_what_was_undone_is_not_settled_again_before_that_day():
    trade = Trade()
    invoice, payment = trade.of_total(100), receive(trade, 100)
    (row,) = settle(trade, invoice, payment, 100)
    unallocate(allocation_id=row.pk, effective_date=MAY, user=None, now=NOW)
    with pytest.raises(AllocationDateError):
        settle(trade, invoice, payment, 100, on=APRIL)
    assert settle(trade, invoice, payment, 100, on=MAY)


def test_fx_02_the_difference_of_two_rates_is_a_gain():
    trade = Trade(currency=currency("USD"))
    CurrencyRateFactory(company=trade.company, currency=currency("EUR"), date="2026-01-01", rate=D(50) / 90)
    CurrencyRateFactory(company=trade.company, currency=currency("EUR"), date="2026-04-01", rate="0.5")
    bill = trade.supplier_invoice({"description": "Work", "unit_price": D(90)}, currency_code="EUR")
    assert item(bill).amount == D("-50.00")
    send(trade, 90, (bill, 90), on=APRIL, currency_code="EUR", cash_account_id=euro_account(trade))
    (row,) = Allocation.objects.all()
    assert (row.debit_amount, row.credit_amount, row.currency_amount) == (D(45), D(50), D(90))
    assert (control(trade, MAY, AccountKey.FX_GAIN), control(trade, MAY, AccountKey.FX_LOSS)) == (D(-5), D(0))
    assert [amount for _code, amount in booked(row, "exchange_difference")] == [D(5), D(-5)]
    assert control(trade, MAY, AccountKey.PAYABLE) == D(0)


def test_fx_09_realised_differences_add_up_over_two_payments():
    trade = Trade(currency=currency("USD"))
    for day, rate in (("2026-01-01", "1.10"), ("2026-04-01", "1.15"), ("2026-05-01", "1.08")):
        CurrencyRateFactory(company=trade.company, currency=currency("EUR"), date=day, rate=rate)
    bank = euro_account(trade)
    invoice = trade.of_total(1000, currency_code="EUR")
    receive(trade, 400, (invoice, 400), on=APRIL, currency_code="EUR", cash_account_id=bank)
    receive(trade, 600, (invoice, 600), on=MAY, currency_code="EUR", cash_account_id=bank)
    differences = [row.credit_amount - row.debit_amount for row in Allocation.objects.order_by("pk")]
    assert differences == [D("20.00"), D("-12.00")]
    assert (control(trade, MAY), item(invoice).settled_date) == (D(0), MAY)


def test_undoing_a_foreign_allocation_undoes_its_difference():
    trade = Trade(currency=currency("USD"))
    for day, rate in (("2026-01-01", "1.10"), ("2026-04-01", "1.15")):
        CurrencyRateFactory(company=trade.company, currency=currency("EUR"), date=day, rate=rate)
    invoice = trade.of_total(1000, currency_code="EUR")
    receive(trade, 400, (invoice, 400), on=APRIL, currency_code="EUR", cash_account_id=euro_account(trade))
    row = Allocation.objects.get()
    undone = unallocate(allocation_id=row.pk, effective_date=MAY, user=None, now=NOW)
    assert booked(undone, "exchange_difference") == [
        (code, -amount) for code, amount in reversed(booked(row, "exchange_difference"))
    ]
    assert control(trade, MAY) == sum(one.open_amount for one in OpenItem.objects.filter(company=trade.company))


def test_thirds_of_a_foreign_item_leave_no_cent():
    trade = Trade(currency=currency("USD"))
    CurrencyRateFactory(company=trade.company, currency=currency("EUR"), date="2026-01-01", rate="1.07333")
    invoice = trade.of_total("100.00", currency_code="EUR")
    bank = euro_account(trade)
    for amount in ("33.33", "33.33", "33.34"):
        receive(trade, amount, (invoice, amount), on=APRIL, currency_code="EUR", cash_account_id=bank)
    assert (item(invoice).open_amount, item(invoice).open_currency_amount) == (D(0), D(0))
    assert control(trade, APRIL) == D(0)
