"""Invitations of people who have an account: what they give before and after the answer, and who can give it."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.access.enums import Role
from core.access.models import User
from core.access.policies import roles_in
from core.company.invitations import (
    NoInvitationError,
    UnprovenAddressError,
    accept_invitation,
    decline_invitation,
    invitation_key,
    opens,
)
from core.company.models import Company, Membership
from core.company.operations import LastAdministratorError, deactivate_person, grant_role, invite_person, revoke_role
from core.errors import NotAllowedError
from tests.factories.company import CompanyFactory, UserFactory, signed_in, user_with

pytestmark = pytest.mark.django_db
NOW = timezone.now()
PASSWORD = "correct-horse-battery"


@pytest.fixture
def company() -> Company:
    return CompanyFactory(name="Cobalt Works")


@pytest.fixture
def boss(company: Company) -> User:
    return user_with(Role.ADMINISTRATOR, company, name="Boss")


@pytest.fixture
def client_of_boss(boss: User) -> Client:
    return signed_in(boss)


@pytest.fixture
def mails(mailoutbox: list[Any], django_capture_on_commit_callbacks: Any) -> Callable[..., list[str]]:
    """Do something, and read the links in the one mail that it sends."""

    def read(act: Callable[[], Any]) -> list[str]:
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        (mail,) = mailoutbox
        return [line.removeprefix("http://testserver") for line in mail.body.splitlines() if line.startswith("http")]

    return read


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def known(name: str = "Mira Stone") -> User:
    """Somebody who works in another company and has a password."""
    person = user_with(Role.BUYER, CompanyFactory(), name=name)
    person.set_password(PASSWORD)
    person.save()
    return person


def browser_of(person: User) -> Client:
    """Signed in with the password alone."""
    client = Client()
    assert client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD}).status_code == 302
    return client


def invite(client: Client, person: User, *roles: str) -> Any:
    return client.post(reverse("ui:people-invite"), {"name": "Somebody", "email": person.email, "roles": list(roles)})


def answer_url(company: Company, answer: str) -> str:
    return reverse("ui:invitation", args=(company.pk, answer))


def key_in(link: str) -> str:
    found = re.fullmatch(r"/invitations/\?key=([\w%:.-]+)", link)
    assert found is not None, link
    return found[1].replace("%3A", ":")


# ---- what they give ----


def test_whoever_has_an_account_accepts_before_a_role_gives_anything(company: Company, boss: User) -> None:
    person = known()
    common = {"company_id": company.pk, "user": boss, "now": NOW}
    invite_person(email=person.email, name="Anybody", roles=[Role.ADMINISTRATOR], **common)
    grant_role(person_id=person.pk, role=Role.BUYER, **common)
    assert (roles_in(again(person), company.pk), again(person).is_staff) == (frozenset(), False)
    with pytest.raises(NotAllowedError, match=person.email):
        deactivate_person(person_id=person.pk, **common)
    with pytest.raises(LastAdministratorError):
        revoke_role(person_id=boss.pk, role=Role.ADMINISTRATOR, **{**common, "user": None})
    answer = {"company_id": company.pk, "user": person, "key": invitation_key(person, company.pk), "now": NOW}
    accept_invitation(**answer)
    assert (roles_in(again(person), company.pk), again(person).is_staff) == ({Role.ADMINISTRATOR, Role.BUYER}, True)
    with pytest.raises(NoInvitationError):
        accept_invitation(**answer)


def test_declining_takes_what_was_offered_and_nothing_else(company: Company, boss: User) -> None:
    person = known()
    common = {"company_id": company.pk, "user": boss, "now": NOW}
    invite_person(email=person.email, name="", roles=[Role.BUYER, Role.WAREHOUSE], **common)
    decline_invitation(company_id=company.pk, user=person, now=NOW)
    assert [held.company for held in Membership.objects.filter(user=person)] != [company]
    with pytest.raises(NoInvitationError):
        decline_invitation(company_id=Membership.objects.get(user=person).company_id, user=person, now=NOW)
    grant_role(person_id=person.pk, role=Role.BUYER, **common)  # from a page that was open all the while
    assert roles_in(again(person), company.pk) == frozenset(), "who said no is asked once more"


def test_taking_back_an_offer_ends_nobodys_session(company: Company, boss: User) -> None:
    person = known()
    browser = browser_of(person)
    common = {"company_id": company.pk, "user": boss, "now": NOW}
    invite_person(email=person.email, name="", roles=[Role.BUYER], **common)
    revoke_role(person_id=person.pk, role=Role.BUYER, **common)
    assert browser.get(reverse("ui:items-list")).status_code == 200


# ---- who can accept ----


def test_the_key_is_for_one_company_and_one_address(company: Company) -> None:
    person, other = UserFactory(), UserFactory()
    key = invitation_key(person, company.pk)
    assert opens(key, person, company.pk)
    assert [opens(key, other, company.pk), opens(key, person, company.pk + 1), opens("", person, company.pk)] == [
        False
    ] * 3
    person.email = "elsewhere@example.com"
    assert not opens(key, person, company.pk)


def test_a_key_grows_old(company: Company, boss: User) -> None:
    person = known()
    key = invitation_key(person, company.pk)
    invite_person(company_id=company.pk, email=person.email, name="", roles=[Role.BUYER], user=boss, now=NOW)
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=14, minutes=1)
    with time_machine.travel(later), pytest.raises(UnprovenAddressError, match=person.email):
        accept_invitation(company_id=company.pk, user=person, key=key, now=NOW)
    assert roles_in(again(person), company.pk) == frozenset()


def test_an_account_that_another_company_made_accepts_nothing_for_its_owner(
    client_of_boss: Client, company: Company, mails: Callable[..., list[str]]
) -> None:
    """Its administrator was shown the link to set a password, so the account may be theirs; the mail is not."""
    elsewhere = CompanyFactory()
    rival = signed_in(user_with(Role.ADMINISTRATOR, elsewhere))
    person = UserFactory(email="mira@example.com")
    person.set_unusable_password()
    person.save()
    Membership.objects.create(user=person, company=elsewhere, role=Role.BUYER, accepted_at=NOW)
    page = rival.get(reverse("ui:person", args=(person.pk,))).content.decode()
    shown = re.search(r'id="invite-link" readonly value="http://testserver([^"]+)"', page)
    assert shown is not None
    password_link, offer_link = mails(lambda: invite(client_of_boss, person, "administrator"))
    assert password_link.startswith("/accounts/password/reset/key/")

    intruder = Client()
    form = intruder.get(shown[1], follow=True).request["PATH_INFO"]
    intruder.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    intruder.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    page = intruder.get(reverse("ui:invitations")).content.decode()
    assert ("Cobalt Works" in page, answer_url(company, "accept") in page) == (True, False)
    refused = intruder.post(answer_url(company, "accept"))
    assert (refused.status_code, "link in the mail" in refused.content.decode()) == (403, True)
    assert roles_in(again(person), company.pk) == frozenset()
    assert [key_in(link) for link in mails(lambda: intruder.post(answer_url(company, "mail")))] != []
    assert person.email == "mira@example.com", "the mail goes to the owner"
    assert intruder.post(answer_url(company, "accept"), {"key": key_in(offer_link)}).status_code == 302


def test_accepting_an_administrators_role_asks_for_the_second_factor(
    client_of_boss: Client, company: Company, mails: Callable[..., list[str]]
) -> None:
    person = known()
    browser, other = browser_of(person), browser_of(person)
    assert [one.get(reverse("ui:items-list")).status_code for one in (browser, other)] == [200, 200]
    (link,) = mails(lambda: invite(client_of_boss, person, "administrator"))
    assert browser.get(link).status_code == 200
    before = browser.session.session_key
    browser.post(answer_url(company, "accept"), {"key": key_in(link)})
    assert browser.session.session_key != before
    for page in ("/", reverse("ui:people"), "/admin/"):
        assert browser.get(page)["Location"] == reverse("mfa_activate_totp")
    assert other.get(reverse("ui:items-list"))["Location"].startswith(reverse("account_login"))


# ---- pages ----


def test_an_invited_person_is_an_address_until_they_accept(
    client_of_boss: Client, company: Company, mails: Callable[..., list[str]]
) -> None:
    person = known()
    (link,) = mails(lambda: invite(client_of_boss, person, "buyer"))
    record = reverse("ui:person", args=(person.pk,))
    shown = [record, reverse("ui:people"), reverse("ui:people") + "?q=mira", reverse("ui:access")]
    assert ["Mira" in client_of_boss.get(address).content.decode() for address in shown] == [False] * 4
    found = client_of_boss.get(reverse("ui:people") + f"?q={person.email}").content.decode()
    assert (person.email in found, "Invited" in found) == (True, True)
    assert person.email not in client_of_boss.get(shown[2]).content.decode(), "the name finds nobody either"
    assert key_in(link).split(":")[0] in client_of_boss.get(record).content.decode(), "to give it to the person oneself"

    theirs = browser_of(person)
    assert "A company invites you" in theirs.get("/").content.decode()
    assert answer_url(company, "accept") not in theirs.get(reverse("ui:invitations")).content.decode()
    assert answer_url(company, "accept") in theirs.get(link).content.decode()
    said = [
        "This link is too old" in theirs.get(page).content.decode()
        for page in (reverse("ui:invitations"), link, f"{link}x")
    ]
    assert said == [False, False, True]
    assert "A company invites you" not in theirs.get(link).content.decode(), "it would lead to where one is"
    accepted = theirs.post(answer_url(company, "accept"), {"key": key_in(link)})
    assert (accepted.status_code, accepted["Location"]) == (302, "/")
    assert theirs.get("/").context["company"] == company
    assert "A company invites you" not in theirs.get("/").content.decode()
    assert "Mira Stone" in client_of_boss.get(reverse("ui:people")).content.decode()
    assert theirs.post(answer_url(company, "accept"), {"key": key_in(link)}).status_code == 409
    assert theirs.post(answer_url(company, "nonsense")).status_code == 404


def test_an_answer_of_before_tells_no_name(
    client_of_boss: Client, company: Company, mails: Callable[..., list[str]]
) -> None:
    person = known()
    mails(lambda: invite(client_of_boss, person, "buyer"))
    browser_of(person).post(answer_url(company, "decline"))
    mails(lambda: invite(client_of_boss, person, "buyer"))
    page = client_of_boss.get(reverse("ui:person", args=(person.pk,))).content.decode()
    assert "Mira" not in page
    assert page.count("Buyer") > 3, "offered, declined and offered again"


def test_who_is_invited_stands_where_the_address_does(client_of_boss: Client, boss: User, company: Company) -> None:
    person = known(name="Aaron")
    person.email = "zoe@example.com"
    person.save(update_fields=["email"])
    invite(client_of_boss, person, "buyer")
    people = client_of_boss.get(reverse("ui:people")).context["people"]
    assert [row["user"] for row in people] == [boss, person]
