"""Signing in through the real forms: second factor, sessions, guesses, enumeration."""

import datetime as dt
import re
from importlib import import_module
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.conf import settings as site
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.access.enums import MFA_ROLES, Role
from core.access.models import User
from core.access.second_factor import needs_second_factor
from core.access.sessions import end_sessions
from core.company.models import Company
from core.ui.tokens import create_token
from tests.factories.company import CompanyFactory, MembershipFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"
LOGIN, HOME, ITEMS = "/accounts/login/", "/", "/items/"
RESET = "/accounts/password/reset/"
SETUP = "/accounts/2fa/totp/activate/"
COOKIE = site.SESSION_COOKIE_NAME


@pytest.fixture
def company() -> Company:
    return CompanyFactory()


def person(role: Role, company: Company) -> User:
    user = user_with(role, company)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, user: User, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": user.email, "password": password}, **extra)


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def set_up_factor(client: Client) -> tuple[str, list[str]]:
    """Through the pages: the secret shown beside the picture, then its code; answers secret and recovery codes."""
    page = client.get(SETUP).content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)
    assert secret is not None, page
    done = client.post(SETUP, {"code": code_of(secret[1])}, follow=True)
    return secret[1], re.findall(r"\b\d{8}\b", done.content.decode())


# ---- second factor ----


def test_finance_and_administrators_set_up_a_factor_before_anything_else(company: Company) -> None:
    user, client = person(Role.ADMINISTRATOR, company), Client()
    sign_in(client, user)
    for url in (HOME, ITEMS, "/people/", "/admin/", "/palette/", "/access/", "/accounts/password/change/"):
        assert client.get(url)["Location"] == SETUP, url
    assert client.post("/items/new/", {"name": "x"})["Location"] == SETUP
    before, earlier = client.cookies[COOKIE].value, Client()
    sign_in(earlier, user)
    assert client.post(SETUP, {"code": "000000"}).status_code == 200
    assert earlier.get(ITEMS)["Location"] == SETUP, "nothing was set up, so nobody is signed out"
    secret, codes = set_up_factor(client)
    assert earlier.get(ITEMS)["Location"].startswith(LOGIN), "what the password alone opened is closed"
    assert len(codes) == 10
    assert client.cookies[COOKIE].value != before, "a new id with the factor"
    assert not SessionStore().exists(before)
    assert client.get(ITEMS).status_code == 200

    other = Client()
    asked = sign_in(other, user)
    assert asked["Location"].startswith("/accounts/2fa/authenticate/")
    assert other.get(ITEMS).status_code == 302, "the password alone opens nothing"
    assert other.post(asked["Location"], {"code": "000000"}).status_code == 200
    cache.clear()  # a code works once; the limit of tries is not what is asked here
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=2), tick=True):
        assert other.post(asked["Location"], {"code": code_of(secret)}).status_code == 302
        assert other.get(ITEMS).status_code == 200


