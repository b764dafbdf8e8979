"""What the database refuses, whoever asks: unbalanced, incomplete or late entries, and any change to a posted one."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.company.tenancy import use_companies
from erp.ledger.enums import JournalKind
from erp.ledger.models import BalanceDelta, Journal, JournalEntry, JournalLine
from erp.ledger.operations import close_period
from tests.conftest import as_owner
from tests.factories.ledger import NOW, accounts, company_with_ledger, period_of, posted

DAY = dt.date(2026, 3, 1)


def insert_header(company, pk, *, line_count=2, total=100, on=DAY, period=None):
    journal = Journal.objects.get(company=company, kind=JournalKind.GENERAL)
    period = period or period_of(company, on)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_journalentry (id, company_id, journal_id, period_id, year, sequence, number,"
            " entry_date, description, source_label, source_id, source_number, purpose, reason, line_count,"
            " total_amount, posted_at, chain_hash)"
            " VALUES (%s, %s, %s, %s, 2026, %s, %s, %s, '', 'raw.sql', %s, '', 'raw', '', %s, %s, %s, '')",
            [pk, company.pk, journal.pk, period.pk, pk, f"RAW-{pk}", on, pk, line_count, total, NOW],
        )


def insert_line(company, pk, position, account_id, *, debit=0, credit=0, line_count=2, on=DAY):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_journalline (company_id, entry_id, entry_date, line_count, position, account_id,"
            " description, debit, credit) VALUES (%s, %s, %s, %s, %s, %s, '', %s, %s)",
            [company.pk, pk, on, line_count, position, account_id, debit, credit],
        )


def raw_entry(company, *amounts, pk=900_001, **header):
    """Lines of (debit, credit) and their header, by SQL."""
    bank, capital = accounts(company, "1010", "3000")
    for position, (debit, credit) in enumerate(amounts, 1):
        account_id = bank if debit else capital
        insert_line(company, pk, position, account_id, debit=debit, credit=credit, line_count=len(amounts))
    insert_header(company, pk, line_count=header.pop("line_count", len(amounts)), **header)


def refused_at_commit(match):
    return pytest.raises(IntegrityError, match=match)


@pytest.mark.django_db
def test_raw_sql_that_balances_is_accepted():
    company = company_with_ledger()
    raw_entry(company, (100, 0), (0, 100))
    connection.check_constraints()
    assert JournalLine.objects.count() == 2


@pytest.mark.django_db
def test_an_entry_out_of_balance_is_refused_at_commit():
    company = company_with_ledger()
    with refused_at_commit("does not balance: debit 100.0000, credit 99.9900"), transaction.atomic():
        raw_entry(company, (100, 0), (0, Decimal("99.99")))
        connection.check_constraints()


@pytest.mark.django_db(transaction=True)
def test_the_refusal_comes_with_a_real_commit():
    company = company_with_ledger()
    with refused_at_commit("does not balance"), transaction.atomic():
        raw_entry(company, (100, 0), (0, 90))
    with transaction.atomic():
        assert JournalLine.objects.count() == JournalEntry.objects.count() == BalanceDelta.objects.count() == 0


@pytest.mark.django_db
def test_a_header_without_lines_is_refused():
    company = company_with_ledger()
    with refused_at_commit("has 0 lines instead of 2"), transaction.atomic():
        insert_header(company, 900_001)
        connection.check_constraints()


@pytest.mark.django_db
def test_a_header_that_allows_no_lines_is_refused():
    company = company_with_ledger()
    with pytest.raises(IntegrityError, match="ledger_entry_not_empty"), transaction.atomic():
        insert_header(company, 900_001, line_count=0)


@pytest.mark.django_db
def test_a_total_that_is_not_the_sum_is_refused():
    company = company_with_ledger()
    with refused_at_commit("does not balance"), transaction.atomic():
        raw_entry(company, (100, 0), (0, 100), total=99)
        connection.check_constraints()


@pytest.mark.django_db
def test_lines_without_a_header_are_refused():
    company = company_with_ledger()
    (bank,) = accounts(company, "1010")
    with refused_at_commit("ledger_line_of_entry"), transaction.atomic():
        insert_line(company, 900_001, 1, bank, debit=100)
        connection.check_constraints()


@pytest.mark.parametrize("changed", [{"line_count": 4}, {"on": dt.date(2026, 3, 2)}])
@pytest.mark.django_db
def test_a_line_added_to_a_posted_entry_is_refused(changed):
    company = company_with_ledger()
    entry = posted(company, on=DAY)
    connection.check_constraints()
    bank, capital = accounts(company, "1010", "3000")
    with refused_at_commit("ledger_line_of_entry"), transaction.atomic():
        insert_line(company, entry.pk, 3, bank, debit=5, **{"line_count": 4} | changed)
        insert_line(company, entry.pk, 4, capital, credit=5, **{"line_count": 4} | changed)
        connection.check_constraints()


@pytest.mark.django_db
def test_an_entry_has_no_room_beyond_its_count():
    company = company_with_ledger()
    entry = posted(company, on=DAY)
    (bank,) = accounts(company, "1010")
    with pytest.raises(IntegrityError, match="ledger_line_counted"), transaction.atomic():
        insert_line(company, entry.pk, 3, bank, debit=5)
    with pytest.raises(IntegrityError, match="ledger_line_position"), transaction.atomic():
        insert_line(company, entry.pk, 2, bank, debit=5)


@pytest.mark.parametrize(("debit", "credit"), [(5, 5), (0, 0), (-5, 0), (0, -5)])
@pytest.mark.django_db
def test_a_line_has_one_positive_side(debit, credit):
    company = company_with_ledger()
    (bank,) = accounts(company, "1010")
    with pytest.raises(IntegrityError, match="ledger_line_one_side"), transaction.atomic():
        insert_line(company, 900_001, 1, bank, debit=debit, credit=credit)


@pytest.mark.django_db
def test_a_line_of_another_company_does_not_belong():
    company, other = company_with_ledger(), company_with_ledger()
    bank, capital = accounts(other, "1010", "3000")
    with refused_at_commit("ledger_line_of_entry|has 0 lines"), transaction.atomic():
        insert_line(other, 900_001, 1, bank, debit=100)
        insert_line(other, 900_001, 2, capital, credit=100)
        insert_header(company, 900_001)
        connection.check_constraints()


@pytest.mark.django_db
def test_a_closed_period_takes_no_raw_entry():
    company = company_with_ledger(first_year=2026)
    january = period_of(company, dt.date(2026, 1, 1))
    close_period(accounting_period_id=january.pk, user=None, now=NOW)
    with pytest.raises(IntegrityError, match="is not in an open period"), transaction.atomic():
        insert_header(company, 900_001, on=dt.date(2026, 1, 5))
    with pytest.raises(IntegrityError, match="is not in an open period"), transaction.atomic():
        insert_header(company, 900_001, on=dt.date(2026, 1, 5), period=period_of(company, DAY))


@pytest.mark.django_db
def test_what_was_posted_before_closing_stays_accepted():
    company = company_with_ledger(first_year=2026)
    posted(company, on=dt.date(2026, 1, 5))
    close_period(accounting_period_id=period_of(company, dt.date(2026, 1, 1)).pk, user=None, now=NOW)
    connection.check_constraints()


@pytest.mark.django_db
def test_the_check_sees_the_lines_whatever_the_session_may_see():
    company = company_with_ledger()
    with use_companies([company.pk]):
        posted(company)
    with use_companies([]):
        connection.check_constraints()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_journalline SET debit = debit + 1 WHERE debit > 0",
        "UPDATE ledger_journalentry SET description = 'changed'",
        "DELETE FROM ledger_journalline",
        "DELETE FROM ledger_journalentry",
    ],
)
@pytest.mark.django_db(transaction=True)
def test_posted_rows_never_change(statement):
    """The app role is not allowed to; the owner meets the trigger."""
    with transaction.atomic():
        posted(company_with_ledger())
    with pytest.raises(DatabaseError, match=r"permission denied|is append-only"), transaction.atomic():
        execute(statement)
    with as_owner(), pytest.raises(DatabaseError, match="is append-only"), transaction.atomic():
        execute(statement)


@pytest.mark.django_db(transaction=True)
def test_the_app_role_has_no_right_to_change_entries():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = current_user"
            " AND table_name IN ('ledger_journalentry', 'ledger_journalline', 'ledger_periodchange')"
            " AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')"
        )
        assert cursor.fetchall() == []


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
