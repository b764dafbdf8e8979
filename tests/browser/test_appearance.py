"""Dark and light without a flash, small screens without a sideways scroll, Chinese, and pages without JavaScript."""

from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from core.access.models import User
from core.ui.enums import ViewScope
from core.ui.models import SavedView
from core.ui.saved_views import forget
from tests.browser import hands, pages
from tests.browser.site import Site, Visitor, person, ready
from tests.factories.company import PASSWORD

PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def somebody(site: Site) -> User:
    """Whoever changes preferences is somebody else than the reader of all other tests."""
    with transaction.atomic():
        return person(site.company, "Theo Example")


def ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_the_theme_comes_with_the_first_byte(visit: Callable[..., Visitor], somebody: User) -> None:
    page = visit(somebody).page
    page.goto("/")
    light = ground(page)
    page.locator('[popovertarget="user-menu"]').click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    dark = ground(page)
    assert dark != light
    answer = page.goto("/sales-orders/")
    assert answer is not None
    assert 'data-bs-theme="dark"' in answer.text().split("<head>")[0]
    # The sign-in page knows it by the cookie, when nobody is signed in any more.
    page.context.clear_cookies(name="onebook-session")
    page.goto("/accounts/login/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_auto_follows_the_system(visit: Callable[..., Visitor], site: Site) -> None:
    grounds = set()
    for scheme in ("light", "dark"):
        page = visit(site.user, color_scheme=scheme).page
        page.goto("/parties/")
        assert page.locator("html").get_attribute("data-bs-theme") is None
        grounds.add(ground(page))
    assert len(grounds) == 2


@pytest.fixture(scope="package")
def phone(site: Site) -> Visitor:
    with site.visiting() as visit:
        yield visit(site.user, **PHONE)


def too_wide(page: Page) -> list[str]:
    """What sticks out to the right, outside of boxes that scroll by themselves."""
    return list(
        page.evaluate("""() => {
          // A phone zooms out to what is too wide, and says so in `innerWidth`; the width of the screen stays.
          const screen = document.documentElement.clientWidth;
          if (document.scrollingElement.scrollWidth <= screen) return [];
          return [...document.querySelectorAll("body *")]
            .filter((item) => item.getBoundingClientRect().right > screen + 1)
            .map((item) => `${item.tagName}.${item.className}`).slice(0, 5);
        }""")
    )


@pytest.mark.parametrize("kind", sorted(pages.SHOWN))
def test_no_page_of_a_resource_scrolls_sideways(phone: Visitor, site: Site, kind: str) -> None:
    for slug in pages.SHOWN[kind]:
        phone.page.goto(pages.resource_address(kind, slug, site.company))
        ready(phone.page)
        assert (slug, too_wide(phone.page)) == (slug, [])


def test_the_tab_of_a_shared_view_does_not_widen_the_page(phone: Visitor, site: Site) -> None:
    """Behind the other tabs it says "shared" to a screen reader, out of sight; that must scroll with the tabs."""
    with transaction.atomic():
        view = SavedView.objects.create(
            company=site.company, owner=site.user, resource="deals", name="Ours", scope=ViewScope.COMPANY
        )
    forget(site.company.pk, "deals")
    try:
        phone.page.goto("/deals/")
        expect(phone.page.locator(".tabs")).to_contain_text("Ours")
        assert too_wide(phone.page) == []
    finally:
        with transaction.atomic():
            view.delete()
        forget(site.company.pk, "deals")


def test_no_other_page_scrolls_sideways(phone: Visitor, site: Site) -> None:
    for name in pages.own_pages():
        address = pages.address(name, site.company, site.user)
        assert address is not None, name
        phone.page.goto(address)
        ready(phone.page)
        assert (name, too_wide(phone.page)) == (name, [])


def test_the_menu_is_a_drawer_on_a_phone(visit: Callable[..., Visitor], site: Site) -> None:
    page = visit(site.user, **PHONE).page
    page.goto("/sales-invoices/?view=all")
    expect(page.locator("#sidebar")).to_be_hidden()
    page.get_by_role("button", name="Open the menu").click()
    expect(page.locator("#sidebar")).to_be_visible()
    page.locator("#sidebar summary", has_text="Sales").click()
    page.locator("#sidebar").get_by_role("link", name="Leads").click()
    expect(hands.title(page)).to_have_text("Leads")
    expect(page.locator("#sidebar")).to_be_hidden()


def test_chinese_by_a_switch(visit: Callable[..., Visitor], somebody: User) -> None:
    page = visit(somebody).page
    page.goto("/sales-orders/")
    page.locator('[popovertarget="user-menu"]').click()
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(hands.title(page)).to_have_text("销售订单")
    page.goto("/deals/new/")
    expect(page.locator("[data-save]")).not_to_have_text("Create deal")


def test_signing_in_and_out(visit: Callable[..., Visitor], somebody: User) -> None:
    with transaction.atomic():
        somebody.set_password(PASSWORD)
        somebody.memberships.exclude(role="salesperson").delete()
        somebody.save()
    visitor = visit()
    page = visitor.page
    page.goto("/sales-orders/")
    page.get_by_label("Email").fill(somebody.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(hands.title(page)).to_have_text("Sales orders")
    page.locator('[popovertarget="user-menu"]').click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.goto("/sales-orders/")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_without_javascript(visit: Callable[..., Visitor], site: Site) -> None:
    """Reading, searching and a simple form work, and so does an action that asks something."""
    page = visit(site.user, java_script_enabled=False).page
    page.goto("/parties/new/")
    page.locator("#id_name").fill("Ohne Skript GmbH")
    page.locator("[data-save]").click()
    expect(hands.title(page)).to_have_text("Ohne Skript GmbH")
    page.goto("/parties/")
    page.get_by_placeholder("Search in this list").fill("Ohne Skript")
    page.keyboard.press("Enter")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    page.locator("#results tbody a").first.click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.locator("#id_name").fill("Mit Papier GmbH")
    page.locator("[data-save]").click()
    expect(hands.title(page)).to_have_text("Mit Papier GmbH")
    page.locator("form[role=search] input[name=q]").first.fill("Mit Papier")
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_role("link", name="Mit Papier GmbH").first).to_be_visible()
