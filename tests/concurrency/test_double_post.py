"""Eight people post the same invoice at the same moment: one number, one journal entry, one open item. Without the
invoice's lock they would collide."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from core.company.tenancy import all_companies
from erp.banking.operations import post_payment
from erp.invoicing.models import OpenItem, SalesInvoice
from erp.invoicing.operations import Match, allocate, post_sales_invoice, posting
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
    together = Barrier(THREADS)

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


def test_a_payment_is_posted_once():
    with all_companies(), transaction.atomic():
        trade = Trade()
        payment = receive(trade, 5)
        fresh = trade.of_total(100)
    assert fresh.number == "INV-2026-00001"
    answers = at_once(lambda: post_payment(payment_id=payment.pk, user=None, now=NOW).number)
    assert answers == ["RCP-2026-00001"] * THREADS


def test_an_open_item_is_never_settled_twice():
    """Each of the eight wants all that is open; one gets it, the others are refused."""
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
    assert answers.count(1) == 1
    assert sorted({type(answer).__name__ for answer in answers}) == ["AllocationExceedsItemError", "int"]
    with all_companies(), transaction.atomic():
        assert OpenItem.objects.get(pk=debit.pk).open_amount == 0
        assert OpenItem.objects.get(pk=credit.pk).open_amount == -400
