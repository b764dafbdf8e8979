"""Every Resource is searched by what its records are called, and by nothing else."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db.models import F
from django.test import Client

from core.company.models import Company
from core.search.models import SearchEntry
from core.ui import registry
from core.ui.filters import field_at
from core.ui.resource import Resource, SearchIn
from tests.factories import factory_for
from tests.factories.ledger import JournalEntryFactory
from tests.ui.conftest import text_of

RESOURCES = list(registry.all_resources())
NONSENSE = "zqxvwkj"
MORE = {"tax-rules": {"country": "DE"}}

pytestmark = pytest.mark.django_db
every = pytest.mark.parametrize("resource", RESOURCES, ids=[resource.slug for resource in RESOURCES])


def entry_title(label: str, pk: Any) -> str:
    return SearchEntry.objects.filter(label=label, object_id=pk).values_list("title", flat=True).first() or ""


def own_texts(resource: Resource, record: Any) -> list[str]:
    """A text for each thing that the Resource says it is found by, as far as this record has it."""
    declared, label = resource.search, resource.model._meta.label_lower
    if not isinstance(declared, SearchIn):
        return [entry_title(label, record.pk)]
    rows = resource.model._default_manager.filter(pk=record.pk)
    found = [str(rows.values_list(F(path), flat=True).get() or "") for path in (*declared.starts, *declared.words)]
    for path in declared.records:
        target, pk = field_at(resource.model, path).related_model, rows.values_list(path, flat=True).get()
        found.append(entry_title(target._meta.label_lower, pk))  # type: ignore[union-attr]
    if declared.source and (source := getattr(record, declared.source)):
        found.append(entry_title(source.label, source.id))
    return [text for text in found if text]


@every
def test_a_record_is_found_by_its_own_text(resource: Resource, company: Company, staff: Client, api: Any) -> None:
    record = factory_for(resource.model)(company=company, **MORE.get(resource.slug, {}))
    texts = own_texts(resource, record)
    assert texts, "this record has nothing by which it could be found"
    for text in texts:
        page = staff.get(resource.url("list"), {"q": text[:200], "view": "all"})
        assert record.pk in [row.pk for row in page.context["rows"]], text
        if resource.api:
            answer = api("get", f"{resource.slug}/?{urlencode({'q': text[:200], 'limit': 200})}").json()
            assert record.pk in [row["id"] for row in answer["results"]], text
    page = staff.get(resource.url("list"), {"q": NONSENSE, "view": "all"})
    assert (len(page.context["rows"]), page.context["empty"]["title"]) == (0, "Nothing found")
    if resource.api:
        assert api("get", f"{resource.slug}/?q={NONSENSE}").json()["results"] == []


NUMBERED = [
    resource
    for resource in RESOURCES
    if any(field.name == "number" and field.get_internal_type() == "CharField" for field in resource.model._meta.fields)
]


@pytest.mark.parametrize("resource", NUMBERED, ids=[resource.slug for resource in NUMBERED])
def test_the_palette_finds_every_number_and_its_beginning(
    resource: Resource, company: Company, stranger_company: Company, staff: Client
) -> None:
    factory_for(resource.model)(company=stranger_company)
    record = factory_for(resource.model)(company=company)
    if not record.number:  # a draft of a document that is numbered when it is posted
        posted = {"entry": JournalEntryFactory(company=company)} if resource.slug == "manual-entries" else {}
        resource.model._default_manager.filter(pk=record.pk).update(number="ZQX-2026-00007", **posted)
        record.refresh_from_db()
    for text in (record.number, record.number.lower(), record.number[:-1], record.number[:-3]):
        groups = staff.get("/palette/", {"q": text}).context["groups"]
        assert resource.detail_url(record.pk) in [item.url for group in groups for item in group.items], text


def test_what_has_nothing_to_search_shows_no_box(
    company: Company, staff: Client, api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = registry.get("units")
    assert 'id="filter-q"' in text_of(staff.get("/units/"))
    monkeypatch.setattr(units, "search", False)
    page = staff.get("/units/?q=nothing-like-it")
    assert 'id="filter-q"' not in text_of(page)
    assert page.context["query"] == ""
    refused = api("get", "units/?q=x")
    assert (refused.status_code, refused.json()["code"]) == (400, "unknown_parameter")


def test_a_slip_of_the_pen_is_forgiven_in_small_tables(company: Company, api: Any) -> None:
    record = factory_for(registry.get("price-lists").model)(company=company, name="Wholesale Norden")
    for text in ("wholesale", "NORDÉN", "wholsale", "nordn"):
        assert [row["id"] for row in api("get", f"price-lists/?{urlencode({'q': text})}").json()["results"]] == [
            record.pk
        ]


def test_what_grows_with_the_business_is_not_compared_word_by_word() -> None:
    """Similar words cost seconds over long texts and many rows, and anybody may ask for them many times at once."""
    growing = {"ticket-messages", "sales-order-lines", "purchase-order-lines", "mailing-recipients"}
    declared = {one.slug: one.search for one in RESOURCES if one.slug in growing}
    assert {slug: isinstance(search, SearchIn) and search.alike for slug, search in declared.items()} == dict.fromkeys(
        growing, False
    )
