"""People of a company: who may hand out what, what it does to sessions, and the pages around it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.access.enums import Role
from core.access.models import User
from core.access.policies import roles_in
from core.audit.queries import role_history
from core.company.models import Company, Membership
from core.company.operations import (
    LastAdministratorError,
    deactivate_person,
    grant_role,
    invite_person,
    reactivate_person,
    reset_second_factor,
    revoke_role,
)
from core.errors import InvalidInputError, NotAllowedError, WrongStateError
from tests.factories.company import CompanyFactory, MembershipFactory, TeamFactory, UserFactory, signed_in, user_with

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def company() -> Company:
    return CompanyFactory()


@pytest.fixture
def boss(company: Company) -> User:
    return user_with(Role.ADMINISTRATOR, company, name="Boss")


def held(user: User, company: Company) -> set[str]:
    return set(Membership.objects.filter(user=user, company=company).values_list("role", flat=True))


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


# ---- who may hand out what ----


@pytest.mark.parametrize("holder", list(Role))
def test_nobody_grants_more_than_they_hold(company: Company, holder: Role) -> None:
    """An administrator holds the handing out of every role; anybody else only their own one, whatever door they use."""
    actor, person = user_with(holder, company), UserFactory()
    for role in Role:
        act = {"person_id": person.pk, "company_id": company.pk, "role": role, "user": again(actor), "now": NOW}
        if holder in (Role.ADMINISTRATOR, role):
            grant_role(**act)
        else:
            with pytest.raises(NotAllowedError):
                grant_role(**act)
    assert held(person, company) == (set(Role.values) if holder == Role.ADMINISTRATOR else {holder.value})


def test_nobody_raises_themselves_and_no_right_leaves_its_company(company: Company, boss: User) -> None:
    other = CompanyFactory()
    with pytest.raises(NotAllowedError, match="own roles"):
        grant_role(person_id=boss.pk, company_id=company.pk, role=Role.FINANCE_MANAGER, user=boss, now=NOW)
    person = UserFactory()
    with pytest.raises(NotAllowedError):
        grant_role(person_id=person.pk, company_id=other.pk, role=Role.BUYER, user=boss, now=NOW)
    team = TeamFactory(company=other)
    with pytest.raises(InvalidInputError):
        grant_role(person_id=person.pk, company_id=company.pk, role=Role.BUYER, team_id=team.pk, user=boss, now=NOW)
    assert not Membership.objects.filter(user=person).exists()


def test_the_last_administrator_stays(company: Company, boss: User) -> None:
    with pytest.raises(LastAdministratorError):
        revoke_role(person_id=boss.pk, company_id=company.pk, role=Role.ADMINISTRATOR, user=boss, now=NOW)
    second = user_with(Role.ADMINISTRATOR, company)
    deactivate_person(person_id=second.pk, company_id=company.pk, user=boss, now=NOW)
    with pytest.raises(LastAdministratorError):
        revoke_role(person_id=boss.pk, company_id=company.pk, role=Role.ADMINISTRATOR, user=boss, now=NOW)
    with pytest.raises(LastAdministratorError):
        deactivate_person(person_id=boss.pk, company_id=company.pk, user=None, now=NOW)


def test_django_admin_follows_the_administrators_role(company: Company, boss: User) -> None:
    person = user_with(Role.BUYER, company)
    act = {"person_id": person.pk, "company_id": company.pk, "role": Role.ADMINISTRATOR, "user": boss, "now": NOW}
    grant_role(**act)
    assert again(person).is_staff
    revoke_role(**act)
    assert not again(person).is_staff


def test_an_account_of_several_companies_is_closed_by_none_of_them_alone(company: Company, boss: User) -> None:
    person = user_with(Role.BUYER, company)
    MembershipFactory(user=person, role=Role.BUYER)
    for act in (deactivate_person, reactivate_person, reset_second_factor):
        with pytest.raises(NotAllowedError, match="do not administer"):
            act(person_id=person.pk, company_id=company.pk, user=boss, now=NOW)
    assert again(person).is_active
    with pytest.raises(NotAllowedError):
        deactivate_person(person_id=UserFactory().pk, company_id=company.pk, user=boss, now=NOW)
    with pytest.raises(NotAllowedError, match="own account"):
        deactivate_person(person_id=boss.pk, company_id=company.pk, user=boss, now=NOW)


def test_inviting_makes_an_account_once_and_adds_roles(company: Company, boss: User) -> None:
    common = {"company_id": company.pk, "name": "New Person", "user": boss, "now": NOW}
    first = invite_person(email="New@Example.com", roles=[Role.BUYER], **common)
    second = invite_person(email="new@example.com", roles=[Role.BUYER, Role.WAREHOUSE], **common)
    assert first == second
    assert (first.email, first.has_usable_password()) == ("new@example.com", False)
    assert held(first, company) == {"buyer", "warehouse"}
    for wrong in ({"email": "nonsense", "roles": [Role.BUYER]}, {"email": "a@example.com", "roles": []}):
        with pytest.raises(InvalidInputError):
            invite_person(**wrong, **common)
    deactivate_person(person_id=first.pk, company_id=company.pk, user=boss, now=NOW)
    with pytest.raises(WrongStateError):
        invite_person(email="new@example.com", roles=[Role.BUYER], **common)


# ---- pages ----


@pytest.fixture
def client_of_boss(boss: User) -> Client:
    return signed_in(boss)


def act_url(person: User, act: str) -> str:
    return reverse("ui:person-act", args=(person.pk, act))


def test_a_person_is_invited_sets_a_password_and_signs_in(
    client_of_boss: Client, company: Company, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sent = client_of_boss.post(
            reverse("ui:people-invite"), {"name": "New", "email": "new@example.com", "roles": ["buyer", "warehouse"]}
        )
    person = User.objects.get(email="new@example.com")
    assert sent["Location"] == reverse("ui:person", args=(person.pk,))
    (mail,) = mailoutbox
    assert mail.to == ["new@example.com"]
    link = next(line for line in mail.body.splitlines() if line.startswith("http"))

    browser = Client()
    page = browser.get(link.removeprefix("http://testserver"), follow=True)
    answer = browser.post(
        page.request["PATH_INFO"], {"password1": "a long enough one", "password2": "a long enough one"}
    )
    assert answer.status_code == 302
    signs = {"login": "new@example.com", "password": "a long enough one"}
    assert browser.post(reverse("account_login"), signs)["Location"] == "/"
    assert browser.get(reverse("ui:items-list")).status_code == 200
    assert browser.get(reverse("ui:people")).status_code == 403


def test_roles_are_given_and_taken_in_the_browser_and_sessions_end(
    client_of_boss: Client, company: Company, boss: User
) -> None:
    person = user_with(Role.BUYER, company)
    person.set_password("correct-horse-battery")
    person.save()
    theirs = Client()
    theirs.post(reverse("account_login"), {"login": person.email, "password": "correct-horse-battery"})
    assert theirs.get(reverse("ui:items-list")).status_code == 200
    team = TeamFactory(company=company)
    given = client_of_boss.post(act_url(person, "grant"), {"role": "warehouse", "team": str(team.pk)})
    assert given.status_code == 302
    assert roles_in(again(person), company.pk) == {Role.BUYER, Role.WAREHOUSE}
    assert theirs.get(reverse("ui:items-list")).status_code == 302, "no session goes on with other rights"
    assert client_of_boss.post(act_url(person, "revoke"), {"role": "warehouse"}).status_code == 302
    changes = [(entry.user, entry.verb, entry.changes[0].before, entry.changes[0].after) for entry in
               role_history(user_id=person.pk, company_id=company.pk)[:2]]  # fmt: skip
    said = f"Warehouse · {team}"
    assert changes == [("Boss", "people.revoke", said, ""), ("Boss", "people.grant", "", said)]
    page = client_of_boss.get(reverse("ui:person", args=(person.pk,))).content.decode()
    assert said in page


def test_refusals_are_told_on_the_page(client_of_boss: Client, boss: User, company: Company) -> None:
    own = client_of_boss.post(act_url(boss, "grant"), {"role": "buyer"})
    assert (own.status_code, "own roles" in own.content.decode()) == (403, True)
    last = client_of_boss.post(act_url(boss, "revoke"), {"role": "administrator"})
    assert (last.status_code, "last administrator" in last.content.decode()) == (409, True)
    person = user_with(Role.BUYER, company)
    assert client_of_boss.post(act_url(person, "grant"), {"role": "emperor"}).status_code == 404
    assert client_of_boss.post(act_url(person, "nonsense")).status_code == 404
    stranger = user_with(Role.BUYER, CompanyFactory())
    for act in ("grant", "revoke", "link", "deactivate", "reset-factor", "sign-out"):
        assert client_of_boss.post(act_url(stranger, act), {"role": "buyer"}).status_code == 404
    assert client_of_boss.get(reverse("ui:person", args=(stranger.pk,))).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_only_administrators_manage_and_only_readers_read(company: Company, role: Role) -> None:
    person, client = user_with(Role.BUYER, company), signed_in(user_with(role, company))
    reads = role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.DIRECTOR)
    for url in (reverse("ui:people"), reverse("ui:person", args=(person.pk,)), reverse("ui:access"),
                reverse("ui:role-matrix")):  # fmt: skip
        assert client.get(url).status_code == (200 if reads else 403), url
    may = role == Role.ADMINISTRATOR
    assert client.get(reverse("ui:people-invite")).status_code == (200 if may else 403)
    for act in ("grant", "revoke", "deactivate", "reactivate", "reset-factor", "sign-out", "link"):
        answer = client.post(act_url(person, act), {"role": "warehouse"})
        assert (answer.status_code == 403) is not may, act
    if not may:
        assert held(person, company) == {"buyer"}


def test_managing_people_asks_for_the_password_again(boss: User, company: Company) -> None:
    """Step-up: the page that asks keeps what was posted and goes on with it."""
    person = user_with(Role.BUYER, company)
    boss.set_password("correct-horse-battery")
    boss.save()
    client = signed_in(boss, confirmed=False)
    asked = client.post(act_url(person, "grant"), {"role": "warehouse"})
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert held(person, company) == {"buyer"}
    wrong = client.post(asked["Location"], {"password": "wrong"})
    assert (wrong.status_code, held(person, company)) == (200, {"buyer"})
    client.post(asked["Location"], {"password": "correct-horse-battery", "next": act_url(person, "grant")})
    assert held(person, company) == {"buyer", "warehouse"}
    assert client.get(reverse("ui:people-invite")).status_code == 200


def test_the_people_list_does_not_query_by_the_number_of_people(
    client_of_boss: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    for role in Role:
        user_with(role, company)
    with django_assert_max_num_queries(16):
        page = client_of_boss.get(reverse("ui:people"))
    assert len(page.context["people"]) == len(Role) + 1
    assert len(client_of_boss.get(reverse("ui:people"), {"role": "buyer"}).context["people"]) == 1
    assert client_of_boss.get(reverse("ui:people"), {"q": "nobody has this name"}).context["people"] == []
