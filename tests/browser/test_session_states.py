"""WCAG 2.2 AA on pages that a link in a mail, a half-done sign-in or a failure opens, as in test_accessibility.py."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.access.enums import Role
from core.access.models import User
from core.parties.models import Party
from core.ui.views.palette import ShortcutsView
from tests.browser import axe, pages
from tests.browser.site import Site, Visitor, path_of, ready
from tests.factories.company import MembershipFactory, UserFactory, signed_in
from tests.factories.parties import PartyFactory

THEMES = pytest.mark.parametrize("theme", ["light", "dark"])
PASSWORD = "a long walk over the hills"
STYLES: dict[str, dict[str, Any]] = {"light": {}, "dark": {"theme": "dark", "language": "zh-hans"}}


def clean(page: Page, name: str) -> None:
    """The page is the one that was asked for, and axe finds nothing on it."""
    ready(page)
    assert axe.violations(page) == [], name
    expect(page.get_by_role("heading", level=1).first).to_be_visible()


def opened(page: Page, address: str, name: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, name
    clean(page, name)


def holder(site: Site, theme: str) -> User:
    """Somebody of the company with a password and a second factor."""
    user: User = UserFactory(name="Hanna Example", **STYLES[theme])
    user.set_password(PASSWORD)
    user.save()
    MembershipFactory(user=user, company=site.company, role=Role.SALESPERSON)
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return user


def confirmed(visitor: Visitor, user: User, url: str) -> Visitor:
    """Signed in with both factors, a moment ago."""
    with transaction.atomic():
        key = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    visitor.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": url, "httpOnly": True}])
    return visitor


@pytest.fixture
def styled(visit: Callable[..., Visitor], site: Site) -> Callable[[str], Visitor]:
    """A context whose cookies say the theme and the language of its pages before anybody has signed in."""

    def open_one(theme: str) -> Visitor:
        visitor = visit()
        cookies = {} if theme == "light" else {"theme": "dark", settings.LANGUAGE_COOKIE_NAME: "zh-hans"}
        visitor.context.add_cookies([{"name": k, "value": v, "url": site.url} for k, v in cookies.items()])
        return visitor

    return open_one


@THEMES
def test_pages_of_a_link_and_of_signing_in(styled: Callable[[str], Visitor], site: Site, theme: str) -> None:
    with transaction.atomic():
        user = holder(site, theme)
        key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    page = styled(theme).page
    keys = {"account_confirm_email": ["nothing"], "account_reset_password_from_key": key.split("-", 1)}
    for name in pages.STRANGERS_STATES:
        opened(page, reverse(name, args=keys.get(name, [])), name)
        if name == "account_reset_password_from_key":
            expect(page.locator("[name=password1]")).to_be_visible()  # the form, not the page of a key that is spent
    page.goto(reverse("account_login"))
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"**{reverse('mfa_authenticate')}*")
    clean(page, "mfa_authenticate")


@THEMES
def test_pages_of_an_account(styled: Callable[[str], Visitor], site: Site, theme: str) -> None:
    with transaction.atomic():
        user, guest = holder(site, theme), UserFactory(name="Gil Example", **STYLES[theme])
        guest.set_unusable_password()
        guest.save()
        MembershipFactory(user=guest, company=site.company, role=Role.SALESPERSON)
    visitor = confirmed(styled(theme), user, site.url)
    for name in pages.HOLDERS_STATES:
        opened(visitor.page, reverse(name), name)
        assert path_of(visitor.page) == reverse(name)
    confirmed(visitor, guest, site.url)
    opened(visitor.page, reverse("account_set_password"), "account_set_password")
    assert path_of(visitor.page) == reverse("account_set_password")


@THEMES
def test_two_people_change_one_record(visit: Callable[..., Visitor], site: Site, theme: str) -> None:
    with transaction.atomic():
        party = PartyFactory(company=site.company, name="Terrace Works")
    visitor = visit(site.user if theme == "light" else site.night)
    visitor.watch.expect([409])
    page = visitor.page
    page.goto(f"/parties/{party.pk}/edit/")
    with transaction.atomic():
        Party.objects.filter(pk=party.pk).update(name="Their name", version=party.version + 1)
    page.locator("[name=name]").fill("My name")
    page.locator("[name=name]").press("Enter")
    expect(page.locator("main")).to_contain_text("Their name")
    clean(page, "409")


@THEMES
def test_our_own_failure(
    visit: Callable[..., Visitor], site: Site, theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(ShortcutsView, "get", broken)
    visitor = visit(site.user if theme == "light" else site.night)
    visitor.watch.expect([500])
    answer = visitor.page.goto(reverse("ui:shortcuts"))
    assert answer is not None
    assert answer.status == 500
    clean(visitor.page, "500")
