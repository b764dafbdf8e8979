"""What tests/security proves by parsing, seen by a browser: hostile text runs nothing, asks nobody and is reported by
nobody. (The watch over every context fails on a dialog, a script error or a violation of the content policy.)"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from core.ui import registry
from tests.browser.site import Site, Visitor, person, ready
from tests.factories.company import CompanyFactory
from tests.factories.contacts import NoteFactory
from tests.factories.leads import LeadFactory
from tests.factories.parties import PartyFactory
from tests.factories.pipeline import DealFactory
from tests.security.hostile import PAYLOADS
from tests.security.test_hostile_text import poison

EVERYTHING = "".join(PAYLOADS)


def test_hostile_text_does_nothing_in_a_browser(site: Site, visit: Callable[..., Visitor]) -> None:
    with transaction.atomic():
        company = CompanyFactory(name=EVERYTHING[:100])
        user = person(company, name=EVERYTHING[:140], email="hostile@example.com")
        party = PartyFactory(company=company)
        records = {
            "parties": party,
            "deals": DealFactory(company=company, party=party),
            "leads": LeadFactory(company=company),
        }
        for record in (*records.values(), NoteFactory(company=company, party=party)):
            poison(record)
    visitor = visit(user)
    page = visitor.page
    for slug, record in records.items():
        resource = registry.get(slug)
        for path in (
            f"{resource.url('list')}?view=all",
            resource.detail_url(record.pk),
            resource.url("edit", record.pk),
        ):
            page.goto(site.url + path)
            ready(page)
            assert page.locator("[zq], zq").count() == 0, path
            assert "zq()" in page.inner_text("body") or "zq()" in page.content(), path
    page.goto(f"{site.url}/deals/board/?view=all")
    ready(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("zq")
    page.wait_for_load_state("networkidle")
    assert page.locator("[zq], zq").count() == 0
