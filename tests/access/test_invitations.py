"""Invitations of people who have an account: what they give before and after the answer, and who can give it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.access.enums import Role
from core.access.models import User
from core.access.policies import roles_in
from core.company.invitations import NoInvitationError, accept_invitation, decline_invitation
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
        return re.findall(r"http://testserver(\S+)", mail.body)

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


def accept(client: Client, company: Company, *roles: str) -> Any:
    return client.post(answer_url(company, "accept"), {"roles": list(roles)})


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
    answer = {"company_id": company.pk, "user": person, "now": NOW}
    accept_invitation(roles=[Role.BUYER], **answer)
    assert (roles_in(again(person), company.pk), again(person).is_staff) == ({Role.BUYER}, False), "what they have read"
    accept_invitation(roles=list(Role), **answer)
    assert (roles_in(again(person), company.pk), again(person).is_staff) == ({Role.ADMINISTRATOR, Role.BUYER}, True)
    with pytest.raises(NoInvitationError):
        accept_invitation(roles=list(Role), **answer)


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


# ---- whose the account is ----


def test_only_the_mail_sets_the_first_password(
    client_of_boss: Client, company: Company, mails: Callable[..., list[str]], mailoutbox: list[Any]
) -> None:
    """Else whoever invited first could take the account, and with it what others offer to this address later."""
    person = UserFactory(email="mira@example.com")
    person.set_unusable_password()
    person.save()
    home = CompanyFactory()
    Membership.objects.create(user=person, company=home, role=Role.BUYER, accepted_at=NOW)
    rival = signed_in(user_with(Role.ADMINISTRATOR, home))
    record = rival.get(reverse("ui:person", args=(person.pk,))).content.decode()
    assert ("password/reset/key" in record, "invite-link" in record) == (False, False)
    links = mails(lambda: invite(client_of_boss, person, "administrator"))
    assert [link[:28] for link in links] == ["/accounts/password/reset/key", "/invitations/"]
    assert mailoutbox[0].to == ["mira@example.com"]


def test_without_mail_the_administrator_hands_the_link_over(client_of_boss: Client, settings: Any) -> None:
    """Only then, and only of an account that no other company shares."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    sent = client_of_boss.post(reverse("ui:people-invite"), {"name": "New", "email": "n@example.com", "roles": "buyer"})
    assert 'id="invite-link"' in client_of_boss.get(sent["Location"]).content.decode()
    person = User.objects.get(email="n@example.com")
    Membership.objects.create(user=person, company=CompanyFactory(), role=Role.BUYER, accepted_at=NOW)
    assert 'id="invite-link"' not in client_of_boss.get(sent["Location"]).content.decode()


def test_an_account_has_one_address(company: Company, mails: Callable[..., list[str]], mailoutbox: list[Any]) -> None:
    """A second one would be a second way in, and could take an address that somebody else is to be invited with."""
    person = known()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    browser = browser_of(person)
    act = {"action_add": "", "email": "new@example.com"}
    (link, *_more) = mails(lambda: browser.post(reverse("account_email"), act))
    assert mailoutbox[0].to == ["new@example.com"]
    assert again(person).email == person.email, "until the mail is read"
    stranger = Client()
    stranger.post(reverse("account_reset_password"), {"email": "new@example.com"})
    assert [mail.to for mail in mailoutbox] == [["new@example.com"]], "no link to a password"
    signs = {"login": "new@example.com", "password": PASSWORD}
    assert stranger.post(reverse("account_login"), signs).status_code == 200
    browser.post(link)
    assert again(person).email == "new@example.com"
    assert list(EmailAddress.objects.filter(user=person).values_list("email", flat=True)) == ["new@example.com"]


def test_a_colleague_who_gets_a_role_is_sent_no_link_to_a_password(
    client_of_boss: Client, company: Company, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    person = user_with(Role.BUYER, company)
    person.set_password(PASSWORD)
    person.save()
    with django_capture_on_commit_callbacks(execute=True):
        told = client_of_boss.post(
            reverse("ui:people-invite"), {"name": "Mate", "email": person.email, "roles": ["warehouse"]}, follow=True
        )
    assert mailoutbox == []
    assert "has the roles now" in told.content.decode()


def test_accepting_an_administrators_role_asks_for_the_second_factor(client_of_boss: Client, company: Company) -> None:
    person = known()
    browser, other = browser_of(person), browser_of(person)
    assert [one.get(reverse("ui:items-list")).status_code for one in (browser, other)] == [200, 200]
    invite(client_of_boss, person, "administrator")
    before = browser.session.session_key
    accept(browser, company, "administrator")
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
    assert link == "/invitations/"

    theirs = browser_of(person)
    assert "A company invites you" in theirs.get("/").content.decode()
    assert answer_url(company, "accept") in theirs.get(link).content.decode()
    accepted = accept(theirs, company, "buyer")
    assert (accepted.status_code, accepted["Location"]) == (302, "/")
    assert theirs.get("/").context["company"] == company
    assert "A company invites you" not in theirs.get("/").content.decode()
    assert "Mira Stone" in client_of_boss.get(reverse("ui:people")).content.decode()
    assert accept(theirs, company, "buyer").status_code == 409
    assert person.email in theirs.get(link).content.decode(), "who reads this as somebody else sees it"
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