def test_a_recovery_code_signs_in_once_and_lies_encrypted(company: Company) -> None:
    user, client = person(Role.ACCOUNTANT, company), Client()
    sign_in(client, user)
    secret, codes = set_up_factor(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        (stored,) = cursor.fetchone()
    assert [word for word in (secret, *codes) if word in stored] == []
    for expected in (302, 200):
        other = Client()
        asked = sign_in(other, user)
        assert other.post(asked["Location"], {"code": codes[0]}).status_code == expected


def test_whoever_must_have_a_factor_cannot_switch_it_off(company: Company) -> None:
    user, client = person(Role.ACCOUNTANT, company), Client()
    sign_in(client, user)
    set_up_factor(client)
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_who_needs_a_factor(company: Company, settings: Any) -> None:
    demo = CompanyFactory(is_demo=True)
    assert {role for role in Role if needs_second_factor(user_with(role, company))} == MFA_ROLES
    assert {role for role in Role if needs_second_factor(user_with(role, demo))} == set()
    both = user_with(Role.ADMINISTRATOR, demo)
    MembershipFactory(user=both, company=company, role=Role.BUYER)
    assert not needs_second_factor(User.objects.get(pk=both.pk))
    MembershipFactory(user=both, company=company, role=Role.ACCOUNTANT)
    assert needs_second_factor(User.objects.get(pk=both.pk))
    settings.DEMO = True
    assert not needs_second_factor(User.objects.get(pk=both.pk)), "published logins of a trial installation"
    assert needs_second_factor(user_with(Role.ACCOUNTANT, company))
    assert needs_second_factor(UserFactory(is_superuser=True))


def test_the_demo_company_asks_for_no_factor_and_tokens_never_do(company: Company, client: Client) -> None:
    user = person(Role.ADMINISTRATOR, CompanyFactory(is_demo=True))
    sign_in(client, user)
    assert client.get(ITEMS).status_code == 200
    keeper = person(Role.ADMINISTRATOR, company)
    _token, secret = create_token(user=keeper, now=timezone.now(), name="test")
    assert Client().get("/api/v1/items/", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


# ---- sessions ----


def test_signing_in_gives_a_new_id_and_a_planted_one_opens_nothing(company: Company) -> None:
    user, client = person(Role.BUYER, company), Client()
    planted = SessionStore()
    planted["planted"] = True
    planted.create()
    client.cookies[COOKIE] = planted.session_key
    sign_in(client, user)
    assert client.cookies[COOKIE].value != planted.session_key
    assert client.get(ITEMS).status_code == 200
    intruder = Client()
    intruder.cookies[COOKIE] = planted.session_key
    assert intruder.get(ITEMS).status_code == 302


def test_signing_out_ends_the_session_on_the_server(company: Company) -> None:
    user, client = person(Role.BUYER, company), Client()
    sign_in(client, user)
    key = client.cookies[COOKIE].value
    client.post("/accounts/logout/")
    copy = Client()
    copy.cookies[COOKIE] = key
    assert copy.get(ITEMS).status_code == 302
    assert not SessionStore().exists(key)


def test_changing_the_password_ends_the_others_and_renews_this_one(company: Company) -> None:
    user, here, there = person(Role.BUYER, company), Client(), Client()
    sign_in(here, user)
    sign_in(there, user)
    before = here.cookies[COOKIE].value
    chosen = "another-horse-battery"
    done = here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": chosen, "password2": chosen})
    assert done.status_code == 302
    assert here.cookies[COOKIE].value != before
    assert (here.get(ITEMS).status_code, there.get(ITEMS).status_code) == (200, 302)


def test_the_session_list_signs_out_the_others(company: Company) -> None:
    user, here, there = person(Role.BUYER, company), Client(), Client()
    sign_in(here, user, headers={"User-Agent": "Here"})
    sign_in(there, user, headers={"User-Agent": "There"})
    page = here.get("/accounts/sessions/").content.decode()
    assert ("Here" in page, "There" in page) == (True, True)
    here.post("/accounts/sessions/")
    assert (here.get(ITEMS).status_code, there.get(ITEMS).status_code) == (200, 302)
    assert UserSession.objects.filter(user=user).count() == 1


@pytest.mark.parametrize(("steps", "expected"), [([29, 58], 200), ([31], 302), ([29, 58, 61], 302)])
def test_a_session_ends_when_idle_and_after_a_working_day(
    company: Company, settings: Any, steps: list[int], expected: int
) -> None:
    assert (settings.SESSION_IDLE_SECONDS, settings.SESSION_ABSOLUTE_SECONDS) == (30 * 60, 12 * 3600)
    settings.SESSION_ABSOLUTE_SECONDS = 3600  # the same rule in fewer steps
    user, client, begin = person(Role.BUYER, company), Client(), dt.datetime(2026, 11, 25, 8, tzinfo=dt.UTC)
    with time_machine.travel(begin, tick=False) as clock:
        sign_in(client, user)
        client.get("/shortcuts/")
        for minutes in steps:
            clock.move_to(begin + dt.timedelta(minutes=minutes))
            status = client.get("/shortcuts/").status_code
    assert status == expected


# ---- guesses and enumeration ----


def guess(user: User, ip: str, client: Client | None = None, password: str = "") -> str:
    answer = sign_in(client or Client(), user, password or "wrong", REMOTE_ADDR=ip)
    return "in" if answer.status_code == 302 else "slowed" if "Too many" in answer.content.decode() else "judged"


def attack(user: User, guesses: int) -> int:
    """How many of the guesses, from fifty addresses in turn, were compared with the password at all."""
    return [guess(user, f"203.0.113.{n % 50}") for n in range(guesses)].count("judged")


def test_a_flood_of_guesses_is_hardly_judged_and_locks_nobody_out(company: Company) -> None:
    user, own = person(Role.BUYER, company), Client()
    assert guess(user, "198.51.100.7", own, PASSWORD) == "in"
    own.post("/accounts/logout/")
    assert attack(user, 40) <= 20
    assert guess(user, "203.0.113.200", password=PASSWORD) == "slowed", (
        "not even the right one, from where nobody knows"
    )
    assert guess(user, "198.51.100.7", own, PASSWORD) == "in", "the person's own browser is not kept out"


def test_the_cookie_of_one_person_helps_with_no_other_account(company: Company) -> None:
    thief, victim, browser = person(Role.BUYER, company), person(Role.BUYER, company), Client()
    guess(thief, "198.51.100.7", browser, PASSWORD)
    browser.post("/accounts/logout/")
    attack(victim, 8)
    assert guess(victim, "198.51.100.8", browser) == "slowed"


@pytest.mark.soak
def test_a_thousand_guesses_from_fifty_addresses(company: Company) -> None:
    assert attack(person(Role.BUYER, company), 1000) <= 20


def test_no_page_tells_whether_an_account_exists(company: Company, mailoutbox: list[Any]) -> None:
    """Same status, same words; what differs is the mail address that was typed and the form's token."""
    known, closed = person(Role.BUYER, company), person(Role.BUYER, company)
    closed.is_active = False
    closed.save()
    unknown = UserFactory.build(email="nobody@example.com")

    def said(response: Any, user: User) -> tuple[int, str]:
        text = response.content.decode().replace(user.email, "MAIL")
        return response.status_code, re.sub(r'(csrfmiddlewaretoken" value=|csrf-token" content=)"[^"]*"', "", text)

    for path, data in ((LOGIN, {"password": "wrong"}), ("/accounts/password/reset/", {})):
        field = "login" if path == LOGIN else "email"
        answers = {
            said(Client().post(path, {field: user.email, **data}, follow=True), user)
            for user in (known, closed, unknown)
        }
        assert len(answers) == 1, path


def test_a_lost_password_is_asked_for_and_set_by_mail(
    company: Company, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    """From the first page to the last, each of which leads on; a stranger's address gets no mail."""
    client, user = Client(), person(Role.BUYER, company)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(RESET, {"email": "nobody@example.com"})
    assert mailoutbox == []
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post(RESET, {"email": user.email}, follow=True)
    assert LOGIN in asked.content.decode()
    link = re.search(r"http://testserver(\S+)", mailoutbox[0].body)
    assert link is not None
    form = client.get(link[1], follow=True).request["PATH_INFO"]
    done = client.post(form, {"password1": "a-battery-of-staples", "password2": "a-battery-of-staples"}, follow=True)
    assert f'href="{LOGIN}">Sign in' in done.content.decode()
    assert sign_in(client, user, "a-battery-of-staples")["Location"] == HOME
    again = Client().get(link[1]).content.decode()
    assert ("This link does not work any more" in again, f'href="{RESET}"' in again) == (True, True)


def test_ones_own_account_is_no_chart_of_accounts(company: Company) -> None:
    client, user = Client(), person(Role.ACCOUNTANT, company)
    sign_in(client, user)
    set_up_factor(client)
    marked = re.compile(r'href="/accounts/"[^>]*aria-current="page"')
    assert marked.search(client.get("/accounts/").content.decode()) is not None
    assert marked.search(client.get("/accounts/2fa/").content.decode()) is None


def test_nobody_signs_up(client: Client) -> None:
    page = client.post("/accounts/signup/", {"email": "x@example.com", "password1": PASSWORD, "password2": PASSWORD})
    assert page.status_code in (200, 403)
    assert not User.objects.filter(email="x@example.com").exists()


def test_a_session_that_is_read_while_it_is_ended_is_not_remembered(
    company: Company, django_capture_on_commit_callbacks: Any
) -> None:
    """Until the commit another request may read the row and put it back into the cache."""
    user, client = person(Role.BUYER, company), Client()
    sign_in(client, user)
    key = client.session.session_key
    assert UserSession.objects.filter(user=user, session_key=key).exists()
    kept = import_module(site.SESSION_ENGINE).SessionStore(key)
    data = kept.load()
    with django_capture_on_commit_callbacks(execute=True):
        end_sessions(user.pk)
        cache.set(kept.cache_key, data)
    assert client.get("/shortcuts/").status_code == 302
