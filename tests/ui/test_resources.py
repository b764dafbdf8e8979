"""Every Resource of the suite behaves like every other: one set of tests over the registry."""

import csv
import io
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.access.enums import Role, Scope
from core.access.models import User
from core.access.policies import policy_of
from core.company.models import Company
from core.ui import columns, export, filters, registry
from core.ui.actions import id_parameter
from core.ui.listing import Listing
from core.ui.resource import Caller, Resource
from core.ui.views.board import BoardView
from tests.answers import content_of
from tests.factories import factory_for
from tests.factories.company import CompanyFactory, MembershipFactory, UserFactory
from tests.ui.conftest import SignIn, api_client, text_of

RESOURCES = list(registry.all_resources())
LIST_QUERIES, DETAIL_QUERIES = 12, 25
WORDS = ("1", "none", "me", "today", "2026-01-31", "nonsense", "99999999999999999999", "9" * 30, "²", "٣", "'); --")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.parametrize("resource", RESOURCES, ids=[resource.slug for resource in RESOURCES]),
]


def made(resource: Resource, company: Company, count: int = 1) -> list[Any]:
    return [factory_for(resource.model)(company=company) for _ in range(count)]


def with_forgotten_columns(url: str) -> str:
    """The list with every row, whatever view opens first."""
    return f"{url}?view=all"


def outsider(resource: Resource, company: Company) -> User:
    """Somebody of the company whose role does not see the model; of no company when every role does."""
    policy = policy_of(resource.model)
    blind = [role for role in Role if policy.scope(role, "view") == Scope.NONE]
    user = UserFactory()
    if blind:
        MembershipFactory(user=user, company=company, role=blind[0])
    return user


def test_a_resource_has_a_factory(resource: Resource, company: Company) -> None:
    (record,) = made(resource, company)
    assert record.company_id == company.pk


def test_anonymous_people_are_sent_to_sign_in(resource: Resource, company: Company, client: Client) -> None:
    (record,) = made(resource, company)
    pages = [resource.url("list"), resource.url("create"), resource.url("edit", record.pk)]
    for url in (*pages, resource.detail_url(record.pk)):
        response = client.get(url)
        target = response.headers.get("Location", "").split("?")[0]
        assert (response.status_code, target) in ((302, "/accounts/login/"), (404, ""))


def test_a_role_without_view_is_refused(resource: Resource, company: Company, sign_in: SignIn) -> None:
    (record,) = made(resource, company)
    client = sign_in(outsider(resource, company))
    assert client.get(resource.url("list")).status_code == 403
    assert client.get(resource.detail_url(record.pk)).status_code == 403
    assert client.get(resource.url("export")).status_code == 403
    assert client.get(resource.url("lookup")).status_code == 403


def test_another_companys_record_does_not_exist(
    resource: Resource, company: Company, stranger_company: Company, staff: Client
) -> None:
    (record,) = made(resource, stranger_company)
    urls = [resource.detail_url(record.pk), resource.url("history", record.pk)]
    urls += [resource.url("action", record.pk, action.name) for action in resource.actions]
    urls += [resource.url("panel", record.pk, panel.name) for panel in resource.panels]
    urls += [resource.url("edit", record.pk)]
    assert [(url, staff.get(url).status_code) for url in urls] == [(url, 404) for url in urls]
    posts = [resource.url("edit", record.pk), *(resource.url("action", record.pk, a.name) for a in resource.actions)]
    assert [(url, staff.post(url).status_code) for url in posts] == [(url, 404) for url in posts]
    assert str(record.pk) not in [
        str(row.pk) for row in staff.get(with_forgotten_columns(resource.url("list"))).context["rows"]
    ]


# The transaction's own statements are no reads; the last set_config belongs to the tests' own wall.
FRAME = ("SAVEPOINT", "RELEASE", "SELECT set_config")


def reads(captured: CaptureQueriesContext) -> int:
    return len([query for query in captured.captured_queries if not query["sql"].startswith(FRAME)])


def count_queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return reads(captured)


def test_list_queries_do_not_grow_with_rows(resource: Resource, company: Company, staff: Client) -> None:
    url = with_forgotten_columns(resource.url("list"))
    made(resource, company)
    staff.get(url)
    one = count_queries(staff, url)
    made(resource, company, 2)
    assert count_queries(staff, url) == one
    assert one <= LIST_QUERIES


def test_a_record_page_stays_within_its_queries(resource: Resource, company: Company, staff: Client) -> None:
    (record,) = made(resource, company)
    staff.get(resource.detail_url(record.pk))
    assert count_queries(staff, resource.detail_url(record.pk)) <= DETAIL_QUERIES


