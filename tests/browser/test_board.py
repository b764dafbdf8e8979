"""The board: a card is moved by keys, by its menu and by dragging, and the column's sum follows."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Locator, Page, expect

from crm.pipeline.models import Deal, Stage
from crm.pipeline.setup import set_up_pipeline
from tests.browser.site import Site, Visitor, person, ready
from tests.factories.company import CompanyFactory
from tests.factories.inventory import NOW
from tests.factories.pipeline import DealFactory


@pytest.fixture
def board(visit: Callable[..., Visitor], site: Site) -> Any:
    """A company with two deals in the first stage of its pipeline, its board open."""
    with transaction.atomic():
        company = CompanyFactory(name="Board Trading")
        set_up_pipeline(company_id=company.pk, user=None, now=NOW)
        stages = list(Stage.objects.filter(company=company).order_by("position"))
        for title, amount in (("Alder", 1000), ("Birch", 250)):
            DealFactory(company=company, stage=stages[0], title=title, amount=Decimal(amount))
        user = person(company)
    page = visit(user).page
    page.goto("/deals/board/")
    ready(page)
    return page, [stage.name for stage in stages]


def card(page: Page, title: str) -> Locator:
    return page.locator("[data-card]", has_text=title)


def column(page: Page, name: str) -> Locator:
    return page.locator(".board-column", has=page.get_by_role("heading", name=name))


def expect_in(page: Page, stage: str, title: str, total: str) -> None:
    expect(column(page, stage).locator("[data-card]", has_text=title)).to_be_visible()
    expect(column(page, stage).locator("[data-sum]")).to_contain_text(total)


def stage_of(title: str) -> str:
    with transaction.atomic():
        return str(Deal.objects.get(title=title, company__name="Board Trading").stage.name)


def saved(page: Page, title: str) -> None:
    """The server has answered: the card is not busy any more."""
    expect(card(page, title)).not_to_have_attribute("aria-busy", "true")


def test_moved_by_keys_by_menu_and_by_dragging(board: Any) -> None:
    page, (first, second, third, *_rest) = board
    expect(column(page, first).locator("[data-sum]")).to_contain_text("1,250")

    card(page, "Alder").get_by_role("link").focus()
    page.keyboard.press("ArrowRight")
    expect_in(page, second, "Alder", "1,000")
    expect(column(page, first).locator("[data-sum]")).to_contain_text("250")
    expect(card(page, "Alder").get_by_role("link")).to_be_focused()
    expect(page.locator("#live")).to_contain_text(f"Moved to {second}")
    saved(page, "Alder")
    assert stage_of("Alder") == second

    card(page, "Birch").get_by_role("button", name="Move Birch to").click()
    page.locator("#board-menu").get_by_role("button", name=third).press("Enter")
    expect_in(page, third, "Birch", "250")
    saved(page, "Birch")
    assert stage_of("Birch") == third

    page.wait_for_function("window.Sortable !== undefined")
    card(page, "Alder").drag_to(column(page, third).locator("[data-cards]"))
    expect_in(page, third, "Alder", "1,250")
    saved(page, "Alder")
    assert stage_of("Alder") == third
    page.reload()
    expect_in(page, third, "Alder", "1,250")
