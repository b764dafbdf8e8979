"""The demo company in small: it holds every invariant, is the same for the same seed, people can sign in and find
something to do, and an interrupted load goes on where it stopped."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.db import connection
from django.db.models import Sum

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company, Membership
from core.company.tenancy import use_companies
from core.errors import InvalidInputError
from core.events.models import OutboxEvent
from core.jobs.enums import JobStatus
from core.jobs.models import JobRun
from crm.contacts.models import Interaction
from crm.leads.models import Lead
from crm.pipeline.models import Deal
from crm.tickets.models import Ticket
from erp.banking.models import Payment
from erp.invoicing.models import SalesInvoice
from erp.ledger.models import JournalEntry, JournalLine
from erp.orders.models import Delivery, Quotation, SalesOrder
from erp.purchasing.models import PurchaseOrder
from integration.demo import seeding
from integration.demo.seeding import Plan, seed_demo
from tests.factories.company import CompanyFactory
from tests.scenarios.invariants import assert_all, assert_grni_equals_receipts

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 5, 20)
SMALL = Plan(seed=1, scale=Decimal("0.06"), months=3, today=TODAY)
TINY = Plan(seed=1, scale=Decimal("0.02"), months=1, today=TODAY)
COUNTED = (Ticket, Lead, Deal, Quotation, SalesOrder, Delivery, SalesInvoice, Payment, PurchaseOrder, JournalEntry)


def seed(logins: Path, plan: Plan, code: str = "demo") -> Company:
    run = seed_demo(code=code, plan=plan, logins=logins)
    assert (run.status, run.done) == (JobStatus.DONE, run.total)
    return run.company


def figures(company: Company) -> list[Any]:
    """What the company has done: how many documents, and what stands on every account."""
    counts = [model.objects.filter(company=company).count() for model in COUNTED]
    lines = JournalLine.objects.filter(company=company).values_list("account__code")
    return [*counts, *lines.annotate(debit=Sum("debit"), credit=Sum("credit")).order_by("account__code")]


@pytest.fixture
def logins(tmp_path: Path) -> Path:
    return tmp_path / "demo_logins.txt"


def test_it_is_a_sound_company(logins: Path) -> None:
    company = seed(logins, SMALL)
    assert company.is_demo
    assert_all(company)
    assert_grni_equals_receipts(company)
    once = figures(company)
    assert min(once[: len(COUNTED)]) > 0
    assert seed(logins, SMALL) == company
    assert figures(company) == once


def test_an_interrupted_load_ends_like_a_whole_one(logins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = seed(logins, TINY, code="whole")
    note = logins.read_text()

    def broken(month: Any) -> None:
        live(month)
        if month.part == 1:
            raise RuntimeError("the power fails")

    live = seeding.live
    monkeypatch.setattr(seeding, "live", broken)
    run = seed_demo(code="demo", plan=TINY, logins=logins)
    assert (run.status, run.done, run.total) == (JobStatus.FAILED, 2, 4)
    monkeypatch.setattr(seeding, "live", live)
    tomorrow = Plan(TINY.seed, TINY.scale, TINY.months, TODAY + dt.timedelta(days=1))
    assert figures(seed(logins, tomorrow)) == figures(whole)
    assert logins.read_text() == note


def test_everybody_has_something_to_do_and_the_papers_wait(logins: Path) -> None:
    company = seed(logins, TINY)
    memberships = Membership.objects.filter(company=company)
    assert set(memberships.values_list("role", flat=True)) == set(Role.values)
    today = Interaction.objects.filter(company=company, done_at=None, due_at__date=TODAY)
    assert set(today.values_list("owner", flat=True)) == set(memberships.values_list("user", flat=True))
    waiting = OutboxEvent.objects.filter(company=company)
    assert waiting.exists()
    assert not connection.run_on_commit
    assert all(event.run_after - event.recorded_at > dt.timedelta(minutes=9) for event in waiting)


def test_one_person_a_role_can_sign_in(logins: Path) -> None:
    seeding.begin_demo(code="demo", plan=TINY, logins=logins)
    password = logins.read_text().splitlines()[1].split()[1]
    assert logins.stat().st_mode & 0o077 == 0
    assert User.objects.filter(email__in=[f"{role.value}@demo.example" for role in Role]).count() == len(Role)
    assert EmailAddress.objects.filter(verified=True, user__email__endswith="@demo.example").count() == len(Role)
    for role in (Role.SALESPERSON, Role.ADMINISTRATOR):
        assert authenticate(None, username=f"{role.value}@demo.example", password=password) is not None


def test_a_part_that_another_process_has_done_is_not_done_again(logins: Path) -> None:
    run = seeding.begin_demo(code="demo", plan=TINY, logins=logins)
    JobRun.objects.filter(pk=run.pk).update(done=run.total)
    assert run.done == 0  # what this process believes
    with use_companies([run.company_id]):
        seeding.load_demo(run)
    run.refresh_from_db()
    assert (run.done, Lead.objects.filter(company=run.company).count()) == (run.total, 0)


def test_a_company_that_is_no_demo_is_left_alone(logins: Path) -> None:
    CompanyFactory(code="demo")
    with pytest.raises(InvalidInputError):
        seed(logins, TINY)
    assert not logins.exists()
