"""Posting: exact lines, every refusal, and twice."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.company.models import Currency
from core.errors import InvalidInputError
from erp.ledger.enums import JournalKind
from erp.ledger.errors import (
    AlreadyReversedError,
    InactiveAccountError,
    InvalidLineError,
    NoJournalError,
    NoPeriodError,
    PeriodClosedError,
    UnbalancedEntryError,
)
from erp.ledger.models import Account, Journal, JournalEntry, JournalLine
from erp.ledger.operations import close_period
from erp.ledger.posting import EntryLine, post_entries, post_entry, reverse_entry
from tests.factories.catalog import TaxFactory
from tests.factories.company import UserFactory, currency
from tests.factories.ledger import (
    NOW,
    account,
    accounts,
    company_with_ledger,
    entry_input,
    period_of,
    posted,
    some_source,
    two_lines,
)
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db
MARCH = dt.date(2026, 3, 1)
DOLLARS = {"currency_code": "USD", "currency_amount": Decimal("120.00")}


def post(company, lines, **values):
    defaults = {
        "journal": JournalKind.GENERAL,
        "entry_date": MARCH,
        "source": some_source(),
        "purpose": "test",
        "user": None,
        "now": NOW,
    }
    return post_entry(company_id=company.pk, lines=lines, **defaults | values)


def written(entry):
    lines = JournalLine.objects.filter(entry=entry).order_by("position")
    return [(line.account.code, str(line.debit), str(line.credit)) for line in lines]


def test_an_entry_is_written_with_its_lines_and_number():
    company, user, source = company_with_ledger(), UserFactory(), some_source()
    entry = post(
        company,
        two_lines(company, "250.00"),
        source=source,
        source_number="INV-7",
        description="Capital paid in",
        user=user,
    )
    stored = JournalEntry.objects.get(pk=entry.pk)
    assert (stored.number, stored.sequence, stored.year, stored.total_amount) == (
        "GEN-2026-00001",
        1,
        2026,
        Decimal("250.0000"),
    )
    assert (stored.journal.kind, stored.period.number, stored.line_count) == ("general", 3, 2)
    assert (stored.source, stored.source_number, stored.purpose) == (source, "INV-7", "test")
    assert (stored.description, stored.posted_by, stored.posted_at) == ("Capital paid in", user, NOW)
    assert written(stored) == [("1010", "250.0000", "0.0000"), ("3000", "0.0000", "250.0000")]


def test_what_is_returned_is_what_is_stored():
    company = company_with_ledger()
    entry = posted(company)
    stored = JournalEntry.objects.get(pk=entry.pk)
    names = [field.attname for field in JournalEntry._meta.concrete_fields]
    assert [getattr(entry, name) for name in names] == [getattr(stored, name) for name in names]


def test_every_column_of_a_line_arrives():
    company, party = company_with_ledger(), PartyFactory()
    tax = TaxFactory(company=company)
    receivable, revenue, output = accounts(company, "1100", "4000", "2100")
    entry = post(
        company,
        [
            EntryLine(
                receivable,
                debit=Decimal("108.00"),
                party_id=party.pk,
                currency_code="USD",
                currency_amount=Decimal("120.00"),
            ),
            EntryLine(revenue, credit=Decimal("90.00"), description="Goods"),
            EntryLine(output, credit=Decimal("18.00"), tax_id=tax.pk, tax_base=Decimal("-90.00")),
        ],
    )
    first, second, third = JournalLine.objects.filter(entry=entry).order_by("position")
    assert (first.party, first.currency_id, first.currency_amount) == (party, "USD", Decimal(120))
    assert (second.description, second.party, second.tax) == ("Goods", None, None)
    assert (third.tax, third.tax_base, third.currency_id) == (tax, Decimal(-90), None)


@pytest.fixture(autouse=True)
def _dollar():
    currency("USD")


def test_posting_twice_for_one_purpose_posts_once():
    company, source = company_with_ledger(), some_source()
    first = post(company, two_lines(company), source=source)
    again = post(company, two_lines(company, "999.00"), source=source)
    other = post(company, two_lines(company), source=source, purpose="other")
    assert (again.pk, other.number) == (first.pk, "GEN-2026-00002")
    assert JournalEntry.objects.count() == 2


def test_numbers_run_by_journal_and_year():
    company = company_with_ledger()
    numbers = [
        posted(company).number,
        posted(company, journal=JournalKind.SALES).number,
        posted(company, on=dt.date(2025, 12, 31)).number,
        posted(company).number,
    ]
    assert numbers == ["GEN-2026-00001", "SAL-2026-00001", "GEN-2025-00001", "GEN-2026-00002"]


def test_a_journal_can_be_named_by_its_id():
    company = company_with_ledger()
    payroll = Journal.objects.create(company=company, code="PAY", name="Payroll", kind=JournalKind.GENERAL)
    assert posted(company, journal=payroll.pk).number == "PAY-2026-00001"


def test_many_entries_are_posted_in_their_order():
    company = company_with_ledger()
    inputs = [
        entry_input(company, dt.date(2026, 3, 1 + n % 3), journal=kind)
        for n, kind in enumerate([JournalKind.GENERAL, JournalKind.SALES, JournalKind.GENERAL, JournalKind.GENERAL])
    ]
    entries = post_entries(company_id=company.pk, entries=inputs, user=None, now=NOW)
    assert [entry.number for entry in entries] == [
        "GEN-2026-00001",
        "SAL-2026-00001",
        "GEN-2026-00002",
        "GEN-2026-00003",
    ]
    assert JournalLine.objects.count() == 8
    assert post_entries(company_id=company.pk, entries=inputs, user=None, now=NOW) == entries
    assert JournalLine.objects.count() == 8


def test_the_same_source_twice_in_one_call_is_one_entry():
    company, source = company_with_ledger(), some_source()
    inputs = [entry_input(company, source=source), entry_input(company, source=source), entry_input(company)]
    first, second, third = post_entries(company_id=company.pk, entries=inputs, user=None, now=NOW)
    assert first is second
    assert third.number == "GEN-2026-00002"


def test_nothing_to_post_is_nothing():
    assert post_entries(company_id=company_with_ledger().pk, entries=[], user=None, now=NOW) == []


def test_a_refused_entry_takes_its_whole_call_back():
    company = company_with_ledger()
    good, bad = entry_input(company), entry_input(company, dt.date(2031, 1, 1))
    with pytest.raises(NoPeriodError), transaction.atomic():
        post_entries(company_id=company.pk, entries=[good, bad], user=None, now=NOW)
    assert JournalLine.objects.count() == JournalEntry.objects.count() == 0
    assert posted(company).number == "GEN-2026-00001"


def test_blank_lines_are_left_out():
    company = company_with_ledger()
    (expense,) = accounts(company, "6000")
    entry = post(company, [*two_lines(company), EntryLine(expense)])
    assert written(entry) == [("1010", "100.0000", "0.0000"), ("3000", "0.0000", "100.0000")]


def test_a_tax_line_of_zero_keeps_its_base():
    company = company_with_ledger()
    tax = TaxFactory(company=company, rate=0)
    (output,) = accounts(company, "2100")
    entry = post(company, [*two_lines(company), EntryLine(output, tax_id=tax.pk, tax_base=Decimal(-100))])
    assert JournalLine.objects.get(entry=entry, tax=tax).tax_base == Decimal(-100)


def test_posting_takes_few_statements():
    company, lines = company_with_ledger(), []
    first, second = accounts(company, "1010", "3000")
    lines = [EntryLine(first, debit=Decimal(1)), EntryLine(second, credit=Decimal(1))]
    with CaptureQueriesContext(connection) as one:
        post(company, lines)
    with CaptureQueriesContext(connection) as many:
        inputs = [entry_input(company, lines=lines) for _ in range(50)]
        post_entries(company_id=company.pk, entries=inputs, user=None, now=NOW)
    assert (len(one), len(many)) == (4, 4)


# Refusals


def refused(company, error, code, lines=None, **values):
    with pytest.raises(error) as refusal, transaction.atomic():
        post(company, two_lines(company) if lines is None else lines, **values)
    assert refusal.value.code == code
    assert JournalEntry.objects.count() == JournalLine.objects.count() == 0
    return refusal.value


def test_debit_and_credit_must_be_equal():
    company = company_with_ledger()
    first, second = accounts(company, "1010", "3000")
    lines = [EntryLine(first, debit=Decimal("100.00")), EntryLine(second, credit=Decimal("99.99"))]
    refusal = refused(company, UnbalancedEntryError, "unbalanced_entry", lines)
    assert (refusal.params, refusal.field) == ({"difference": "0.01"}, "lines")


@pytest.mark.parametrize("count", [0, 1])
def test_an_entry_has_at_least_two_lines(count):
    company = company_with_ledger()
    (first,) = accounts(company, "1010")
    refused(company, UnbalancedEntryError, "empty_entry", [EntryLine(first)] * count)


def test_amounts_in_one_currency_must_be_equal_too():
    company = company_with_ledger()
    first, second = accounts(company, "1010", "3000")
    lines = [
        EntryLine(first, debit=Decimal(9), currency_code="USD", currency_amount=Decimal(10)),
        EntryLine(second, credit=Decimal(9), currency_code="USD", currency_amount=Decimal(-11)),
    ]
    refused(company, UnbalancedEntryError, "unbalanced_entry", lines)


@pytest.mark.parametrize(
    ("debit", "credit", "code"),
    [
        ("-1.00", "0", "one_side"),
        ("0", "-1.00", "one_side"),
        ("5.00", "5.00", "one_side"),
        ("0.005", "0", "not_rounded"),
    ],
)
def test_a_line_bears_one_positive_rounded_amount(debit, credit, code):
    company = company_with_ledger()
    (first,) = accounts(company, "1010")
    lines = [EntryLine(first, debit=Decimal(debit), credit=Decimal(credit)), *two_lines(company)]
    refused(company, InvalidLineError, code, lines)


def test_the_currency_decides_what_is_rounded():
    company = company_with_ledger(currency=currency("JPY", 0))
    first, second = accounts(company, "1010", "3000")
    lines = [EntryLine(first, debit=Decimal("1.50")), EntryLine(second, credit=Decimal("1.50"))]
    refused(company, InvalidLineError, "not_rounded", lines)


def test_currency_and_amount_in_currency_go_together():
    company = company_with_ledger()
    first, second = accounts(company, "1010", "3000")
    lines = [EntryLine(first, debit=Decimal(9), currency_code="USD"), EntryLine(second, credit=Decimal(9))]
    refused(company, InvalidLineError, "currency_amount", lines)


def test_a_heading_takes_no_lines():
    company = company_with_ledger()
    heading, bank = accounts(company, "10", "1010")
    refused(
        company,
        InactiveAccountError,
        "inactive_account",
        [EntryLine(heading, debit=Decimal(1)), EntryLine(bank, credit=Decimal(1))],
    )


def test_an_inactive_account_takes_no_lines():
    company = company_with_ledger()
    Account.objects.filter(company=company, code="1010").update(active=False)
    refusal = refused(company, InactiveAccountError, "inactive_account")
    assert "1010" in str(refusal)


def test_an_account_of_another_company_takes_no_lines():
    company, other = company_with_ledger(), company_with_ledger()
    refused(company, InactiveAccountError, "inactive_account", two_lines(other))


def test_a_receivable_names_its_party():
    company = company_with_ledger()
    refused(company, InvalidLineError, "party_required", two_lines(company, debit="1100"))


def test_an_account_kept_in_a_currency_takes_only_that():
    company = company_with_ledger()
    dollars = account(company, "1030")
    dollars.currency = Currency.objects.get(code="USD")
    dollars.save()
    refused(company, InvalidLineError, "account_currency", two_lines(company, debit="1030"))
    (capital,) = accounts(company, "3000")
    entry = post(
        company,
        [
            EntryLine(dollars.pk, debit=Decimal(90), currency_code="USD", currency_amount=Decimal(100)),
            EntryLine(capital, credit=Decimal(90)),
        ],
    )
    assert entry.total_amount == Decimal(90)


def test_an_account_in_the_companys_currency_needs_no_second_amount():
    company = company_with_ledger()
    Account.objects.filter(company=company, code="1010").update(currency="EUR")
    assert posted(company).total_amount == Decimal(100)


def test_no_period_holds_the_date():
    refused(company_with_ledger(), NoPeriodError, "no_period", entry_date=dt.date(2031, 1, 1))


def test_a_closed_period_takes_no_entry():
    company = company_with_ledger(first_year=2026)
    close_period(accounting_period_id=period_of(company, dt.date(2026, 1, 1)).pk, user=None, now=NOW)
    refusal = refused(company, PeriodClosedError, "period_closed", entry_date=dt.date(2026, 1, 31))
    assert (refusal.status, refusal.params) == (409, {"date": "2026-01-31"})
    assert posted(company, on=dt.date(2026, 2, 1)).number == "GEN-2026-00001"


def test_there_must_be_a_journal_of_the_kind():
    company = company_with_ledger()
    Journal.objects.filter(company=company, kind=JournalKind.GENERAL).update(active=False)
    refused(company, NoJournalError, "no_journal")


# Reversal


def test_a_reversal_mirrors_every_line():
    company, party, user = company_with_ledger(), PartyFactory(), UserFactory()
    tax = TaxFactory(company=company)
    receivable, revenue, output = accounts(company, "1100", "4000", "2100")
    entry = post(
        company,
        [
            EntryLine(
                receivable, debit=Decimal(108), party_id=party.pk, currency_code="USD", currency_amount=Decimal(120)
            ),
            EntryLine(revenue, credit=Decimal(90), description="Goods"),
            EntryLine(output, credit=Decimal(18), tax_id=tax.pk, tax_base=Decimal(-90)),
        ],
    )
    reversal = reverse_entry(entry_id=entry.pk, reason="Wrong customer", user=user, now=NOW)
    assert written(reversal) == [
        ("1100", "0.0000", "108.0000"),
        ("4000", "90.0000", "0.0000"),
        ("2100", "18.0000", "0.0000"),
    ]
    first, second, third = reversal.lines.order_by("position")
    assert (first.party, first.currency_amount, second.description, third.tax_base) == (
        party,
        Decimal(-120),
        "Goods",
        Decimal(90),
    )
    assert (reversal.reverses, reversal.reason, reversal.posted_by) == (entry, "Wrong customer", user)
    assert (reversal.entry_date, reversal.journal_id, reversal.number) == (MARCH, entry.journal_id, "GEN-2026-00002")
    assert entry.reversal == reversal


def test_a_reversal_is_posted_once():
    company = company_with_ledger()
    entry = posted(company)
    first = reverse_entry(entry_id=entry.pk, reason="Twice", user=None, now=NOW)
    assert reverse_entry(entry_id=entry.pk, reason="Twice", user=None, now=NOW) == first
    assert JournalEntry.objects.count() == 2


def test_a_reversal_goes_to_the_first_open_period():
    company = company_with_ledger(first_year=2026)
    entry = posted(company, on=dt.date(2026, 1, 15))
    for month in (1, 2):
        close_period(accounting_period_id=period_of(company, dt.date(2026, month, 1)).pk, user=None, now=NOW)
    reversal = reverse_entry(entry_id=entry.pk, reason="Late", user=None, now=NOW)
    assert reversal.entry_date == MARCH


def test_a_reversal_may_name_its_day():
    company = company_with_ledger(first_year=2026)
    entry = posted(company, on=dt.date(2026, 1, 15))
    close_period(accounting_period_id=period_of(company, dt.date(2026, 1, 1)).pk, user=None, now=NOW)
    with pytest.raises(PeriodClosedError), transaction.atomic():
        reverse_entry(entry_id=entry.pk, on=dt.date(2026, 1, 20), reason="Late", user=None, now=NOW)
    reversal = reverse_entry(entry_id=entry.pk, on=dt.date(2026, 2, 3), reason="Late", user=None, now=NOW)
    assert reversal.entry_date == dt.date(2026, 2, 3)


@pytest.mark.parametrize(
    ("on", "reason", "code"), [(None, "  ", "reason_required"), (dt.date(2026, 2, 28), "Early", "date_before_entry")]
)
def test_a_reversal_needs_a_reason_and_a_later_date(on, reason, code):
    entry = posted(company_with_ledger())
    with pytest.raises(InvalidInputError) as refusal, transaction.atomic():
        reverse_entry(entry_id=entry.pk, on=on, reason=reason, user=None, now=NOW)
    assert refusal.value.code == code
    assert JournalEntry.objects.count() == 1


def test_a_reversal_is_not_reversed():
    reversal = reverse_entry(entry_id=posted(company_with_ledger()).pk, reason="Once", user=None, now=NOW)
    with pytest.raises(AlreadyReversedError), transaction.atomic():
        reverse_entry(entry_id=reversal.pk, reason="Again", user=None, now=NOW)


def test_there_must_be_an_open_period_to_reverse_into():
    company = company_with_ledger(first_year=2026)
    entry = posted(company, on=dt.date(2026, 1, 15))
    for month in range(1, 13):
        close_period(accounting_period_id=period_of(company, dt.date(2026, month, 1)).pk, user=None, now=NOW)
    with pytest.raises(NoPeriodError), transaction.atomic():
        reverse_entry(entry_id=entry.pk, reason="Late", user=None, now=NOW)
