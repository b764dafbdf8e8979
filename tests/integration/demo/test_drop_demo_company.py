"""A demo company goes whole; no other company goes at all, and none becomes a demo company."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company, Membership
from core.company.operations import LastAdministratorError
from core.company.rules import walled_tables
from core.errors import InvalidInputError
from erp.ledger.models import JournalLine
from integration.demo.dropping import NotDemoError, drop_demo_company
from integration.demo.people import LOGINS, admit_to
from integration.demo.seeding import Plan, begin_demo, seed_demo
from tests.factories.company import CompanyFactory, MembershipFactory
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 5, 20, 12, tzinfo=dt.UTC)
TINY = Plan(seed=1, scale=Decimal("0.02"), months=1, today=NOW.date())


def rows_left(company_id: int) -> dict[str, int]:
    """Table → rows of the company, in every table that has a company."""
    found = {}
    with connection.cursor() as cursor:
        for table in [*walled_tables(), "company_membership"]:
            cursor.execute(
                f"SELECT count(*) FROM {connection.ops.quote_name(table)} WHERE company_id = %s", [company_id]
            )
            found[table] = cursor.fetchone()[0]
    return {table: count for table, count in found.items() if count}


@pytest.fixture
def demo(tmp_path: Path) -> Company:
    company = seed_demo(code="demo", plan=TINY, logins=tmp_path / "logins.txt").company
    connection.check_constraints()  # as its commits would have done
    return company


@pytest.fixture
def empty_demo(tmp_path: Path) -> Company:
    return begin_demo(code="demo", plan=TINY, logins=tmp_path / "logins.txt").company


def test_it_goes_whole_and_others_stay(demo: Company) -> None:
    other = PartyFactory(company=CompanyFactory(code="other")).company
    before = rows_left(other.pk)
    assert {person.email for person in admit_to(other)} > {"director@demo.example"}
    assert JournalLine.objects.filter(company=demo).exists()
    call_command("drop_demo_company", "demo")
    connection.check_constraints()
    assert rows_left(demo.pk) == {}
    assert not Company.objects.filter(pk=demo.pk).exists()
    # Everybody knows the password of the made-up people, so they are let into no other company either.
    assert not Membership.objects.filter(company=other).exists()
    assert {table: count for table, count in rows_left(other.pk).items() if table != "audit_membershipevent"} == before
    open_accounts = User.objects.filter(email__endswith="@demo.example", is_active=True)
    assert [user.email for user in open_accounts] == ["administrator@demo.example"]


def test_a_company_of_its_own_is_refused_everywhere(empty_demo: Company) -> None:
    company = CompanyFactory(code="real")
    before = rows_left(company.pk)
    with pytest.raises(NotDemoError):
        drop_demo_company(company_id=company.pk, code="real", user=None, now=NOW)
    with pytest.raises(CommandError, match="no demo company"):
        call_command("drop_demo_company", "real")
    statement = "SELECT drop_demo_company(%s, %s)"
    for company_id, code in ((company.pk, "real"), (company.pk, "demo"), (empty_demo.pk, "real")):
        with pytest.raises(IntegrityError, match="is no demo company"), transaction.atomic():
            connection.cursor().execute(statement, [company_id, code])
    with pytest.raises(IntegrityError, match="never after"), transaction.atomic():
        Company.objects.filter(pk=company.pk).update(is_demo=True)
    assert rows_left(company.pk) == before


def test_the_code_has_to_be_typed(empty_demo: Company) -> None:
    with pytest.raises(InvalidInputError):
        drop_demo_company(company_id=empty_demo.pk, code="Demo", user=None, now=NOW)
    assert Company.objects.filter(pk=empty_demo.pk).exists()


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.MFA_REQUIRED = False  # as in the demo


def signed_in(company: Company, role: Role) -> Client:
    client = Client()
    client.force_login(Membership.objects.get(company=company, role=role).user)
    return client


def test_an_administrator_removes_it_in_the_browser(empty_demo: Company) -> None:
    client = signed_in(empty_demo, Role.ADMINISTRATOR)
    assert b"Type demo to confirm" in client.get("/demo/remove/").content
    wrong = client.post("/demo/remove/", {"code": "dmeo"})
    assert (wrong.status_code, Company.objects.filter(pk=empty_demo.pk).count()) == (422, 1)
    answer = client.post("/demo/remove/", {"code": "demo"})
    assert (answer.status_code, b"Open the administration" in answer.content) == (200, True)
    assert not Company.objects.filter(pk=empty_demo.pk).exists()


def test_the_note_of_logins_names_only_who_can_sign_in(
    tmp_path: Path, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.STATE_DIR = tmp_path
    note = tmp_path / LOGINS
    demo = begin_demo(code="demo", plan=TINY, logins=note).company
    before = note.read_text()
    with django_capture_on_commit_callbacks(execute=True):
        drop_demo_company(company_id=demo.pk, code="demo", user=None, now=NOW)
    left = note.read_text()
    assert [line.split()[-1] for line in left.splitlines()[2:]] == ["administrator@demo.example"]
    begin_demo(code="demo", plan=TINY, logins=note)
    assert note.read_text() == before
    accounts = User.objects.filter(email__endswith="@demo.example", is_active=True)
    assert all(user.check_password(before.split("password")[-1].split()[0]) for user in accounts[:2])
    assert accounts.count() == len(Role)


def test_who_has_another_company_goes_on_there(empty_demo: Company) -> None:
    client = signed_in(empty_demo, Role.ADMINISTRATOR)
    MembershipFactory(
        user=User.objects.get(email="administrator@demo.example"), company=CompanyFactory(code="other", name="Zander")
    )
    answer = client.post("/demo/remove/", {"code": "demo"})
    assert (answer.status_code, answer.url) == (302, "/")


def test_nobody_else_and_nothing_else_is_offered(empty_demo: Company) -> None:
    assert signed_in(empty_demo, Role.DIRECTOR).get("/demo/remove/").status_code == 403
    member = MembershipFactory(role=Role.ADMINISTRATOR, company=CompanyFactory(is_demo=False))
    client = Client()
    client.force_login(member.user)
    assert client.get("/demo/remove/").status_code == 404
    assert client.get("/demo/progress/").status_code == 404


def test_everybody_sees_how_far_it_is(empty_demo: Company) -> None:
    client = signed_in(empty_demo, Role.SALESPERSON)
    assert b'hx-get="/demo/progress/"' in client.get("/leads/").content
    assert b"0 %" in client.get("/demo/progress/").content


def test_nobody_who_leaves_takes_the_last_administrator_with_them(empty_demo: Company) -> None:
    """A demo person who was made administrator of a real company: first somebody else has to be."""
    other = CompanyFactory(code="other", name="Zander")
    promoted = User.objects.get(email="director@demo.example")
    MembershipFactory(user=promoted, company=other, role=Role.ADMINISTRATOR)
    drop = {"company_id": empty_demo.pk, "code": "demo", "user": None, "now": NOW}
    with pytest.raises(LastAdministratorError, match="Zander"):
        drop_demo_company(**drop)
    assert Company.objects.filter(pk=empty_demo.pk).exists()
    MembershipFactory(company=other, role=Role.ADMINISTRATOR)
    drop_demo_company(**drop)
    promoted.refresh_from_db()
    assert (promoted.is_active, promoted.memberships.exists()) == (False, False)
