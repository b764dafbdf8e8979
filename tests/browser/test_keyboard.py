"""Lists, lines and forms by the keyboard alone; unsaved changes are guarded, and so are those of two people at once."""

import re
from collections.abc import Callable
from itertools import count

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from core.parties.models import Party
from erp.orders.models import SalesOrder
from tests.browser import hands
from tests.browser.site import Site, Visitor, path_of, ready
from tests.factories.catalog import ItemFactory, UnitFactory
from tests.factories.parties import PartyFactory

NUMBERS = count(1)


@pytest.fixture
def page(visit: Callable[..., Visitor], site: Site) -> Page:
    return visit(site.user).page


def test_a_list_by_keys(page: Page) -> None:
    page.goto("/parties/")
    ready(page)
    rows = page.locator("#results tbody tr")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Select the row")
    page.keyboard.press("Escape")
    for key, row in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(rows.nth(row)).to_have_class("cursor")
    page.keyboard.press("/")
    expect(page.get_by_placeholder("Search in this list")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    name = rows.nth(1).get_by_role("link").first.inner_text()
    page.keyboard.press("o")
    expect(hands.title(page)).to_have_text(name)
    page.keyboard.press("e")
    expect(page.locator("#id_name")).to_have_value(name)
    page.keyboard.press("g")
    page.keyboard.press("o")
    expect(hands.title(page)).to_have_text("Sales orders")
    page.keyboard.press("c")
    expect(hands.title(page)).to_have_text("New sales order")


def test_rows_are_selected_by_x(page: Page) -> None:
    page.goto("/sales-invoices/?view=all")
    ready(page)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".bulk-bar")).to_contain_text("1 selected")
    page.keyboard.press("x")
    expect(page.locator(".bulk-bar")).to_be_hidden()


@pytest.fixture
def customer(site: Site) -> Party:
    with transaction.atomic():
        made: Party = PartyFactory(company=site.company, name=f"Quarzwerk {next(NUMBERS)}", is_customer=True)
        return made


def test_an_order_is_written_without_a_mouse(page: Page, site: Site, customer: Party) -> None:
    with transaction.atomic():
        unit = UnitFactory(company=site.company)
        for sku in ("QX1", "QX2"):
            ItemFactory(company=site.company, sku=sku, name=sku, unit=unit, list_price=50)
    page.goto("/sales-orders/new/")
    ready(page)
    page.locator("#id_party-ts-control").focus()
    pick(page, "party", customer.name)
    page.locator("#id_lines-0-item-ts-control").focus()
    pick(page, "lines-0-item", "QX1")
    go_to(page, "lines-0-quantity")
    page.keyboard.type("3")
    page.keyboard.press("Enter")  # the last line opens a new one
    expect(page.locator("#id_lines-1-item-ts-control")).to_be_focused()
    pick(page, "lines-1-item", "QX2")
    go_to(page, "lines-1-quantity")
    page.keyboard.type("2")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("tr[data-line]:visible").first.locator("[id$=-quantity]")).to_have_value("2")
    expect(page.locator("#totals")).to_contain_text("250.00")
    page.keyboard.press("Control+Enter")
    expect(hands.title(page)).to_contain_text("Draft")
    with transaction.atomic():
        order = SalesOrder.objects.get(party=customer)
        lines = [(line.item.sku, int(line.quantity)) for line in order.lines.order_by("position")]
    assert lines == [("QX2", 2), ("QX1", 3)]


def test_a_quick_choice_keeps_the_focus_where_one_goes_next(page: Page, site: Site) -> None:
    """What was typed last is looked at a moment later, when the hand may have chosen and gone on."""
    with transaction.atomic():
        customer: Party = PartyFactory(company=site.company, name="Obsidian", is_customer=True)
    page.goto("/sales-orders/new/")
    ready(page)
    page.locator("#id_party-ts-control").focus()
    offered = page.locator("#id_party-ts-dropdown .option.active", has_text=customer.name)
    page.keyboard.type(customer.name)
    expect(offered).to_be_visible()
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    page.locator("#id_lines-0-item-ts-control").focus()
    page.keyboard.type("FUR")
    page.wait_for_timeout(500)  # longer than anything that the field before may have put off
    expect(page.locator("#id_lines-0-item-ts-control")).to_be_focused()
    expect(page.locator("#id_lines-0-item-ts-control")).to_have_value("FUR")
    expect(page.locator("#id_party-ts-dropdown")).to_be_hidden()
    expect(page.locator("#id_party")).to_have_value(str(customer.pk))


