"""People over the API: the rights of the pages, behind a scope that must be named."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company, Membership
from core.ui.tokens import create_token
from tests.factories.company import CompanyFactory, TeamFactory, user_with

pytestmark = pytest.mark.django_db
URL = "/api/v1/people/"
INVITATION = {"email": "kim@quarz.example", "name": "Kim Quarz", "roles": ["buyer", "warehouse"]}


@pytest.fixture
def company() -> Company:
    return CompanyFactory()


class Program:
    def __init__(self, user: User, scopes: str = "people:read people:write") -> None:
        self.headers = {
            "Authorization": f"Bearer {create_token(user=user, now=timezone.now(), name='t', scopes=scopes)[1]}"
        }

    def get(self, path: str = "", **params: str) -> Any:
        return Client().get(URL + path, params, headers=self.headers)

    def post(self, path: str = "", body: dict[str, Any] | None = None, key: str = "") -> Any:
        extra = {"Idempotency-Key": key} if key else {}
        return Client().post(URL + path, body or {}, content_type="application/json", headers=self.headers | extra)


@pytest.fixture
def boss(company: Company) -> Program:
    return Program(user_with(Role.ADMINISTRATOR, company, name="Boss"))


def roles_of(email: str) -> list[str]:
    return sorted(Membership.objects.filter(user__email=email).values_list("role", flat=True))


def test_invite_once_read_grant_revoke_close(
    boss: Program, company: Company, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = boss.post(body=INVITATION, key="k1")
        again = boss.post(body=INVITATION, key="k1")
    assert (made.status_code, again.status_code, again["Idempotent-Replayed"]) == (201, 201, "true")
    assert [message.to for message in mail.outbox] == [["kim@quarz.example"]]
    person = made.json()
    assert person == again.json()
    assert [one["role"] for one in person["roles"]] == ["buyer", "warehouse"]
    assert [one["email"] for one in boss.get(q="quarz").json()["results"]] == ["kim@quarz.example"]
    assert boss.get(role="director").json()["count"] == 0
    team = TeamFactory(company=company)
    granted = boss.post(f"{person['id']}/grant/", {"role": "salesperson", "team": team.pk}).json()
    assert {"role": "salesperson", "team": team.pk} in granted["roles"]
    revoked = boss.post(f"{person['id']}/revoke/", {"role": "buyer"}).json()
    assert sorted(one["role"] for one in revoked["roles"]) == ["salesperson", "warehouse"]
    assert boss.post(f"{person['id']}/deactivate/").json()["is_active"] is False
    assert [one["id"] for one in boss.get(closed="true").json()["results"]] == [person["id"]]
    assert boss.get(f"{person['id']}/").json()["is_active"] is False


@pytest.mark.parametrize(("scopes", "read", "write"), [("read write", 403, 403), ("people:read", 200, 403)])
def test_a_token_must_name_people(company: Company, scopes: str, read: int, write: int) -> None:
    program = Program(user_with(Role.ADMINISTRATOR, company), scopes)
    assert (program.get().status_code, program.post(body=INVITATION).status_code) == (read, write)
    assert roles_of("kim@quarz.example") == []


def test_a_role_that_manages_nobody_is_refused(company: Company) -> None:
    program = Program(user_with(Role.BUYER, company))
    assert program.post(body=INVITATION).status_code == 403
    assert roles_of("kim@quarz.example") == []


def test_another_companys_people_do_not_exist(boss: Program) -> None:
    stranger = user_with(Role.BUYER, CompanyFactory())
    assert boss.get(f"{stranger.pk}/").status_code == 404
    assert boss.post(f"{stranger.pk}/deactivate/").status_code == 404
    assert stranger.email not in boss.get().content.decode()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**INVITATION, "email": "kim"}, "email"),
        ({**INVITATION, "roles": ["king"]}, "roles"),
        ({**INVITATION, "roles": []}, "roles"),
        ({**INVITATION, "team": "x"}, "team"),
        ({**INVITATION, "team": 10**9}, "team"),
        ({**INVITATION, "age": 7}, "age"),
    ],
)
def test_bad_input_names_the_field_and_writes_nothing(boss: Program, body: dict[str, Any], field: str) -> None:
    answer = boss.post(body=body)
    assert answer.status_code in (400, 422)
    assert answer.json()["field"] == field
    assert not User.objects.filter(email=INVITATION["email"]).exists()


def test_nobody_changes_their_own_roles(company: Company) -> None:
    own = user_with(Role.ADMINISTRATOR, company)
    answer = Program(own).post(f"{own.pk}/grant/", {"role": "director"})
    assert (answer.status_code, roles_of(own.email)) == (403, ["administrator"])
