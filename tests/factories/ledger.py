"""A company with its ledger, and entries in it."""

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

import factory
from django.utils import timezone

from core.company.models import Company
from core.documents.references import RecordRef
from erp.ledger.enums import AccountKey, JournalKind
from erp.ledger.models import (
    Account,
    AccountingPeriod,
    FiscalYear,
    Journal,
    JournalEntry,
    JournalLine,
    ManualEntry,
    PostingRule,
    TaxAccount,
)
from erp.ledger.operations import ManualLine, create_manual_entry
from erp.ledger.posting import EntryInput, EntryLine, post_entry
from erp.ledger.setup import set_up_ledger
from tests.factories.catalog import ItemCategoryFactory, TaxFactory
from tests.factories.company import CompanyFactory

NOW = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
_sources = count(1)


def company_with_ledger(template: str = "ifrs", first_year: int = 2025, **values: object) -> Company:
    """A company with chart, journals, posting rules and the fiscal years up to 2026."""
    company = CompanyFactory(**values)
    set_up_ledger(company_id=company.pk, template=template, user=None, now=NOW, first_year=first_year)
    return company


def account(company: Company, code: str) -> Account:
    return Account.objects.get(company=company, code=code)


def accounts(company: Company, *codes: str) -> list[int]:
    """Their ids, in the order asked for."""
    found = dict(Account.objects.filter(company=company, code__in=codes).values_list("code", "pk"))
    return [found[code] for code in codes]


def period_of(company: Company, on: dt.date) -> AccountingPeriod:
    return AccountingPeriod.objects.get(company=company, start_date__lte=on, end_date__gte=on)


def some_source() -> RecordRef:
    """A document that is not there: the ledger only keeps its name."""
    return RecordRef("testing.document", next(_sources))


def two_lines(
    company: Company, amount: str | Decimal = "100.00", debit: str = "1010", credit: str = "3000"
) -> list[EntryLine]:
    """Bank to share capital, unless told otherwise."""
    first, second = accounts(company, debit, credit)
    return [EntryLine(first, debit=Decimal(amount)), EntryLine(second, credit=Decimal(amount))]


def entry_input(company: Company, on: dt.date = dt.date(2026, 3, 1), **values: object) -> EntryInput:
    return EntryInput(
        lines=values.pop("lines", None) or two_lines(company),
        journal=values.pop("journal", JournalKind.GENERAL),
        entry_date=on,
        source=values.pop("source", None) or some_source(),
        purpose=values.pop("purpose", "test"),
        **values,
    )


def posted(
    company: Company,
    amount: str | Decimal = "100.00",
    *,
    on: dt.date = dt.date(2026, 3, 1),
    debit: str = "1010",
    credit: str = "3000",
    journal: JournalKind = JournalKind.GENERAL,
    **values: object,
) -> JournalEntry:
    """An entry of two lines."""
    return post_entry(
        company_id=company.pk,
        journal=journal,
        entry_date=on,
        lines=two_lines(company, amount, debit, credit),
        source=values.pop("source", None) or some_source(),
        purpose="test",
        user=values.pop("user", None),
        now=NOW,
        **values,
    )


class PostingRuleFactory(factory.django.DjangoModelFactory):
    """A rule for a category of its own, so that it meets no other."""

    class Meta:
        model = PostingRule

    company = factory.SubFactory(CompanyFactory)
    key = AccountKey.REVENUE
    item_category = factory.SubFactory(ItemCategoryFactory, company=factory.SelfAttribute("..company"))
    account = factory.SubFactory("tests.factories.ledger.AccountFactory", company=factory.SelfAttribute("..company"))


class TaxAccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TaxAccount

    company = factory.SubFactory(CompanyFactory)
    tax = factory.SubFactory(TaxFactory, company=factory.SelfAttribute("..company"))
    account = factory.SubFactory("tests.factories.ledger.AccountFactory", company=factory.SelfAttribute("..company"))


def _book(company: Company) -> Company:
    """The company, with a ledger when it had none."""
    set_up_ledger(company_id=company.pk, user=None, now=timezone.now(), first_year=2025)
    return company


class JournalEntryFactory(factory.django.DjangoModelFactory):
    """Posted, as every entry is."""

    class Meta:
        model = JournalEntry

    company = factory.SubFactory(CompanyFactory)

    @classmethod
    def _create(cls, model_class: type[JournalEntry], *args: object, **values: Any) -> JournalEntry:
        values.setdefault("source", RecordRef("parties.party", next(_sources)))
        return posted(_book(values.pop("company")), on=timezone.localdate(), **values)


class JournalLineFactory(factory.django.DjangoModelFactory):
    """A line of an entry of its own."""

    class Meta:
        model = JournalLine

    company = factory.SubFactory(CompanyFactory)

    @classmethod
    def _create(cls, model_class: type[JournalLine], *args: object, **values: Any) -> JournalLine:
        return JournalEntryFactory(**values).lines.get(position=1)


class ManualEntryFactory(factory.django.DjangoModelFactory):
    """A draft of two lines that balance."""

    class Meta:
        model = ManualEntry

    company = factory.SubFactory(CompanyFactory)

    @classmethod
    def _create(cls, model_class: type[ManualEntry], *args: object, **values: Any) -> ManualEntry:
        company = _book(values.pop("company"))
        rent, bank = accounts(company, "6030", "1010")
        lines = [ManualLine(account_id=rent, debit=Decimal(900)), ManualLine(account_id=bank, credit=Decimal(900))]
        given = {"document_date": timezone.localdate(), "lines": lines, "user": None, "now": timezone.now()} | values
        return create_manual_entry(company_id=company.pk, **given)


class AccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Account

    company = factory.SubFactory(CompanyFactory)
    code = factory.Sequence(lambda n: f"A{n:05d}")
    name = factory.Sequence(lambda n: f"Account {n}")
    kind = "current_asset"


class JournalFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Journal

    company = factory.SubFactory(CompanyFactory)
    code = factory.Sequence(lambda n: f"J{n}")
    name = factory.Sequence(lambda n: f"Journal {n}")
    kind = JournalKind.GENERAL


class FiscalYearFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FiscalYear

    company = factory.SubFactory(CompanyFactory)
    year = factory.Sequence(lambda n: 2100 + n)
    start_date = factory.LazyAttribute(lambda made: dt.date(made.year, 1, 1))
    end_date = factory.LazyAttribute(lambda made: dt.date(made.year, 12, 31))


class AccountingPeriodFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AccountingPeriod

    company = factory.SubFactory(CompanyFactory)
    fiscal_year = factory.SubFactory(FiscalYearFactory, company=factory.SelfAttribute("..company"))
    number = 1
    start_date = factory.LazyAttribute(lambda made: made.fiscal_year.start_date)
    end_date = factory.LazyAttribute(lambda made: made.start_date.replace(day=31))
