"""Screens of the ledger beyond what every Resource has: forms, actions, and rules of accounts and journals."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.access import policies
from core.access.enums import Role
from core.documents.references import RecordRef
from erp.ledger import models
from erp.ledger.enums import AccountKind, ManualEntryStatus, PeriodStatus
from erp.ledger.models import FiscalYear, Journal, JournalEntry, ManualEntry
from erp.ledger.policies import KEEPERS, READERS
from tests.factories.company import signed_in, user_with
from tests.factories.ledger import ManualEntryFactory, account, accounts, company_with_ledger, period_of, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return company_with_ledger(first_year=2026)


@pytest.fixture
def client(company):
    return signed_in(user_with(Role.ACCOUNTANT, company))


def lines_data(*lines):
    """Lines of (account id, debit, credit) as the browser posts them."""
    data = {"lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0}
    for place, (pk, debit, credit) in enumerate(lines):
        data |= {f"lines-{place}-account": pk, f"lines-{place}-debit": debit, f"lines-{place}-credit": credit}
    return data


def test_a_manual_entry_goes_from_form_to_posted(client, company):
    rent, bank = accounts(company, "6030", "1010")
    data = {"document_date": "2026-03-10", "currency": "EUR", "description": "Rent", "idempotency_key": "one"}
    data["journal"] = Journal.objects.get(company=company, code="GEN").pk
    response = client.post(
        reverse("ui:manual-entries-create"), data | lines_data((rent, "900.00", ""), (bank, "", "900.00"))
    )
    document = ManualEntry.objects.get()
    assert (response.status_code, response.url) == (302, f"/manual-entries/{document.pk}/")
    assert (document.total_amount, document.status) == (Decimal(900), ManualEntryStatus.DRAFT)
    client.post(reverse("ui:manual-entries-action", args=(document.pk, "post")))
    document.refresh_from_db()
    assert (document.status, document.number) == (ManualEntryStatus.POSTED, "GEN-2026-00001")
    page = client.get(reverse("ui:manual-entries-detail", args=(document.pk,))).content.decode()
    assert "GEN-2026-00001" in page


def test_a_refusal_comes_back_as_the_page_with_its_reason(client, company):
    document = ManualEntryFactory(company=company, document_date=dt.date(2031, 1, 1))
    response = client.post(reverse("ui:manual-entries-action", args=(document.pk, "post")))
    assert response.status_code == 422
    assert "No accounting period holds" in response.content.decode()
    assert JournalEntry.objects.count() == 0


def test_an_entry_is_reversed_from_its_page(client, company):
    document = ManualEntryFactory(company=company, document_date=dt.date(2026, 3, 10))
    client.post(reverse("ui:manual-entries-action", args=(document.pk, "post")))
    document.refresh_from_db()
    address = reverse("ui:journal-entries-action", args=(document.entry_id, "reverse"))
    assert "900.00 EUR" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Wrong month", "on": "2026-04-01"}).status_code == 302
    reversal = JournalEntry.objects.get(reverses=document.entry_id)
    assert (reversal.entry_date, reversal.reason) == (dt.date(2026, 4, 1), "Wrong month")
    again = client.get(reverse("ui:journal-entries-detail", args=(document.entry_id,))).context
    assert "reverse" not in [action["name"] for action in again["actions"]]


def test_the_entry_of_a_document_offers_no_reversal(client, company):
    entry = posted(company, source=RecordRef.of(company))
    page = client.get(reverse("ui:journal-entries-detail", args=(entry.pk,))).context
    assert page["primary_action"] is None
    assert page["actions"] == []


def test_journal_entries_are_read_only(client, company):
    entry = posted(company, source=RecordRef.of(company))
    for name, args in (("create", ()), ("edit", (entry.pk,))):
        assert client.get(reverse(f"ui:journal-entries-{name}", args=args)).status_code in (403, 404, 405)


def test_a_period_closes_and_opens_from_its_page(client, company):
    january = period_of(company, dt.date(2026, 1, 1))
    close = reverse("ui:accounting-periods-action", args=(january.pk, "close"))
    assert "0 journal entries lie in it." in client.get(close).content.decode()
    client.post(close)
    january.refresh_from_db()
    assert january.status == PeriodStatus.CLOSED
    reopen = reverse("ui:accounting-periods-action", args=(january.pk, "reopen"))
    assert client.post(reopen, {"reason": ""}).status_code == 422
    client.post(reopen, {"reason": "Forgotten invoice"})
    january.refresh_from_db()
    assert january.status == PeriodStatus.OPEN


def test_a_fiscal_year_is_opened_by_its_form(client, company):
    client.post(reverse("ui:fiscal-years-create"), {"year": "2027", "idempotency_key": "one"})
    assert FiscalYear.objects.get(company=company, year=2027).periods.count() == 12


def test_an_account_shows_what_stands_on_it(client, company):
    posted(company, "250.00", on=dt.date(2026, 1, 5))
    page = client.get(reverse("ui:accounts-detail", args=(account(company, "1010").pk,))).content.decode()
    assert "250.00 EUR" in page


# Rules of accounts and journals


def refused(record, field):
    with pytest.raises(ValidationError) as refusal:
        record.full_clean()
    assert list(refusal.value.message_dict) == [field]


def test_a_parent_is_a_heading(company):
    cash = account(company, "1000")
    cash.parent = account(company, "1010")
    refused(cash, "parent")


def test_the_tree_has_no_circle(company):
    assets, cash = account(company, "1"), account(company, "10")
    assets.parent = cash
    refused(assets, "parent")


def test_an_account_with_lines_stays_what_it_is(company):
    posted(company)
    bank = account(company, "1010")
    bank.is_group = True
    refused(bank, "is_group")
    bank = account(company, "1010")
    bank.kind = AccountKind.REVENUE
    refused(bank, "kind")
    bank.kind = AccountKind.CURRENT_ASSET
    bank.full_clean()


def test_an_unused_account_may_become_anything(company):
    savings = account(company, "1020")
    savings.kind, savings.is_group = AccountKind.REVENUE, True
    savings.full_clean()


def test_a_used_journal_keeps_its_code(company):
    journal = Journal.objects.get(company=company, code="GEN")
    journal.code = "GJ"
    journal.full_clean()
    posted(company)
    refused(journal, "code")


# Who may do what

OTHERS = [role for role in Role if role not in KEEPERS and role not in READERS]
MODELS = [
    models.Account,
    models.AccountingPeriod,
    models.FiscalYear,
    models.Journal,
    models.JournalEntry,
    models.JournalLine,
    models.ManualEntry,
    models.PostingRule,
    models.TaxAccount,
]


@pytest.mark.parametrize("model", MODELS)
def test_finance_keeps_the_ledger_and_others_do_not_see_it(company, model):
    verbs = ("view", "create", "change", "post", "reverse", "close", "reopen")
    for role in KEEPERS:
        user = user_with(role, company)
        assert [policies.may(user, verb, model, company.pk) for verb in verbs] == [True] * len(verbs)
    for role in READERS:
        user = user_with(role, company)
        assert [verb for verb in verbs if policies.may(user, verb, model, company.pk)] == ["view"]
    for role in OTHERS:
        user = user_with(role, company)
        assert [verb for verb in verbs if policies.may(user, verb, model, company.pk)] == []
