"""A link to us never ends up elsewhere (QUALITY 35)."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.urls import reverse

from core.access.enums import Role
from tests.factories.company import PASSWORD, user_with
from tests.security.browser import Browser
from tests.security.world import World

ELSEWHERE = (
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "http:evil.example",
    "https:///evil.example",
    "https:/evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "//testserver@evil.example/",
    "http://evil.example\\@testserver/",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\x00//evil.example",
    "javascript:zq()",
    "java\nscript:zq()",
    "data:text/html,zq",
    "vbscript:zq",
    "ftp://testserver/",
    "http://[::1",
    "//[evil",
    "http://testserver:evil.example/",
    "＼／evil.example",
)
WRITERS = re.compile(
    r"\b(?:HttpResponseRedirect|HttpResponsePermanentRedirect)\(|\bredirect\(|HX-(?:Redirect|Location)"
)
# Modules that send people somewhere, and why the place is ours.
REDIRECTING = {
    "core/ui/requests.py": "asks url_has_allowed_host_and_scheme",
    "core/ui/views/base.py": "to the sign-in page",
    "core/access/middleware.py": "to pages by name",
    "integration/demo/views.py": "home",
    "crm/leads/views.py": "to a page by name",
    "erp/orders/public/views.py": "to a page by name",
}


def lands_on(location: str) -> tuple[str, str]:
    """Scheme and host at which a browser arrives; browsers drop tabs and breaks and take backslashes for slashes."""
    cleaned = re.sub(r"[\t\r\n]", "", location).strip("\x00 ").replace("\\", "/")
    parts = urlsplit(urljoin("http://testserver/somewhere/", cleaned))
    return parts.scheme, parts.netloc


def test_the_reader_of_locations_sees_through_the_tricks() -> None:
    assert lands_on("/\\evil.example") == ("http", "evil.example")
    assert lands_on("/\t/evil.example") == ("http", "evil.example")
    assert lands_on("/parties/?next=//evil.example") == ("http", "testserver")


def test_next_stays_here(world: World) -> None:
    browser = world.browser(world.everyone)
    for url in ELSEWHERE:
        answer = browser.post("/preferences/", {"theme": "dark", "next": url})
        assert (answer.status_code, lands_on(answer["Location"])) == (302, ("http", "testserver")), url
    assert browser.post("/preferences/", {"next": "/deals/?view=all"})["Location"] == "/deals/?view=all"


@pytest.mark.parametrize("url", [ELSEWHERE[1], ELSEWHERE[4], ELSEWHERE[19]])
def test_every_form_with_a_next_stays_here(world: World, url: str) -> None:
    browser, deal, task = world.browser(world.everyone), world.records["deals"], world.records["tasks"]
    stage = str(deal.stage_id)
    posts = (
        (reverse("ui:company"), {"company": world.home.pk}),
        (reverse("ui:deals-columns"), {"reset": "1"}),
        (reverse("ui:deals-views"), {"name": ""}),
        (reverse("ui:deals-view", args=(world.views["deals"].pk,)), {"operation": "rename", "name": ""}),
        (reverse("ui:deals-move"), {"pk": deal.pk, "to": stage}),
        (reverse("ui:deals-bulk"), {"action": next(a.name for a in _deals().actions if a.bulk), "ids": []}),
        (reverse("ui:tasks-action", args=(task.pk, "complete")), {}),
    )
    for address, data in posts:
        answer = browser.post(address, {**data, "next": url})
        assert answer.status_code == 302, address
        assert lands_on(answer["Location"]) == ("http", "testserver"), address
    for page in (
        f"{reverse('ui:parties-create')}?next={url}",
        f"{reverse('ui:deals-action', args=(deal.pk, 'lose'))}?next={url}",
    ):
        answer = browser.get(page)
        hrefs = re.findall(r'href="([^"]*)"', answer.content.decode())
        assert {lands_on(href) for href in hrefs if not href.startswith("data:")} == {("http", "testserver")}, page


def _deals() -> object:
    from core.ui import registry  # noqa: PLC0415

    return registry.get("deals")


def test_signing_in_leads_nowhere_else(world: World) -> None:
    user = user_with(Role.SALESPERSON, world.home)
    user.set_password(PASSWORD)
    user.save()
    for url in ("//evil.example", "/\\evil.example"):
        form = {"login": user.email, "password": PASSWORD, "next": url}
        answer = Browser().post(f"/accounts/login/?next={url}", form)
        assert (answer.status_code, lands_on(answer["Location"])) == (302, ("http", "testserver")), url
    for url in ELSEWHERE:
        answer = world.browser(world.everyone).get("/accounts/login/", {"next": url})
        assert "Location" not in answer.headers or lands_on(answer["Location"]) == ("http", "testserver"), url


def test_what_a_browser_says_of_its_address_is_no_target(world: World) -> None:
    for url in ("https://evil.example/x", "//evil.example", "evil.example", "javascript:zq()"):
        answer = Browser().get("/parties/", headers={"HX-Request": "true", "HX-Current-URL": url})
        assert lands_on(answer["HX-Redirect"]) == ("http", "testserver"), url
        assert answer["HX-Redirect"].startswith("/accounts/login/"), url


def test_a_missing_slash_is_added_here(world: World) -> None:
    for path in ("//evil.example/parties", "/\\evil.example/parties", "//evil.example/%2f..", "/parties"):
        answer = world.browser(world.everyone).get(path)
        if "Location" in answer.headers:
            assert lands_on(answer["Location"]) == ("http", "testserver"), path


def test_another_host_is_refused(world: World) -> None:
    for host in ("evil.example", "testserver.evil.example", "testserver@evil.example"):
        answer = world.browser(world.everyone).get("/parties/", headers={"Host": host})
        assert answer.status_code == 400, host


def test_no_module_redirects_unseen() -> None:
    root = Path(settings.BASE_DIR)
    found = set()
    for folder in ("core", "crm", "erp", "integration", "reporting", "config"):
        for path in sorted((root / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            own = "from core.ui.requests import" in text and re.search(
                r"core\.ui\.requests import .*\bredirect\b", text
            )
            if WRITERS.search(text) and not own and "migrations" not in path.parts:
                found.add(str(path.relative_to(root)))
    assert found - set(REDIRECTING) == set(), "use core.ui.requests.redirect, or say in REDIRECTING where it leads"
