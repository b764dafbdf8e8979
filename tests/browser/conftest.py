"""One browser, one server and one demo company for this folder. Tests that write make a company of their own:
the wall between companies keeps them apart, so nothing has to be emptied between tests."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import TransactionTestCase
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from core.company.tenancy import all_companies
from tests.browser.site import Site, Visitor, person, small_demo

HERE = Path(__file__).parent
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--disable-component-update",
    "--no-first-run",
    "--disable-default-apps",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; see scripts/system_packages.sh."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is missing: sh scripts/system_packages.sh browser"
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        yield launched
        launched.close()


def _empty() -> None:
    TransactionTestCase._fixture_teardown(None)  # type: ignore[arg-type]
    cache.clear()


@pytest.fixture(scope="package")
def site(
    browser: Browser, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with django_db_blocker.unblock():
        _empty()
        with all_companies():
            company = small_demo(tmp_path_factory.mktemp("demo"))
            with transaction.atomic():
                user = person(company, email="ada@example.com")
                night = person(company, "Li Example", theme="dark", language="zh-hans")
        server = LiveServer("127.0.0.1")
        try:
            yield Site(server.url, browser, company, user, night)
        finally:
            server.stop()
            _empty()


@pytest.fixture
def visit(site: Site) -> Iterator[Callable[..., Visitor]]:
    """See `Site.visiting`."""
    with site.visiting() as visit:
        yield visit


@pytest.fixture(scope="package")
def readers(site: Site) -> Iterator[dict[str, Visitor]]:
    """Contexts for all tests that only look, in light English and in dark Chinese; their caches are warm."""
    with site.visiting() as visit:
        yield {"light": visit(site.user), "dark": visit(site.night)}
