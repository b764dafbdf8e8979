"""The hash chain: from the first entry on, and the report names the entry that was tampered with."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction

from erp.ledger.enums import JournalKind
from erp.ledger.models import JournalEntry, JournalLine
from erp.ledger.posting import post_entries, reverse_entry
from erp.ledger.queries import verify_chain, verify_chains
from tests.conftest import as_owner
from tests.factories.ledger import NOW, company_with_ledger, entry_input, posted


def chain_of(entry):
    return verify_chain(journal_id=entry.journal_id, year=entry.year)


@pytest.mark.django_db
def test_a_chain_is_whole_however_it_was_posted():
    company = company_with_ledger()
    entry = posted(company, "1.10")
    post_entries(company_id=company.pk, entries=[entry_input(company) for _ in range(3)], user=None, now=NOW)
    reverse_entry(entry_id=entry.pk, reason="Größe · 错误", user=None, now=NOW)
    posted(company, on=dt.date(2025, 5, 1))
    posted(company, journal=JournalKind.SALES)
    reports = verify_chains(company_id=company.pk)
    assert [(report.year, report.checked, report.is_whole) for report in reports] == [
        (2026, 1, True),
        (2025, 1, True),
        (2026, 5, True),
    ]


@pytest.mark.django_db
def test_each_hash_depends_on_its_predecessor():
    company, other = company_with_ledger(), company_with_ledger()
    hashes = {posted(company).chain_hash, posted(company).chain_hash, posted(other).chain_hash}
    assert len(hashes) == 3
    assert all(value.startswith("1$") and len(value) == 66 for value in hashes)


def tamper(*statements):
    """As nobody can but the owner of the machine: triggers switched off."""
    with as_owner(), connection.cursor() as cursor:
        switch(cursor, "DISABLE")
        for statement in statements:
            cursor.execute(statement)
        switch(cursor, "ENABLE")


def switch(cursor, what):
    for table in ("ledger_journalentry", "ledger_journalline"):
        cursor.execute(f"ALTER TABLE {table} {what} TRIGGER USER")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_journalline SET debit = debit + 1 WHERE entry_id = {pk} AND position = 1",
        "UPDATE ledger_journalentry SET number = 'GEN-2026-0004' WHERE id = {pk}",
        "UPDATE ledger_journalentry SET description = 'innocent' WHERE id = {pk}",
        "UPDATE ledger_journalentry SET source_number = 'INV-9' WHERE id = {pk}",
        "UPDATE ledger_journalline SET account_id = account_id + 1 WHERE entry_id = {pk} AND position = 2",
    ],
)
@pytest.mark.django_db(transaction=True)
def test_the_report_names_the_entry_that_was_changed(statement):
    with transaction.atomic():
        company = company_with_ledger()
        entries = [posted(company) for _ in range(6)]
    tamper(statement.format(pk=entries[3].pk))
    with transaction.atomic():
        report = chain_of(entries[0])
        changed = JournalEntry.objects.get(pk=entries[3].pk)
    assert (report.checked, report.broken_number) == (4, changed.number)


@pytest.mark.django_db(transaction=True)
def test_the_report_notices_an_entry_that_is_gone():
    with transaction.atomic():
        company = company_with_ledger()
        entries = [posted(company) for _ in range(4)]
    pk = entries[1].pk
    tamper(
        f"DELETE FROM ledger_journalline WHERE entry_id = {pk}",
        f"DELETE FROM ledger_journalentry WHERE id = {pk}",
    )
    with transaction.atomic():
        assert chain_of(entries[0]).broken_number == entries[2].number


@pytest.mark.django_db
def test_amounts_are_hashed_in_one_form():
    company = company_with_ledger()
    entry = posted(company, Decimal("1E+2"))
    assert JournalLine.objects.filter(entry=entry).count() == 2
    assert chain_of(entry).is_whole
