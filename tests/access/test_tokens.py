"""API tokens in the browser: shown once, scoped, expiring, revoked."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company
from core.ui.models import ApiToken
from tests.factories.company import CompanyFactory, signed_in, user_with

pytestmark = pytest.mark.django_db
URL = "/tokens/"


@pytest.fixture
def company() -> Company:
    return CompanyFactory()


@pytest.fixture
def buyer(company: Company) -> User:
    return user_with(Role.BUYER, company)


def called(secret: str, path: str = "items/", method: str = "get") -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return int(getattr(Client(), method)(f"/api/v1/{path}", headers=headers).status_code)


def test_a_token_is_shown_once_works_and_ends(buyer: User) -> None:
    client = signed_in(buyer)
    made = client.post(URL, {"name": "Shop", "days": "30", "verb": "read"})
    secret = made.context["secret"]
    assert secret in made.content.decode()
    assert made["Cache-Control"] == "no-store"
    token = ApiToken.objects.get(user=buyer)
    assert secret not in (token.digest, token.prefix)
    assert token.expires_at is not None
    assert dt.timedelta(days=29) < token.expires_at - timezone.now() < dt.timedelta(days=31)
    again = client.get(URL).content.decode()
    assert (secret in again, token.prefix in again) == (False, True)
    assert called(secret) == 200
    assert called(secret, method="post") == 403, "it may only read"
    assert client.post(reverse("ui:token-revoke", args=(token.pk,))).status_code == 302
    assert called(secret) == 401
    assert "Revoked" in client.get(URL).content.decode()


def test_a_token_reaches_the_chosen_lists_only(buyer: User) -> None:
    made = signed_in(buyer).post(URL, {"name": "Shop", "days": "", "verb": "read write", "lists": ["items"]})
    token = ApiToken.objects.get()
    assert (token.scopes, token.expires_at) == ("items:read items:write", None)
    secret = made.context["secret"]
    assert (called(secret), called(secret, "parties/")) == (200, 403)


def test_an_expired_token_says_so(buyer: User) -> None:
    ApiToken.objects.create(user=buyer, name="old", prefix="ob_", digest="x", expires_at=timezone.now())
    assert "Expired" in signed_in(buyer).get(URL).content.decode()


@pytest.mark.parametrize("wrong", [{"name": ""}, {"days": "7"}, {"verb": "own"}, {"lists": ["nonsense"]}])
def test_nonsense_makes_no_token(buyer: User, wrong: dict[str, object]) -> None:
    answer = signed_in(buyer).post(URL, {"name": "Shop", "days": "30", "verb": "read", **wrong})
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_making_one_asks_for_the_password_again_and_a_factor(buyer: User, company: Company) -> None:
    answer = signed_in(buyer, confirmed=False).post(URL, {"name": "Shop", "days": "30", "verb": "read"})
    assert (answer.status_code, urlsplit(answer["Location"]).path) == (302, reverse("account_reauthenticate"))
    keeper, client = user_with(Role.ACCOUNTANT, company), Client()
    client.force_login(keeper)
    assert client.get(URL)["Location"] == reverse("mfa_activate_totp")
    assert not ApiToken.objects.exists()


def test_nobody_ends_somebody_elses(buyer: User, company: Company) -> None:
    token = ApiToken.objects.create(user=user_with(Role.BUYER, company), name="theirs", prefix="ob_", digest="x")
    assert signed_in(buyer).post(reverse("ui:token-revoke", args=(token.pk,))).status_code == 404
    assert token.prefix not in [row["token"].name for row in signed_in(buyer).get(URL).context["rows"]]
    assert ApiToken.objects.get().revoked_at is None
