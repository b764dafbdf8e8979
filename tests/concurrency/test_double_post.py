"""Eight people post the same invoice or payment at the same moment, or settle the same item: one number, one journal
entry, one open item, one allocation. Without the locks they would collide."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from core.company.tenancy import all_companies
from erp.banking.models import Payment
from erp.banking.operations import create_payment, post_payment
from erp.banking.operations import posting as payment_posting
from erp.invoicing.models import OpenItem, SalesInvoice
from erp.invoicing.operations import Match, allocate, allocations, post_sales_invoice, posting
from erp.ledger.models import JournalEntry
from tests.factories.banking import receive
from tests.factories.invoicing import DAY, Trade
from tests.factories.ledger import NOW

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def at_once(act: Callable[[], Any]) -> list[Any]:
    """What eight threads get that start together; an exception is an answer too."""
    start = Barrier(THREADS)

    def run(_number: int) -> Any:
        try:
            with all_companies():
                start.wait()
                return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def made() -> tuple[Trade, SalesInvoice]:
    with all_companies(), transaction.atomic():
        trade = Trade()
        return trade, trade.draft(trade.line(2, 50))


def counted(invoice: SalesInvoice) -> tuple[int, int, int]:
    """Entries, open items and the version of the invoice."""
    with all_companies(), transaction.atomic():
        entries = JournalEntry.objects.filter(source_label="invoicing.salesinvoice", source_id=invoice.pk)
        items = OpenItem.objects.filter(document_label="invoicing.salesinvoice", document_id=invoice.pk)
        return entries.count(), items.count(), SalesInvoice.objects.get(pk=invoice.pk).version


def test_an_invoice_is_posted_once():
    _trade, invoice = made()
    answers = at_once(lambda: post_sales_invoice(sales_invoice_id=invoice.pk, user=None, now=NOW).number)
    assert answers == ["INV-2026-00001"] * THREADS
    assert counted(invoice) == (1, 1, 2)


def test_without_the_lock_they_collide(monkeypatch):
    together = Barrier(THREADS, timeout=10)

    def read_only(kind, invoice_id):
        related = ("company__currency", "currency", "party", "payment_term", "reverses")
        found = kind.model._default_manager.select_related(*related).get(pk=invoice_id)
        together.wait()
        return found

    monkeypatch.setattr(posting, "_lock", read_only)
    _trade, invoice = made()
    answers = at_once(lambda: post_sales_invoice(sales_invoice_id=invoice.pk, user=None, now=NOW).number)
    assert answers != ["INV-2026-00001"] * THREADS
    assert any(isinstance(answer, Exception) for answer in answers)


def drafted() -> Payment:
    """Money received that nobody has posted yet."""
    with all_companies(), transaction.atomic():
        trade = Trade()
        return create_payment(
            company_id=trade.company.pk,
            party_id=trade.customer.pk,
            amount=Decimal(5),
            document_date=DAY,
            user=None,
            now=NOW,
        )


def entries_of(payment: Payment) -> int:
    with all_companies(), transaction.atomic():
        return JournalEntry.objects.filter(source_label="banking.payment", source_id=payment.pk).count()


def test_a_payment_is_posted_once():
    payment = drafted()
    answers = at_once(lambda: post_payment(payment_id=payment.pk, user=None, now=NOW).number)
    assert answers == ["RCP-2026-00001"] * THREADS
    assert entries_of(payment) == 1


def test_without_the_lock_payments_collide(monkeypatch):
    together = Barrier(THREADS, timeout=10)

    def read_only(payment_id):
        related = ("company__currency", "currency", "party", "cash_account")
        found = Payment.objects.select_related(*related).get(pk=payment_id)
        together.wait()
        return found

    monkeypatch.setattr(payment_posting, "_lock", read_only)
    payment = drafted()
    answers = at_once(lambda: post_payment(payment_id=payment.pk, user=None, now=NOW).number)
    assert answers != ["RCP-2026-00001"] * THREADS
    assert any(isinstance(answer, Exception) for answer in answers)


def settled_by_many() -> tuple[list[str], Decimal, Decimal]:
    """Each of the eight wants all that is open: what they got, and what is open of both items then."""
    with all_companies(), transaction.atomic():
        trade = Trade()
        invoice, payment = trade.of_total(100), receive(trade, 500)
        items = OpenItem.objects.filter(company=trade.company)
        debit, credit = items.get(document_id=invoice.pk, amount__gt=0), items.get(amount__lt=0)
    assert payment.number
    match = Match(debit.pk, credit.pk, Decimal(100))
    answers = at_once(
        lambda: len(allocate(company_id=trade.company.pk, matches=[match], effective_date=DAY, user=None, now=NOW))
    )
    with all_companies(), transaction.atomic():
        left = [OpenItem.objects.get(pk=item.pk).open_amount for item in (debit, credit)]
    return sorted(type(answer).__name__ for answer in answers), left[0], left[1]


def test_an_open_item_is_never_settled_twice(monkeypatch):
    """One gets it, the others are refused. A pause behind the lock lets everybody read before anybody writes, if the
    lock lets them."""
    locked = allocations.lock_items

    def slowly(item_ids):
        found = locked(item_ids)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(allocations, "lock_items", slowly)
    assert settled_by_many() == (["AllocationExceedsItemError"] * (THREADS - 1) + ["int"], 0, -400)


def test_without_the_lock_of_items_only_the_database_refuses(monkeypatch):
    """No operation sees that another one settles the item, too: what stops them is the database's own check."""
    together = Barrier(THREADS, timeout=10)

    def read_only(item_ids):
        found = {row.pk: row for row in OpenItem.objects.filter(pk__in=set(item_ids))}
        together.wait()
        return found

    monkeypatch.setattr(allocations, "lock_items", read_only)
    answers, _debit, _credit = settled_by_many()
    assert "AllocationExceedsItemError" not in answers
    assert answers != ["int"]