def test_a_choice_made_at_once_closes_the_list_for_good(page: Page, site: Site) -> None:
    """The last key and Enter in one go, before the browser has come to do anything else."""
    with transaction.atomic():
        customer: Party = PartyFactory(company=site.company, name="Turmalin", is_customer=True)
    page.goto("/sales-orders/new/")
    ready(page)
    page.locator("#id_party-ts-control").focus()
    expect(page.locator("#id_party-ts-dropdown")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#id_party-ts-dropdown")).to_be_hidden()
    page.evaluate(
        """() => {
            const input = document.querySelector("#id_party-ts-control");
            input.value = "Turmalin";
            input.dispatchEvent(new Event("input", { bubbles: true }));
            const enter = { key: "Enter", keyCode: 13, bubbles: true, cancelable: true };
            input.dispatchEvent(new KeyboardEvent("keydown", enter));
        }"""
    )
    page.wait_for_timeout(300)  # longer than anything that may have been put off
    expect(page.locator("#id_party")).to_have_value(str(customer.pk))
    expect(page.locator("#id_party-ts-dropdown")).to_be_hidden()


def pick(page: Page, field: str, term: str) -> None:
    """Type into the focused search field and take the first answer; the focus stays for Tab."""
    page.keyboard.type(term)
    option = page.locator(f"#id_{field}-ts-dropdown .option", has_text=term).first
    expect(option).to_be_visible()
    expect(option).to_have_class(re.compile("active"))
    page.keyboard.press("Enter")
    expect(page.locator(f"#id_{field}")).not_to_have_value("")
    expect(page.locator(f"#id_{field}-ts-dropdown")).to_be_hidden()


def go_to(page: Page, field: str) -> None:
    """Tab to a field; what stands in it is selected there, so typing replaces it."""
    for _step in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == f"id_{field}":
            return
    raise AssertionError(f"Tab does not reach {field}")


def test_unsaved_changes_are_guarded(visit: Callable[..., Visitor], site: Site, customer: Party) -> None:
    visitor = visit(site.user)
    page, address = visitor.page, f"/parties/{customer.pk}/edit/"
    page.goto(address)
    ready(page)
    page.get_by_role("link", name="Cancel").click()
    expect(hands.title(page)).to_have_text(customer.name)
    assert visitor.watch.questions == []

    page.goto(address)
    page.locator("#id_name").fill("Quarzwerk Süd")
    visitor.watch.answers = [False]
    page.get_by_role("link", name="Leads", exact=True).dispatch_event("click")
    expect(page.locator("#id_name")).to_have_value("Quarzwerk Süd")
    assert (len(visitor.watch.questions), path_of(page)) == (1, address)
    visitor.watch.answers = [True]
    page.get_by_role("link", name="Leads", exact=True).dispatch_event("click")
    expect(hands.title(page)).to_have_text("Leads")
    assert len(visitor.watch.questions) == 2


def test_two_people_change_one_record(visit: Callable[..., Visitor], site: Site, customer: Party) -> None:
    mine, theirs = visit(site.user), visit(site.user)
    mine.watch.expect([409])
    for visitor in (mine, theirs):
        visitor.page.goto(f"/parties/{customer.pk}/edit/")
    theirs.page.locator("#id_name").fill("Quarzwerk West")
    hands.save(theirs.page)
    expect(hands.title(theirs.page)).to_have_text("Quarzwerk West")
    mine.page.locator("#id_name").fill("Quarzwerk Ost")
    hands.save(mine.page)
    row = mine.page.locator("tr.differs", has_text="Name")
    expect(row).to_contain_text("Quarzwerk Ost")
    expect(row).to_contain_text("Quarzwerk West")
    mine.page.get_by_role("button", name="Save mine over it").click()
    expect(hands.title(mine.page)).to_have_text("Quarzwerk Ost")
