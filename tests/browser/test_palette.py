"""The command palette: go, create, act, and find any record by number, name or phone, all from the keyboard."""

from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from core.parties.enums import ContactKind
from core.parties.operations import create_party
from crm.pipeline.models import Deal
from erp.invoicing.models import SalesInvoice
from tests.browser import hands
from tests.browser.site import Site, Visitor, path_of
from tests.factories.inventory import NOW


def search(page: Page, term: str, label: str) -> None:
    """Open the palette, type, and wait for an answer with this label; then take it by Enter."""
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search, create or go anywhere")
    expect(box).to_be_focused()
    box.fill(term)
    option = page.get_by_role("option").filter(has_text=label).first
    expect(option).to_be_visible()
    for _step in range(page.get_by_role("option").count()):
        if option.get_attribute("aria-selected") == "true":
            break
        page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.palette")).to_be_hidden()


@pytest.fixture
def opened(visit: Callable[..., Visitor], site: Site) -> Page:
    page = visit(site.user).page
    page.goto("/sales-orders/")
    return page


def test_go_create_and_act(opened: Page, site: Site) -> None:
    search(opened, "trial", "Trial balance")
    expect(hands.title(opened)).to_have_text("Trial balance")
    search(opened, "create lead", "lead")
    expect(hands.title(opened)).to_have_text("New lead")
    with transaction.atomic():
        deal = Deal.objects.filter(company=site.company).order_by("pk").first()
    assert deal is not None
    opened.goto(f"/deals/{deal.pk}/")
    search(opened, "history", "History")
    expect(hands.title(opened)).to_contain_text("History")
    assert path_of(opened) == f"/deals/{deal.pk}/history/"


def test_find_by_number_name_and_phone(opened: Page, site: Site) -> None:
    with transaction.atomic():
        invoice = SalesInvoice.objects.filter(company=site.company).exclude(number=None).order_by("pk").first()
        party = create_party(
            company_id=site.company.pk,
            name="Feldspat Keramik GmbH",
            is_customer=True,
            contact_points=[{"kind": ContactKind.PHONE, "value": "+49 30 5557319"}],
            user=None,
            now=NOW,
        )
    assert invoice is not None
    search(opened, str(invoice.number), str(invoice.number))
    expect(hands.title(opened)).to_have_text(str(invoice.number))
    for term in ("feldspat keramik", "5557319"):
        opened.goto("/")
        search(opened, term, "Feldspat Keramik GmbH")
        expect(hands.title(opened)).to_have_text("Feldspat Keramik GmbH")
        assert path_of(opened) == f"/parties/{party.pk}/"


def test_nothing_found_and_escape(opened: Page) -> None:
    opened.keyboard.press("Control+k")
    opened.get_by_role("combobox", name="Search, create or go anywhere").fill("zzqqxxyy")
    expect(opened.locator("dialog.palette")).to_contain_text("Nothing found")
    opened.keyboard.press("Escape")
    expect(opened.locator("dialog.palette")).to_be_hidden()
    assert path_of(opened) == "/sales-orders/"
