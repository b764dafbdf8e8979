"""Parameters of a list mean what the list allows them to mean; anything else means nothing, and never an error of ours
(QUALITY 40)."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.http import QueryDict

from core.ui.listing import Listing, clean_params, filter_names
from core.ui.models import SavedView
from tests.security.world import RESOURCES, World

# Ways to ask about what is not shown: other people's passwords, other companies, other tables.
LOOKUPS = (
    "company__code", "owner__password__startswith", "created_by__password__regex", "created_by__email__icontains",
    "pk__in", "id__gt", "company_id", "company", "party__company__name", "events__pgh_label", "password", "_state",
    "__", "company__memberships__user__is_superuser", "or", "filter", "order_by", "extra", "where",
)  # fmt: skip
NONSENSE = ("'", "\"", "';DROP TABLE parties_party;--", "%", "_", "\\", "\x00", "1e999", "NaN", "-1", "9" * 40, "None",
            "²", "٣", "9" * 30, "1_0", "{{7*7}}", "💥", "a" * 5000, "[]", "2026-13-45", "' OR 1=1 --", "(", "*", "&",
            "|", ":*", "!")  # fmt: skip


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


CURSORS = ("x", "====", cursor(), cursor("f"), cursor("f", "a", "b"), cursor("f", None, None), cursor("f", {}, []),
           cursor("b", "1 OR 1=1", "1"), cursor("f", "x\x00", "1"), cursor("f", "NaN", "9" * 30), "é")  # fmt: skip
RAW = re.compile(r"\.extra\(|\bRawSQL\(|\.raw\(")
# Statements that are put together from names of tables; each name comes from the catalogue or from a model's Meta.
RAW_ALLOWED: dict[str, str] = {}


def test_lists_ignore_what_they_do_not_know(world: World) -> None:
    browser = world.browser(world.everyone)
    for resource in RESOURCES:
        params = [(name, "1") for name in LOOKUPS if name not in filter_names(resource)]
        params += [("sort", "owner__password"), ("page", "-1"), ("cursor", CURSORS[3]), ("view", "all"), ("view", "'")]
        answer = browser.get(f"{resource.url('list')}?{urlencode(params)}")
        assert answer.status_code == 200, resource.slug
        kept = clean_params(resource, QueryDict(urlencode(params)))
        assert set(kept) <= {"sort", "view"}, resource.slug
        listing = Listing(resource, world.caller(), QueryDict(urlencode(params)))
        every = Listing(resource, world.caller(), QueryDict("view=all"))
        assert str(listing.queryset.query) == str(every.queryset.query), resource.slug
        assert "password" not in str(listing.order), resource.slug


def test_no_value_of_a_parameter_breaks_a_list(world: World) -> None:
    """Each nonsense on some list, and all of it on the pages with most parameters."""
    browser = world.browser(world.everyone)
    for number, resource in enumerate(RESOURCES):
        params = {
            "q": NONSENSE[number % len(NONSENSE)],
            "sort": NONSENSE[(number + 7) % len(NONSENSE)],
            "cursor": CURSORS[number % len(CURSORS)],
            "page": NONSENSE[(number + 3) % len(NONSENSE)],
            "view": "all",
        }
        assert browser.get(f"{resource.url('list')}?{urlencode(params)}").status_code == 200, (resource.slug, params)
    pages = (
        "/deals/",
        "/palette/",
        "/deals/lookup/",
        "/deals/board/",
        "/reports/general-ledger/",
        "/sales/line-defaults/",
    )
    deals = next(resource for resource in RESOURCES if resource.slug == "deals")
    for number, value in enumerate(NONSENSE):
        params = dict.fromkeys((*filter_names(deals), "q", "item", "currency", "account", "date_from"), value)
        for page in (pages[0], pages[1 + number % 5]):
            status = browser.get(f"{page}?{urlencode(params)}").status_code
            assert status in (200, 400, 404, 422), (page, value)
        assert browser.get(f"/parties/?{urlencode({'view': value})}").status_code == 200, value
    for value in CURSORS:
        assert browser.get(f"/deals/?{urlencode({'cursor': value, 'view': 'all'})}").status_code == 200, value


# Python's own `isdigit()` takes the first two for numbers; the third is a number that no key can be.
NEAR_NUMBERS = ("²", "٣", "9" * 30)


def test_what_only_looks_like_an_id_is_none(world: World) -> None:
    """On every filter of every Resource, and as the number of a view; tests/ui tries each filter for itself."""
    browser, token = world.browser(world.everyone), world.token(world.everyone)
    for resource in RESOURCES:
        filters = dict.fromkeys(filter_names(resource), NEAR_NUMBERS[0])
        query = urlencode({**filters, "view": NEAR_NUMBERS[0]})
        assert browser.get(f"{resource.url('list')}?{query}").status_code == 200, resource.slug
        if resource.api:
            answer = browser.get(f"/api/v1/{resource.slug}/?{urlencode(filters)}", headers=token)
            assert answer.status_code in (200, 400), resource.slug


@pytest.mark.parametrize("value", NEAR_NUMBERS)
def test_what_only_looks_like_a_number_breaks_no_form(world: World, value: str) -> None:
    browser, token = world.browser(world.everyone), world.token(world.everyone)
    lines = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-item": value, "lines-0-quantity": "1"}
    more = {"lines-TOTAL_FORMS": value, "lines-INITIAL_FORMS": "0", "add_line": "lines"}
    for url, data in (
        ("/quotations/validate/", {**lines, "field": f"lines-{value}-item"}),
        ("/quotations/validate/", {**lines, "field": "lines-0-item"}),
        ("/quotations/validate/", {**lines, "field": "party", "party": value}),
        ("/quotations/totals/", {**lines, "party": value}),
        ("/quotations/new/", {**lines, "party": value}),
        ("/quotations/new/", more),
        ("/deals/move/", {"id": value, "to": value, "version": value}),
        ("/deals/bulk/", {"action": "assign", "ids": value}),
        ("/preferences/company/", {"company": value}),
    ):
        assert browser.post(url, data).status_code in (200, 302, 403, 404, 422), (url, data)
    for body in ({"party": value, "lines": []}, {"lines": [{"item": value, "quantity": "1"}]}):
        assert browser.ask("post", "/api/v1/quotations/", body, **token).status_code == 422, body
    deal = f"/api/v1/deals/{world.records['deals'].pk}/"
    assert browser.ask("patch", deal, {"version": value}, **token).status_code == 400
    if value.isascii():
        assert browser.ask("patch", deal, {}, **token, **{"If-Match": value}).status_code == 400
    assert browser.get(f"/api/v1/deals/{value}/", headers=token).status_code == 404


def test_a_character_that_no_text_has_is_the_senders_mistake(world: World) -> None:
    browser, token = world.browser(world.everyone), world.token(world.everyone)
    for url in ("/palette/?q=%00", "/deals/lookup/?q=%00", "/api/v1/parties/by-external-id/%00/"):
        assert browser.get(url, headers=token).status_code in (200, 400, 404), url
    before = SavedView.objects.count()
    assert browser.post("/deals/views/", {"name": "a\x00b"}).status_code == 400
    assert SavedView.objects.count() == before
    assert (
        browser.ask("patch", f"/api/v1/parties/{world.records['parties'].pk}/", {"name": "\x00"}, **token).status_code
        == 422
    )


def test_the_api_refuses_what_it_does_not_know(world: World) -> None:
    browser, token = world.browser(world.everyone), world.token(world.everyone)
    for resource in RESOURCES:
        if resource.api:
            base = f"/api/v1/{resource.slug}/"
            for query in ("owner__password__startswith=s", "ordering=owner__password"):
                assert browser.get(f"{base}?{query}", headers=token).status_code == 400, (resource.slug, query)
    for query in ("cursor=x", "limit=9999", "limit=0", "updated_since=never", "format=html"):
        assert browser.get(f"/api/v1/deals/?{query}", headers=token).status_code in (400, 404), query
    names = ("q", "cursor", "limit", "updated_since", "external_id")
    for number, value in enumerate(NONSENSE):
        for name in (names[number % 5], names[(number + 2) % 5]):
            status = browser.get(f"/api/v1/deals/?{urlencode({name: value})}", headers=token).status_code
            assert status in (200, 400), (name, value)
    for pk in ("0", "-1", "1e3", "9" * 30, "%00", "1;2", "x"):
        assert browser.get(f"/api/v1/deals/{pk}/", headers=token).status_code == 404, pk


BODIES = (
    b"",
    b"[]",
    b"{",
    b"null",
    b'"x"',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"party":1e400}',
    b'{"party":NaN}',
    b'{"party":-Infinity}',
    b'{"party":' + b"9" * 5000 + b"}",
    b'{"party":99999999999999999999}',
    b'{"party":{"a":1}}',
    b'{"party":[1]}',
    b'{"lines":{}}',
    b'{"lines":[1]}',
    b'{"lines":[{"item":{"x":1}}]}',
    b'{"document_date":"9999999-01-01"}',
    b'{"external_id":5}',
    b'{"version":"x"}',
    b'{"lines":[{"quantity":"1e999"}]}',
    b'{"lines":[{"quantity":"NaN"}]}',
    b'{"reference":"\\u0000"}',
    b'{"reference":"\\ud800"}',
)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:24].decode("latin-1"))
def test_no_body_breaks_the_api(world: World, body: bytes) -> None:
    browser, token = world.browser(world.everyone), world.token(world.everyone)
    answer = browser.generic("POST", "/api/v1/sales-orders/", body, "application/json", headers=token)
    assert answer.status_code in (400, 422), answer.content


def test_true_is_no_id(world: World) -> None:
    """Python takes it for 1, which is somebody's id."""
    browser, token = world.browser(world.everyone), world.token(world.everyone)
    for body in ({"party": True}, {"party": world.records["parties"].pk, "lines": [{"item": True, "quantity": True}]}):
        answer = browser.ask("post", "/api/v1/sales-orders/", body, **token)
        assert answer.status_code == 422, body
        assert "wrong_type" in answer.content.decode(), body


