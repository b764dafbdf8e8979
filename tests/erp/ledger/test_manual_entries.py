"""Manual entries: draft, taxes, currencies, posting, reversing; and opening balances."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction

from core.company.queries import NoRateError
from core.errors import ConflictError, InvalidInputError, WrongStateError
from core.events.models import OutboxEvent
from core.events.outbox import subscribe
from erp.ledger.enums import JournalKind, ManualEntryStatus
from erp.ledger.errors import (
    AlreadyReversedError,
    ControlAccountError,
    NoJournalError,
    PeriodClosedError,
    SubledgerEntryError,
    UnbalancedEntryError,
)
from erp.ledger.events import JournalEntryReversed, ManualEntryPosted
from erp.ledger.models import Journal, JournalEntry, JournalLine, ManualEntry, ManualEntryLine, TaxAccount
from erp.ledger.operations import (
    ManualLine,
    cancel_manual_entry,
    close_period,
    create_manual_entry,
    post_manual_entry,
    post_opening_balances,
    reverse_journal_entry,
    reverse_manual_entry,
    update_manual_entry,
)
from erp.ledger.queries import trial_balance
from tests.factories.catalog import TaxFactory, TaxSetFactory, vat
from tests.factories.company import CurrencyRateFactory, UserFactory, currency
from tests.factories.ledger import NOW, account, accounts, company_with_ledger, period_of, posted
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 10)


def draft(company, *lines, **values):
    """Lines as (code, debit, credit) with further values."""
    given = [
        {"account_id": account(company, code).pk, "debit": Decimal(debit), "credit": Decimal(credit), **more}
        for code, debit, credit, more in [(*line, {})[:4] for line in lines]
    ]
    defaults = {"document_date": DAY, "user": None, "now": NOW}
    return create_manual_entry(company_id=company.pk, lines=given, **defaults | values)


def post(document, user=None):
    return post_manual_entry(manual_entry_id=document.pk, user=user, now=NOW)


def written(document):
    lines = JournalLine.objects.filter(entry=document.entry_id).select_related("account").order_by("position")
    return [(line.account.code, line.debit, line.credit) for line in lines]


RENT = (("6030", "900.00", "0"), ("1010", "0", "900.00"))


def test_a_draft_keeps_what_was_entered():
    company, user, party = company_with_ledger(), UserFactory(), PartyFactory()
    document = draft(company, ("6030", "900.00", "0", {"description": "March", "party_id": party.pk}), user=user)
    assert (document.status, document.number, document.entry, document.total_amount) == ("draft", None, None, 900)
    assert (document.journal.kind, document.currency_id, document.owner, document.created_by) == (
        "general",
        "EUR",
        user,
        user,
    )
    (line,) = document.lines.all()
    assert (line.position, line.account.code, line.debit, line.credit, line.description, line.party) == (
        1,
        "6030",
        900,
        0,
        "March",
        party,
    )
    assert JournalEntry.objects.count() == 0


def test_posting_makes_a_journal_entry():
    subscribe(ManualEntryPosted, _ignore)
    company, user = company_with_ledger(), UserFactory()
    document = post(draft(company, *RENT, description="Rent of March"), user)
    entry = document.entry
    assert (document.status, document.number, str(document)) == ("posted", "GEN-2026-00001", "GEN-2026-00001")
    assert written(document) == [("6030", 900, 0), ("1010", 0, 900)]
    assert (entry.description, entry.entry_date, entry.posted_by, entry.source.label) == (
        "Rent of March",
        DAY,
        user,
        "ledger.manualentry",
    )
    event = OutboxEvent.objects.get(kind="erp.ledger.ManualEntryPosted")
    assert event.payload == {"manual_entry_id": document.pk, "journal_entry_id": entry.pk}


def _ignore(event):
    """Somebody who listens, so that events are written at all."""


def test_posting_twice_changes_nothing():
    document = draft(company_with_ledger(), *RENT)
    assert (post(document).version, post(document).version) == (2, 2)
    assert JournalEntry.objects.count() == 1


def test_a_tax_set_adds_its_tax_lines():
    """TAX-18: 200 with 10 fixed inside the price, raising the base; then 10 %, then 15 fixed."""
    company = company_with_ledger()
    taxes = [
        TaxFactory(company=company, kind="fixed", rate=0, unit_amount=10, price_included=True, affects_base=True),
        TaxFactory(company=company, rate=10, sequence=1),
        TaxFactory(company=company, kind="fixed", rate=0, unit_amount=15, sequence=2),
    ]
    tax_set = TaxSetFactory(company=company)
    tax_set.taxes.add(*taxes)
    document = post(draft(company, ("6000", "200.00", "0", {"tax_set_id": tax_set.pk}), ("1010", "0", "235.00")))
    assert written(document) == [("6000", 190, 0), ("2100", 10, 0), ("2100", 20, 0), ("2100", 15, 0), ("1010", 0, 235)]
    tax_lines = JournalLine.objects.filter(entry=document.entry, tax__isnull=False).order_by("position")
    assert [(line.tax, line.tax_base) for line in tax_lines] == [(taxes[0], 190), (taxes[1], 200), (taxes[2], 200)]


def test_taxes_in_a_group_find_their_accounts():
    company = company_with_ledger()
    state, city = (TaxFactory(company=company, rate=rate, direction="purchase") for rate in (5, 2))
    group = TaxFactory(company=company, kind="group", rate=0, direction="purchase")
    group.children.add(state, city)
    tax_set = TaxSetFactory(company=company, direction="purchase")
    tax_set.taxes.add(group)
    TaxAccount.objects.create(company=company, tax=city, account=account(company, "1330"))
    document = post(draft(company, ("6000", "100.00", "0", {"tax_set_id": tax_set.pk}), ("1010", "0", "107.00")))
    assert sorted(written(document)) == [("1010", 0, 107), ("1300", 5, 0), ("1330", 2, 0), ("6000", 100, 0)]


def test_taxes_of_a_credit_line_are_credited():
    company = company_with_ledger()
    document = post(draft(company, ("1010", "120.00", "0"), ("4000", "0", "100.00", {"tax_set_id": vat(company).pk})))
    assert written(document) == [("1010", 120, 0), ("4000", 0, 100), ("2100", 0, 20)]
    assert JournalLine.objects.get(entry=document.entry, tax__isnull=False).tax_base == -100


def test_an_entry_in_a_foreign_currency_is_converted_to_the_cent():
    company = company_with_ledger()
    CurrencyRateFactory(company=company, currency=currency("USD"), date=dt.date(2026, 3, 1), rate="0.91234567")
    document = post(
        draft(
            company,
            ("6030", "33.33", "0"),
            ("6040", "33.33", "0"),
            ("6050", "33.34", "0"),
            ("1010", "0", "100.00"),
            currency_id="USD",
        )
    )
    assert written(document) == [
        ("6030", Decimal("30.41"), 0),
        ("6040", Decimal("30.41"), 0),
        ("6050", Decimal("30.41"), 0),
        ("1010", 0, Decimal("91.23")),
    ]
    lines = JournalLine.objects.filter(entry=document.entry).order_by("position")
    assert [(line.currency_id, line.currency_amount) for line in lines] == [
        ("USD", Decimal("33.33")),
        ("USD", Decimal("33.33")),
        ("USD", Decimal("33.34")),
        ("USD", Decimal("-100.00")),
    ]


def test_the_cents_of_a_conversion_are_shared_out():
    company = company_with_ledger()
    CurrencyRateFactory(company=company, currency=currency("USD"), date=dt.date(2026, 3, 1), rate="0.5")
    lines = [("6030", "0.01", "0"), ("6040", "0.01", "0"), ("6050", "0.02", "0"), ("1010", "0", "0.04")]
    document = post(draft(company, *lines, currency_id="USD"))
    debits = sum(line[1] for line in written(document))
    assert debits == sum(line[2] for line in written(document)) == Decimal("0.02")


def test_a_tax_in_a_foreign_currency_keeps_its_base():
    company = company_with_ledger()
    CurrencyRateFactory(company=company, currency=currency("USD"), date=dt.date(2026, 3, 1), rate="0.9")
    taxes = vat(company, direction="purchase")
    document = post(
        draft(company, ("6000", "100.00", "0", {"tax_set_id": taxes.pk}), ("1010", "0", "120.00"), currency_id="USD")
    )
    assert written(document) == [("6000", 90, 0), ("1300", 18, 0), ("1010", 0, 108)]
    assert JournalLine.objects.get(entry=document.entry, tax__isnull=False).tax_base == 90


# Refusals


def test_a_foreign_entry_needs_a_rate():
    document = draft(company_with_ledger(), *RENT, currency_id=currency("USD").pk)
    with pytest.raises(NoRateError), transaction.atomic():
        post(document)


def test_a_draft_that_does_not_balance_is_not_posted():
    document = draft(company_with_ledger(), ("6030", "900.00", "0"), ("1010", "0", "90.00"))
    with pytest.raises(UnbalancedEntryError), transaction.atomic():
        post(document)
    document.refresh_from_db()
    assert (document.status, document.number, JournalEntry.objects.count()) == ("draft", None, 0)


@pytest.mark.parametrize("code", ["1100", "2000", "1200", "1230", "2010"])
def test_control_accounts_belong_to_their_subledgers(code):
    company = company_with_ledger()
    document = draft(company, (code, "10.00", "0", {"party_id": PartyFactory().pk}), ("1010", "0", "10.00"))
    with pytest.raises(ControlAccountError) as refusal, transaction.atomic():
        post(document)
    assert code in str(refusal.value)


def test_a_closed_period_takes_no_manual_entry():
    company = company_with_ledger(first_year=2026)
    document = draft(company, *RENT, document_date=dt.date(2026, 1, 9))
    close_period(accounting_period_id=period_of(company, dt.date(2026, 1, 1)).pk, user=None, now=NOW)
    with pytest.raises(PeriodClosedError), transaction.atomic():
        post(document)


@pytest.mark.parametrize(("debit", "credit"), [("1", "1"), ("-1", "0"), ("0", "-1")])
def test_a_line_bears_one_positive_amount(debit, credit):
    with pytest.raises(InvalidInputError) as refusal, transaction.atomic():
        draft(company_with_ledger(), ("6030", debit, credit))
    assert (refusal.value.code, ManualEntry.objects.count()) == ("one_side", 0)


def test_the_engines_refusals_are_worded():
    company = company_with_ledger()
    tax_set = TaxSetFactory(company=company)
    tax_set.taxes.add(TaxFactory(company=company, rate="-100", price_included=True))
    document = draft(company, ("6000", "10.00", "0", {"tax_set_id": tax_set.pk}), ("1010", "0", "10.00"))
    with pytest.raises(InvalidInputError) as refusal, transaction.atomic():
        post(document)
    assert refusal.value.code == "tax_not_invertible"


def test_a_draft_needs_a_journal():
    company = company_with_ledger()
    Journal.objects.filter(company=company).update(active=False)
    with pytest.raises(NoJournalError):
        draft(company, *RENT)


# Changing and cancelling


def change(document, **values):
    defaults = {
        "document_date": DAY,
        "journal_id": document.journal_id,
        "currency_id": document.currency_id,
        "lines": [ManualLine(account_id=accounts(document.company, "6040")[0], debit=Decimal(5))],
        "user": None,
        "now": NOW,
    }
    return update_manual_entry(manual_entry_id=document.pk, **defaults | values)


def test_a_draft_can_be_changed():
    document = draft(company_with_ledger(), *RENT)
    changed = change(document, description="Power", expected_version=1)
    assert (changed.version, changed.description, changed.total_amount) == (2, "Power", 5)
    assert list(ManualEntryLine.objects.values_list("account__code", "debit")) == [("6040", 5)]


def test_two_editors_notice_each_other():
    document = draft(company_with_ledger(), *RENT)
    change(document)
    with pytest.raises(ConflictError), transaction.atomic():
        change(document, expected_version=1)


def test_only_drafts_change_or_are_cancelled():
    document = post(draft(company_with_ledger(), *RENT))
    for act in (
        lambda: change(document),
        lambda: cancel_manual_entry(manual_entry_id=document.pk, user=None, now=NOW),
    ):
        with pytest.raises(WrongStateError), transaction.atomic():
            act()
    assert ManualEntry.objects.get().status == ManualEntryStatus.POSTED


def test_a_cancelled_draft_is_not_posted():
    document = draft(company_with_ledger(), *RENT)
    for _ in range(2):
        assert cancel_manual_entry(manual_entry_id=document.pk, user=None, now=NOW).version == 2
    with pytest.raises(WrongStateError), transaction.atomic():
        post(document)


# Reversing


def reverse(document, **values):
    defaults = {"reason": "Wrong month", "user": None, "now": NOW}
    return reverse_manual_entry(manual_entry_id=document.pk, **defaults | values)


def test_reversing_mirrors_the_entry_once():
    subscribe(JournalEntryReversed, _ignore)
    document = post(draft(company_with_ledger(), *RENT))
    for _ in range(2):
        assert reverse(document).status == ManualEntryStatus.REVERSED
    reversal = document.entry.reversal
    assert [(line.account.code, line.debit, line.credit) for line in reversal.lines.order_by("position")] == [
        ("6030", 0, 900),
        ("1010", 900, 0),
    ]
    assert (reversal.reason, JournalEntry.objects.count()) == ("Wrong month", 2)
    event = OutboxEvent.objects.get(kind="erp.ledger.JournalEntryReversed")
    assert event.payload == {"journal_entry_id": document.entry_id, "reversal_id": reversal.pk}


def test_a_draft_is_not_reversed():
    with pytest.raises(WrongStateError), transaction.atomic():
        reverse(draft(company_with_ledger(), *RENT))


def test_an_entry_is_reversed_from_its_own_page_too():
    document = post(draft(company_with_ledger(), *RENT))
    reversal = reverse_journal_entry(
        journal_entry_id=document.entry_id, on=dt.date(2026, 4, 1), reason="Wrong", user=None, now=NOW
    )
    document.refresh_from_db()
    assert (reversal.reverses_id, reversal.entry_date) == (document.entry_id, dt.date(2026, 4, 1))
    assert document.status == ManualEntryStatus.REVERSED


def test_the_entry_of_a_document_is_corrected_there():
    entry = posted(company_with_ledger(), source_number="INV-7")
    with pytest.raises(SubledgerEntryError) as refusal, transaction.atomic():
        reverse_journal_entry(journal_entry_id=entry.pk, reason="Wrong", user=None, now=NOW)
    assert "INV-7" in str(refusal.value)


def test_a_reversal_is_not_reversed_from_its_page():
    document = reverse(post(draft(company_with_ledger(), *RENT)))
    with pytest.raises(AlreadyReversedError), transaction.atomic():
        reverse_journal_entry(
            journal_entry_id=document.entry.reversal.pk, reason="Undo the undoing", user=None, now=NOW
        )


# Opening


def test_opening_balances_stand_against_their_own_account():
    company = company_with_ledger()
    bank, capital, loan = accounts(company, "1010", "3000", "2300")
    document = post_opening_balances(
        company_id=company.pk,
        on=dt.date(2026, 1, 1),
        balances={bank: Decimal("800.00"), capital: Decimal("-500.00"), loan: Decimal("-250.00")},
        external_id="opening",
        user=None,
        now=NOW,
    )
    assert written(document) == [("1010", 800, 0), ("3000", 0, 500), ("2300", 0, 250), ("3900", 0, 50)]
    assert (document.number, document.journal.kind) == ("OPN-2026-00001", JournalKind.OPENING)
    again = post_opening_balances(
        company_id=company.pk, on=DAY, balances={bank: Decimal(1)}, external_id="opening", user=None, now=NOW
    )
    assert again == document
    assert trial_balance(company_id=company.pk, as_of=DAY).total_debit_balance == 800


def test_an_opening_that_balances_needs_no_counter_line():
    company = company_with_ledger()
    bank, capital = accounts(company, "1010", "3000")
    document = post_opening_balances(
        company_id=company.pk, on=DAY, balances={bank: Decimal(5), capital: Decimal(-5)}, user=None, now=NOW
    )
    assert written(document) == [("1010", 5, 0), ("3000", 0, 5)]
