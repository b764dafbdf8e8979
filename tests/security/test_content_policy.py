"""Every answer carries the content policy, and nothing we write needs an exception from it (QUALITY 26)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import path

from core.ui.middleware import DOWNLOAD_POLICY
from tests.security.browser import Browser
from tests.security.hostile import read
from tests.security.table import Rule, line_of
from tests.security.urls import addresses
from tests.security.world import World

ROOT = Path(settings.BASE_DIR)
FOLDERS = ("core", "crm", "erp", "integration", "reporting", "config")
# Where text is declared to be markup already: file → how often, each place read and found to escape its parts.
TRUSTED = {
    "core/ui/cards.py": 1,  # cards that escape each of their parts
    "core/ui/columns.py": 1,  # a link of two escaped parts
    "core/ui/views/list.py": 1,  # a widget that Django has drawn
    "crm/campaigns/wording.py": 1,  # a mailing's text, escaped before it gets bold and links
    "erp/orders/panels.py": 1,  # cells made by format_html
    "core/ui/panels.py": 2,  # nothing at all, and cells that escaped themselves
    "core/ui/tables.py": 4,  # cells that escaped themselves, and rows of them
}
TRUSTED_TEMPLATES = {
    "templates/ui/_more.html": 1,  # fields that crispy has drawn
    "templates/bootstrap5/layout/fieldset.html": 2,
}
MARKS = re.compile(r"\bmark_safe\(|\bSafeString\((?!\"\"\))|\bSafeText\(|\|\s*safe\b|autoescape\s+off|safeseq|Markup\(")


def policy() -> str:
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in settings.SECURE_CSP.items())


def boom(request: Any) -> Any:
    raise RuntimeError("secret-of-the-exception")


urlpatterns = [path("boom/", boom), path("api/boom/", boom)]
handler500 = "core.ui.views.errors.server_error"


def test_the_policy_has_no_holes() -> None:
    assert settings.SECURE_CSP["default-src"] == ["'none'"]
    assert "unsafe" not in policy()
    assert "*" not in policy()
    assert settings.SECURE_CSP["script-src"] == settings.SECURE_CSP["style-src"] == ["'self'"]
    for name in ("base-uri", "frame-ancestors"):
        assert settings.SECURE_CSP[name] == ["'none'"]


def one_of_each(world: World) -> Iterator[str]:
    """An address for each view of ours and of the packages."""
    seen = set()
    for address in addresses():
        line = line_of(address)
        assert line is not None
        if line.rule is Rule.ADMIN and address.parameters:
            continue
        key = (line.rule, address.label)
        if address.name == "api:schema":
            continue  # takes seconds to make, and goes out like every other answer of the API
        if key in seen or "get" not in address.methods or (address.resource and address.resource.slug != "deals"):
            continue
        seen.add(key)
        yield world.urls(address)[0]


def test_every_kind_of_answer_carries_it(world: World) -> None:
    keeper = world.everyone
    type(keeper).objects.filter(pk=keeper.pk).update(is_staff=True, is_superuser=True)
    browser, count = world.browser(keeper), 0
    for url in one_of_each(world):
        headers = world.token(keeper) if url.startswith("/api/") else {}
        answer = browser.get(url, headers=headers)
        is_download = answer.headers.get("Content-Disposition", "").startswith("attachment")
        assert answer.headers["Content-Security-Policy"] == (DOWNLOAD_POLICY if is_download else policy()), url
        assert answer.headers["X-Content-Type-Options"] == "nosniff", url
        assert answer.headers["X-Frame-Options"] == "DENY", url
        assert answer.headers["Referrer-Policy"] == "same-origin", url
        if answer["Content-Type"].startswith("text/html") and not is_download:
            # Django's own pages link to its documentation; that is no script.
            assert read(answer.content.decode()).markup == [], url
        count += 1
    assert count > 60


def test_refusals_and_files_carry_it_too(world: World) -> None:
    browser = world.browser(world.everyone)
    answers = {
        404: browser.get("/nowhere/"),
        405: browser.get("/preferences/"),
        400: browser.get("/parties/", headers={"Host": "evil.example"}),
        403: Browser(world.client(world.everyone), checks_csrf=True).post("/preferences/"),
        302: Browser().get("/parties/"),
        301: browser.get("/parties"),
        401: browser.get("/api/v1/parties/"),
    }
    for status, answer in answers.items():
        assert (answer.status_code, answer.headers["Content-Security-Policy"]) == (status, policy()), status
    for file in ("/static/app.css", "/static/vendor/icons.svg", "/static/js/app.js", "/static/nothing.js"):
        assert browser.get(file).headers["Content-Security-Policy"] == policy(), file


@override_settings(ROOT_URLCONF="tests.security.test_content_policy")
def test_an_error_carries_it_and_tells_nothing(world: World) -> None:
    for url in ("/boom/", "/api/boom/"):
        answer = world.browser(world.everyone).get(url)
        assert (answer.status_code, answer.headers["Content-Security-Policy"]) == (500, policy())
        page = answer.content.decode()
        for secret in ("secret-of-the-exception", "Traceback", settings.SECRET_KEY, settings.BASE_DIR.name + "/core"):
            assert secret not in page, secret
        assert answer["X-Request-ID"] in page


@pytest.mark.parametrize("folder", FOLDERS)
def test_markup_is_trusted_only_where_it_was_read(folder: str) -> None:
    for file in sorted((ROOT / folder).rglob("*.py")):
        count = len(MARKS.findall(file.read_text(encoding="utf-8")))
        name = str(file.relative_to(ROOT))
        assert count <= TRUSTED.get(name, 0), f"{name}: text is trusted as markup"


def test_no_template_trusts_text() -> None:
    for file in sorted(ROOT.glob("templates/**/*")):
        if file.suffix == ".html":  # mail in plain text has nothing to escape
            name, count = str(file.relative_to(ROOT)), len(MARKS.findall(file.read_text(encoding="utf-8")))
            assert count <= TRUSTED_TEMPLATES.get(name, 0), f"{name}: text is trusted as markup"


def test_python_writes_no_handler_and_no_style() -> None:
    wrong = re.compile(r"""<[a-z][^>"']*\s(?:style|on[a-z]+)=|javascript:|hx-on|<script(?![^>]*src)""", re.IGNORECASE)
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            assert wrong.findall(file.read_text(encoding="utf-8")) == [], file