def test_every_column_shows_and_sorts(resource: Resource, company: Company, caller: Caller, staff: Client) -> None:
    keys = {record.pk for record in made(resource, company, 3)}
    every = columns.bound_columns(resource)
    staff.post(resource.url("columns"), {"columns": list(every)})
    url = with_forgotten_columns(resource.url("list"))
    staff.get(url)
    queries = count_queries(staff, url)
    made(resource, company)
    assert count_queries(staff, url) == queries, "a cell asks for itself"
    last = list(every)[-1]
    response = staff.get(f"{with_forgotten_columns(resource.url('list'))}&sort={last}")
    assert {row.pk for row in response.context["rows"]} >= keys
    for sort in (sort for name in every for sort in (name, f"-{name}")):
        listing = Listing(resource, caller, QueryDict(f"sort={sort}"), column_names=list(every))
        assert {row.pk for row in listing.page(listing.params).records} >= keys, sort
    listing = Listing(resource, caller, QueryDict())
    assert [name for name, column in every.items() if column.sort and column.sort.startswith("-")] == []
    assert listing.order.terms[-1].path in ("id", "pk", listing.order.terms[-1].path)


def test_every_filter_takes_sense_and_nonsense(
    resource: Resource, company: Company, caller: Caller, staff: Client
) -> None:
    (record,) = made(resource, company)
    declared = filters.filter_set(resource)
    names = list(declared.base_filters) if declared is not None else []
    for value in (*WORDS, str(record.pk)):
        for name in names:
            listing = Listing(resource, caller, QueryDict(urlencode({name: value})))
            assert listing.page(listing.params).number == 1, (name, value)
            listing.totals()
            assert len(listing.described()) <= 1
        assert staff.get(resource.url("list"), dict.fromkeys(names, value)).status_code == 200, value
    assert staff.get(resource.url("list"), dict.fromkeys(names, "\x00")).status_code == 200


def test_an_empty_list_teaches(resource: Resource, company: Company, everyone: User, sign_in: SignIn) -> None:
    empty = CompanyFactory()
    user = UserFactory()
    for role in Role:
        MembershipFactory(user=user, company=empty, role=role)
    response = sign_in(user).get(with_forgotten_columns(resource.url("list")))
    assert response.status_code == 200
    if not response.context["rows"]:
        assert response.context["empty"]["title"]
        assert bool(response.context["empty"]["action_url"]) == response.context["can_create"]


