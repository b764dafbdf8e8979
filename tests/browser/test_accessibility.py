"""WCAG 2.2 AA by axe-core on every type of page, in light English and in dark Chinese: a theme changes only colours, a
language only words, so two of the four show all. No type of page may be forgotten."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Page, expect

from core.access.enums import Role
from core.ui import registry
from core.ui.urls import resource_urls
from crm.pipeline.models import Stage
from tests.browser import axe, hands, pages
from tests.browser.site import Site, Visitor, ready
from tests.factories.company import MembershipFactory, UserFactory
from tests.factories.pipeline import DealFactory

LABELS = [f"{kind}/{slug}" for kind, slug in pages.generic()]
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


def found(page: Page) -> list[str]:
    """What axe finds on the page as it stands."""
    ready(page)
    return axe.violations(page)


def clean(page: Page, address: str) -> None:
    """The page answers, and axe finds nothing on it."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok
    assert found(page) == []


@THEMES
@pytest.mark.parametrize("label", LABELS)
def test_pages_of_resources(readers: dict[str, Visitor], site: Site, theme: str, label: str) -> None:
    clean(readers[theme].page, pages.resource_address(*label.split("/"), site.company))


@THEMES
@pytest.mark.parametrize("name", [name for name in pages.own_pages() if name not in pages.PUBLIC])
def test_pages_of_their_own(readers: dict[str, Visitor], site: Site, theme: str, name: str) -> None:
    address = pages.address(name, site.company, site.user if theme == "light" else site.night)
    assert address is not None, f"{name} is a new page: say in tests/browser/pages.py where to find one"
    clean(readers[theme].page, address)


@pytest.fixture(scope="package")
def strangers(site: Site) -> Iterator[dict[str, Visitor]]:
    """People without an account; the theme and the language are those of cookies."""
    with site.visiting() as visit:
        found = {theme: visit() for theme in ("light", "dark")}
        cookies = {"theme": "dark", settings.LANGUAGE_COOKIE_NAME: "zh-hans"}
        found["dark"].context.add_cookies([{"name": k, "value": v, "url": site.url} for k, v in cookies.items()])
        yield found


@THEMES
@pytest.mark.parametrize("name", sorted(pages.PUBLIC))
def test_public_pages(strangers: dict[str, Visitor], site: Site, theme: str, name: str) -> None:
    clean(strangers[theme].page, str(pages.address(name, site.company, site.user)))


# ---- states of pages ----


@pytest.fixture
def deal(site: Site) -> Any:
    """An open deal in the demo company's own pipeline."""
    with transaction.atomic():
        stage = Stage.objects.filter(company=site.company).order_by("position").first()
        return DealFactory(company=site.company, stage=stage, title="Terrace lamps", owner=site.user)


def test_dialogs_palette_and_sheet(visit: Callable[..., Visitor], site: Site, deal: Any) -> None:
    page = visit(site.user).page
    page.goto(f"/deals/{deal.pk}/")
    hands.press(page, "Win")
    expect(page.locator("#dialog")).to_be_visible()
    assert found(page) == []
    page.locator("#dialog [data-close]").click()
    expect(page.locator("#dialog")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.locator("dialog.palette [data-records] [role=option]").first).to_be_visible()
    assert found(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("dialog.palette")).to_be_hidden()
    page.get_by_role("heading", level=1).focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert found(page) == []


def test_a_bulk_action_and_a_refused_form(visit: Callable[..., Visitor], site: Site, deal: Any) -> None:
    visitor = visit(site.user)
    visitor.watch.expect([422])
    page = visitor.page
    page.goto("/deals/?view=all")
    page.locator("#results").get_by_label("Terrace lamps").first.check()
    page.locator(".bulk-bar").get_by_role("button", name="Lose").click()
    expect(hands.title(page)).to_contain_text("Lose")
    assert found(page) == []
    page.goto("/deals/new/")
    hands.save(page)
    expect(page.locator("[data-errors]")).to_be_visible()
    assert found(page) == []


def test_errors(visit: Callable[..., Visitor], site: Site) -> None:
    with transaction.atomic():
        warehouse = UserFactory(name="Wanda Example")
        MembershipFactory(user=warehouse, company=site.company, role=Role.WAREHOUSE)
    visitor = visit(warehouse)
    visitor.watch.expect([403, 404])
    for path, status, title in (("/leads/", 403, "Not allowed"), ("/nothing-here/", 404, "Not found")):
        answer = visitor.page.goto(path)
        assert answer is not None
        assert answer.status == status
        expect(hands.title(visitor.page)).to_have_text(title)
        assert found(visitor.page) == []


# ---- nothing is forgotten ----


def test_every_kind_of_page_is_covered() -> None:
    kinds = {
        pattern.name.removeprefix(f"{one.slug}-") for one in registry.all_resources() for pattern in resource_urls(one)
    }
    assert kinds == set(pages.SHOWN) | pages.NO_PAGE_KINDS


def test_every_panel_is_on_a_page_that_is_shown() -> None:
    shown = {panel.template for slug in pages.SHOWN["detail"] for panel in registry.get(slug).panels}
    every = {panel.template: one.slug for one in registry.all_resources() for panel in one.panels}
    assert {template: slug for template, slug in every.items() if template not in shown} == {}