def test_a_saved_view_keeps_only_what_its_list_allows(world: World) -> None:
    browser = world.browser(world.everyone)
    params = urlencode(
        [*((name, "1") for name in LOOKUPS), ("sort", "owner__password"), ("q", "x\x00y"), ("page", "7")]
    )
    browser.post("/deals/views/", {"name": "Sly", "params": params, "scope": "company", "columns": "company__code"})
    view = SavedView.objects.get(name="Sly")
    assert set(QueryDict(view.params)) <= {"sort", "q"}
    assert browser.get(f"/deals/?{view.params}&view={view.pk}").status_code == 200
    # Even what was written past every form has no effect.
    SavedView.objects.filter(pk=view.pk).update(
        params="owner__password__startswith=s&sort=owner__password", is_default=True
    )
    from core.ui.saved_views import forget  # noqa: PLC0415

    forget(world.home.pk, "deals")
    for url in ("/deals/", f"/deals/?view={view.pk}", "/deals/board/", "/deals/export/?format=csv"):
        assert browser.get(url).status_code == 200, url
    for data in ({"name": "a" * 500, "scope": "nobody"}, {"operation": "x"}, {}):
        assert browser.post("/deals/views/", data).status_code == 302, data
    assert browser.post("/deals/columns/", {"columns": ["owner__password", "company__code", "'"]}).status_code == 302


def test_no_statement_is_glued_together() -> None:
    root = Path(settings.BASE_DIR)
    found = {
        str(path.relative_to(root))
        for folder in ("core", "crm", "erp", "integration", "reporting")
        for path in (root / folder).rglob("*.py")
        if RAW.search(path.read_text(encoding="utf-8")) and "migrations" not in path.parts
    }
    assert found == set(RAW_ALLOWED)