def test_a_fragment_is_only_the_results(resource: Resource, company: Company, staff: Client) -> None:
    made(resource, company)
    response = staff.get(resource.url("list"), headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert response["HX-Push-Url"] == resource.url("list")
    assert "HX-Request" in response["Vary"]
    assert "<html" not in text_of(response)
    assert 'id="results"' in text_of(response)


def test_an_invalid_form_is_shown_again(resource: Resource, company: Company, staff: Client) -> None:
    url = resource.url("create")
    if not resource.can_create:
        assert staff.get(url).status_code == 404
        return
    assert staff.get(url).status_code == 200
    required = [name for name, field in resource.form.base_fields.items() if field.required]  # type: ignore[union-attr]
    if required:
        before = resource.model._default_manager.count()
        assert staff.post(url, {}).status_code == 422
        assert resource.model._default_manager.count() == before


def test_a_hidden_action_is_a_refused_action(resource: Resource, company: Company, staff: Client) -> None:
    (record,) = made(resource, company)
    for action in resource.actions:
        assert id_parameter(action.operation, resource.model) if not action.id_name else action.id_name
        if action.possible(record):
            assert staff.get(resource.url("action", record.pk, action.name)).status_code == 200
            continue
        state = snapshot(resource, record.pk)
        response = staff.post(resource.url("action", record.pk, action.name))
        assert response.status_code in (302, 409, 422), action.name
        assert snapshot(resource, record.pk) == state, f"{action.name} is hidden and still changed the record"


def snapshot(resource: Resource, pk: int) -> dict[str, Any]:
    return resource.model._default_manager.filter(pk=pk).values().get()


def test_an_action_without_its_permission_is_forbidden(resource: Resource, company: Company, sign_in: SignIn) -> None:
    (record,) = made(resource, company)
    policy = policy_of(resource.model)
    for action in resource.actions:
        roles = [
            role
            for role in Role
            if policy.scope(role, "view") >= Scope.COMPANY and policy.scope(role, action.permission) == Scope.NONE
        ]
        if roles:
            user = UserFactory()
            MembershipFactory(user=user, company=company, role=roles[0])
            assert sign_in(user).post(resource.url("action", record.pk, action.name)).status_code == 403


def test_the_export_is_what_the_list_shows(resource: Resource, company: Company, caller: Caller, staff: Client) -> None:
    made(resource, company, 3)
    base = resource.url("export")
    rows = list(csv.reader(io.StringIO(text_of(staff.get(f"{base}?format=csv&view=all")).removeprefix("\ufeff"))))
    page = staff.get(with_forgotten_columns(resource.url("list")))
    assert rows[0] == [header.label for header in page.context["columns"]]
    listing = Listing(resource, caller, QueryDict("view=all"))
    shown = listing.page(QueryDict()).records
    expected = [[str(export.csv_value(columns.exported(c, record))) for c in listing.columns] for record in shown]
    assert rows[1:] == expected
    assert content_of(staff.get(f"{base}?format=xlsx"))[:2] == b"PK"
    assert staff.get(f"{base}?format=pdf").status_code == 404


def test_saving_an_untouched_form_changes_nothing_else(resource: Resource, company: Company, staff: Client) -> None:
    (record,) = made(resource, company)
    url = resource.url("edit", record.pk)
    if not resource.can_update or not resource.editable(record):
        return
    page = staff.get(url)
    assert page.status_code == 200
    before = snapshot(resource, record.pk)
    response = staff.post(url, posted(page))
    assert response.status_code == 302, (response.context["form"].errors, response.context["errors"])
    after = snapshot(resource, record.pk)
    moving = {"version", "updated_at"}
    assert {k: v for k, v in after.items() if k not in moving} == {k: v for k, v in before.items() if k not in moving}


def posted(page: Any) -> dict[str, Any]:
    """What a browser would send for the page's form as it stands."""
    data: dict[str, Any] = {}
    forms = [page.context["form"]]
    if page.context["lines"]:
        formset = page.context["lines"]["formset"]
        forms += [formset.management_form, *formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is None or value is False or value == "":
                continue
            if hasattr(value, "__iter__") and not isinstance(value, str):
                data[bound.html_name] = [getattr(item, "pk", item) for item in value]
            else:
                shown = bound.field.widget.format_value(value)
                data[bound.html_name] = (shown[0] if isinstance(shown, list) else shown) or "on"
    record = page.context["object"]
    if hasattr(record, "version"):
        data["version"] = record.version
    return data


def test_the_board_shows_the_same_rows(resource: Resource, company: Company, staff: Client) -> None:
    url = resource.url("board")
    if "board" not in resource.views:
        assert staff.get(url).status_code == 404
        assert staff.post(resource.url("move")).status_code == 404
        return
    assert BoardView.resource is None
    made(resource, company, 3)
    staff.get(url)
    assert count_queries(staff, url) <= LIST_QUERIES


def test_the_api_shows_the_same_rows(resource: Resource, company: Company, stranger_company: Company, api: Any) -> None:
    if not resource.api:
        return
    keys = [record.pk for record in made(resource, company, 2)]
    (foreign,) = made(resource, stranger_company)
    path = f"{resource.slug}/"
    answer = api("get", f"{path}?limit=200").json()
    found = [row["id"] for row in answer["results"]]
    assert set(keys) <= set(found)
    assert foreign.pk not in found
    assert api("get", f"{path}{keys[0]}/").json()["id"] == keys[0]
    missing = api("get", f"{path}{foreign.pk}/")
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")
    assert api("get", f"{path}?nonsense=1").status_code == 400
    assert api("delete", f"{path}{keys[0]}/").status_code == 405


def test_the_api_refuses_like_the_screens(resource: Resource, company: Company, client: Client) -> None:
    if not resource.api:
        return
    (record,) = made(resource, company)
    assert client.get(f"/api/v1/{resource.slug}/").status_code == 401
    user = outsider(resource, company)
    if user.memberships.exists():  # type: ignore[attr-defined]
        refused = api_client(user)
        assert refused("get", f"{resource.slug}/").status_code == 403
        assert refused("get", f"{resource.slug}/{record.pk}/").status_code == 403


def test_api_queries_do_not_grow_with_rows(resource: Resource, company: Company, everyone: User, api: Any) -> None:
    if not resource.api:
        return
    path = f"{resource.slug}/"
    counts = []
    for more in (1, 2):
        made(resource, company, more)
        api("get", path)
        with CaptureQueriesContext(connection) as captured:
            assert api("get", path).status_code == 200
        counts.append(reads(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= LIST_QUERIES
