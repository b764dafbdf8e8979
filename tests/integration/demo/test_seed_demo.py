"""The demo company in small: it holds every invariant, people can sign in, and a second run changes nothing."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate

from core.access.enums import Role
from core.company.models import Company, Membership
from core.errors import InvalidInputError
from crm.tickets.models import Ticket
from erp.invoicing.models import SalesInvoice
from erp.ledger.models import JournalEntry
from erp.orders.models import SalesOrder
from integration.demo.seeding import seed_demo
from tests.factories.company import CompanyFactory
from tests.scenarios.invariants import assert_all

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 5, 20)


def seed(logins: Path, **more) -> Company:
    values = {"code": "demo", "seed": 1, "scale": Decimal("0.1"), "months": 3, "today": TODAY, **more}
    return seed_demo(logins=logins, **values)


def test_the_book_and_the_stock_agree_and_twice_changes_nothing(tmp_path: Path) -> None:
    logins = tmp_path / "demo_logins.txt"
    company = seed(logins)
    assert company.is_demo
    assert_all(company)
    counts = [model.objects.count() for model in (SalesOrder, SalesInvoice, JournalEntry, Ticket)]
    assert min(counts) > 0
    note = logins.read_text()
    seed(logins)
    assert [model.objects.count() for model in (SalesOrder, SalesInvoice, JournalEntry, Ticket)] == counts
    assert logins.read_text() == note


def test_one_person_a_role_can_sign_in(tmp_path: Path) -> None:
    logins = tmp_path / "demo_logins.txt"
    company = seed(logins, months=1, scale=Decimal("0.02"))
    password = logins.read_text().splitlines()[1].split()[1]
    assert set(Membership.objects.filter(company=company).values_list("role", flat=True)) == set(Role.values)
    for role in Role:
        assert authenticate(None, username=f"{role.value}@demo.example", password=password) is not None
        assert EmailAddress.objects.get(email=f"{role.value}@demo.example").verified
    assert logins.stat().st_mode & 0o077 == 0


def test_a_company_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    CompanyFactory(code="demo")
    with pytest.raises(InvalidInputError):
        seed(tmp_path / "demo_logins.txt")
    assert not (tmp_path / "demo_logins.txt").exists()
