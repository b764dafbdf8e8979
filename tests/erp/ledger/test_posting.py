"""Posting: exact lines, every refusal, twice, and what the database refuses by itself."""

import datetime as dt
from decimal import Decimal

import pytest

from erp.ledger.models import JournalEntry, JournalLine
from erp.ledger.queries import trial_balance
from tests.factories.ledger import company_with_ledger, posted

pytestmark = pytest.mark.django_db


def test_an_entry_is_written_with_its_lines_and_number():
    company = company_with_ledger()
    entry = posted(company, "250.00")
    stored = JournalEntry.objects.get(pk=entry.pk)
    assert (stored.number, stored.sequence, stored.total_amount) == ("GEN-2026-00001", 1, Decimal("250.0000"))
    lines = JournalLine.objects.filter(entry=entry).order_by("position")
    assert [(line.account.code, line.debit, line.credit) for line in lines] == [
        ("1010", Decimal("250.0000"), Decimal(0)),
        ("3000", Decimal(0), Decimal("250.0000")),
    ]


def test_the_trial_balance_shows_it():
    company = company_with_ledger()
    posted(company, "250.00")
    balance = trial_balance(company_id=company.pk, as_of=dt.date(2026, 3, 31))
    assert [(row.code, row.closing) for row in balance.rows] == [("1010", Decimal(250)), ("3000", Decimal(-250))]
