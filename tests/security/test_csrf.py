"""Nobody else's page makes a signed-in browser change something (QUALITY 31)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from tests.security.browser import Browser
from tests.security.table import Rule, line_of
from tests.security.urls import Address, addresses
from tests.security.world import World

TOKEN = "the API is opened by a bearer token and never by a cookie"
# Views that take a POST without a CSRF token, each with the reason why that is no hole.
EXEMPT = {
    "core.ui.api.viewsets.ResourceViewSet": TOKEN,
    "core.ui.api.files.RecordFilesViewSet": TOKEN,
    "core.ui.api.people.PeopleApi": TOKEN,
    "erp.ledger.api.": TOKEN,
    "erp.invoicing.api.": TOKEN,
    "erp.inventory.api.": TOKEN,
    "reporting.api.": TOKEN,
    "drf_spectacular.views.SpectacularAPIView": "reads only",
    "crm.campaigns.views.UnsubscribeView": "mail providers post for their users (RFC 8058); the link is the secret",
}


def writing() -> list[Address]:
    """One address for each view that changes something; views are the same on every Resource."""
    found: dict[str, Address] = {}
    for address in addresses():
        rule = line_of(address).rule  # type: ignore[union-attr]
        if address.unsafe and not getattr(address.callback, "csrf_exempt", False):
            if rule is Rule.ADMIN and address.parameters:
                continue
            if address.resource is None or address.resource.slug == "deals":
                found.setdefault(f"{rule}{address.label}", address)
    return list(found.values())


def test_only_what_has_a_reason_is_exempt() -> None:
    exempt = {address.label for address in addresses() if getattr(address.callback, "csrf_exempt", False)}
    unexplained = sorted(label for label in exempt if not label.startswith(tuple(EXEMPT)))
    assert unexplained == [], "say in EXEMPT why this view needs no CSRF token, or take its exemption away"
    assert [name for name in EXEMPT if not any(label.startswith(name) for label in exempt)] == []


def test_the_check_is_not_switched_off_anywhere() -> None:
    assert "django.middleware.csrf.CsrfViewMiddleware" in settings.MIDDLEWARE
    assert settings.CSRF_USE_SESSIONS is False
    assert settings.CSRF_TRUSTED_ORIGINS == []


def test_without_a_token_nothing_is_written(world: World) -> None:
    browser = Browser(world.client(world.everyone), checks_csrf=True)
    checked = 0
    for address in writing():
        for url in world.urls(address)[:1]:
            for headers in ({}, {"HX-Request": "true", "X-Requested-With": "onebook"}):
                answer = browser.post(url, {"operation": "delete"}, headers=headers)
                assert answer.status_code == 403, (url, headers)
            checked += 1
    assert checked > 25


def test_from_another_origin_nothing_is_written(world: World) -> None:
    browser = Browser(world.client(world.everyone), checks_csrf=True)
    browser.get("/parties/")
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    good = {"X-CSRFToken": token}
    assert browser.post("/preferences/", {"theme": "dark"}, headers=good).status_code == 302
    assert (
        browser.post("/preferences/", {"theme": "dark"}, headers={**good, "Origin": "http://testserver"}).status_code
        == 302
    )
    for origin in ("https://evil.example", "null", "http://testserver.evil.example", "http://testserver:81", "file://"):
        answer = browser.post("/preferences/", {"theme": "dark"}, headers={**good, "Origin": origin})
        assert answer.status_code == 403, origin
    other = Browser(world.client(world.neighbour), checks_csrf=True)
    other.get("/parties/")
    assert other.post("/preferences/", {"theme": "dark"}, headers=good).status_code == 403, "somebody else's token"


def test_the_refusal_is_a_page_of_ours(world: World) -> None:
    answer = Browser(world.client(world.everyone), checks_csrf=True).post("/preferences/", {"theme": "dark"})
    assert (answer.status_code, answer["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert answer["X-Request-ID"] in answer.content.decode()


def test_a_session_does_not_open_the_api(world: World) -> None:
    record = world.records["parties"]
    answer = world.browser(world.everyone).ask("patch", f"/api/v1/parties/{record.pk}/", {"name": "Forged"})
    assert answer.status_code == 401


def test_reading_changes_no_setting(world: World) -> None:
    """Links and images can be planted anywhere: what changes something answers no GET."""
    for name in (
        "ui:preferences",
        "ui:company",
        "ui:deals-bulk",
        "ui:deals-move",
        "ui:deals-views",
        "ui:deals-columns",
    ):
        assert world.browser(world.everyone).get(reverse(name)).status_code == 405, name
    assert world.browser(world.everyone).get("/accounts/logout/").status_code == 200
    assert world.browser(world.everyone).get("/parties/").status_code == 200


def test_cookies_are_kept_close(world: World) -> None:
    browser = Browser()
    answer = browser.get("/accounts/login/")
    cookie = answer.cookies[settings.CSRF_COOKIE_NAME]
    assert (cookie["samesite"], cookie["httponly"], cookie["path"], cookie["domain"]) == ("Lax", True, "/", "")
    answer = world.browser(world.everyone).post("/preferences/", {"theme": "dark", "language": "en"})
    assert {morsel["samesite"] for morsel in answer.cookies.values()} == {"Lax"}


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Settings of an installation behind HTTPS."""
    program = (
        "import json; from config import settings as s;"
        "names = [k for k in dir(s) if 'COOKIE' in k or 'SECURE' in k or k == 'DEBUG'];"
        "print(json.dumps({k: getattr(s, k) for k in names}, default=str))"
    )
    state = tmp_path_factory.mktemp("state")
    environment = {"PATH": os.environ["PATH"], "ONEBOOK_HTTPS": "1", "ONEBOOK_STATE": str(state)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=True, env=environment, cwd=Path(settings.BASE_DIR),
    )  # fmt: skip
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_production_cookies_belong_to_this_host_alone(production: dict[str, object]) -> None:
    names = {name: value for name, value in production.items() if name.endswith("COOKIE_NAME")}
    own = {name: value for name, value in names.items() if name.split("_")[0] in ("SESSION", "CSRF", "DEVICE")}
    assert {str(value).startswith("__Host-") for value in own.values()} == {True}
    wanted = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY")
    assert [name for name in wanted if production[name] is not True] == []
    assert production["SESSION_COOKIE_SAMESITE"] == production["CSRF_COOKIE_SAMESITE"] == "Lax"
    assert production["SECURE_HSTS_SECONDS"] == 31536000
    assert production["SECURE_SSL_REDIRECT"] is True
    assert production["DEBUG"] is False
