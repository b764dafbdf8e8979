"""What a person does with a page: choose, fill, press, confirm. Every wait is for something that the page shows."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect


def choose(page: Page, field: str, term: str) -> None:
    """Find a record in a search field by typing, and take the first answer with Enter. `field` is the form's name."""
    box = page.locator(f"#id_{field}-ts-control")
    box.click()
    box.press_sequentially(term)
    option = page.locator(f"#id_{field}-ts-dropdown .option", has_text=term).first
    expect(option).to_be_visible()
    expect(option).to_have_class(re.compile("active"))
    box.press("Enter")
    expect(page.locator(f"#id_{field}")).not_to_have_value("")
    expect(page.locator(f"#id_{field}-ts-dropdown")).to_be_hidden()


def fill(page: Page | Locator, **values: Any) -> None:
    """Fill form fields by their names, for a formset's line with `__` for the dash."""
    for name, value in values.items():
        page.locator(f"#id_{name.replace('__', '-')}").fill(str(value))


def title(page: Page) -> Locator:
    return page.locator("main h1")


def save(page: Page) -> None:
    page.locator("main [data-save]").click()


def press(page: Page, label: str) -> None:
    """Press the main action of a page, or choose it from the menu of further actions."""
    action = page.locator("main .page-head .actions").get_by_text(label, exact=True)
    expect(action).to_have_count(1)
    if not action.is_visible():
        page.get_by_role("button", name="More actions").click()
    action.click()


def confirm(page: Page, label: str, **values: Any) -> None:
    """Press an action, fill what its dialog asks, and press its button."""
    press(page, label)
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    fill(dialog, **values)
    dialog.locator("[data-save]").click()
    expect(dialog).to_be_hidden()


def status(page: Page) -> Locator:
    return page.locator("main .page-head .badge")


def expect_steps(page: Page, *amounts: str) -> None:
    """Amounts of the chain: deal, quotation, order, delivery, invoice, payment."""
    expect(page.locator(".stepper strong")).to_have_text(list(amounts))


def follow(page: Page, step: str) -> None:
    """Go to another document of the chain."""
    page.locator(".stepper li", has_text=step).get_by_role("link").click()
    expect(page.locator('.stepper [aria-current="step"]')).to_contain_text(step)


def row_of(page: Page, text: str) -> list[str]:
    """The cells of the last table row with this text, once it is there."""
    row = page.locator("main tr", has_text=text).last
    expect(row).to_be_visible()
    return [cell.strip() for cell in row.locator("th, td").all_inner_texts()]
