"""The command that begins a real installation."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command

from core.access.enums import Role
from core.access.models import User
from core.access.policies import roles_in
from core.catalog.models import Unit
from core.company.models import Company
from erp.ledger.models import Account, FiscalYear
from tests.factories.company import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "lantern-orchard-seven"


def create(monkeypatch, *, password: str = PASSWORD, **more) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    out = io.StringIO()
    call_command(
        "create_company",
        "willow",
        "Willow Works",
        administrator="Ines@Willow.example",
        country="de",
        currency="eur",
        stdout=out,
        **more,
    )
    return out.getvalue()


def test_a_company_and_its_administrator_are_made(monkeypatch):
    assert create(monkeypatch) == "Willow Works is ready; ines@willow.example is its administrator.\n"
    company, person = Company.objects.get(), User.objects.get()
    assert (company.code, company.country, company.currency_id, company.is_demo) == ("willow", "DE", "EUR", False)
    assert roles_in(person, company.pk) == {Role.ADMINISTRATOR, Role.DIRECTOR}
    assert person.check_password(PASSWORD)
    assert Account.objects.filter(company=company).exists()
    first = Unit.objects.filter(company=company).earliest("pk")
    assert (first.symbol, first.decimals) == ("pc", 0), "an item can be made at once"


def test_a_fiscal_year_may_begin_in_april(monkeypatch):
    create(monkeypatch, first_month=4, first_year=2026)
    company = Company.objects.get()
    first = FiscalYear.objects.filter(company=company).order_by("year")[0]
    assert (first.year, first.start_date, first.end_date) == (2026, dt.date(2025, 4, 1), dt.date(2026, 3, 31))


def test_again_it_changes_nothing(monkeypatch):
    create(monkeypatch)
    accounts = Account.objects.count()
    create(monkeypatch, password="another-lantern-nine")
    assert (Company.objects.count(), User.objects.count(), Account.objects.count()) == (1, 1, accounts)
    assert User.objects.get().check_password(PASSWORD)


def test_who_has_an_account_already_administers_the_new_company_at_once(monkeypatch):
    person = UserFactory(email="ines@willow.example")
    MembershipFactory(user=person)
    create(monkeypatch)
    assert roles_in(User.objects.get(pk=person.pk), Company.objects.get(code="willow").pk) == {
        Role.ADMINISTRATOR, Role.DIRECTOR,
    }  # fmt: skip


def test_an_older_offer_of_another_role_is_left_alone(monkeypatch):
    create(monkeypatch)
    MembershipFactory(user=User.objects.get(), company=Company.objects.get(), role=Role.BUYER, accepted_at=None)
    create(monkeypatch)
    assert roles_in(User.objects.get(), Company.objects.get().pk) == {Role.ADMINISTRATOR, Role.DIRECTOR}


def test_a_weak_password_makes_nothing(monkeypatch):
    with pytest.raises(CommandError, match="too short"):
        create(monkeypatch, password="short")
    assert (Company.objects.count(), User.objects.count()) == (0, 0)
