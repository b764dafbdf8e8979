"""Lists: search, saved views, columns, keyset pages, previous and next, bulk actions."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company
from core.jobs.models import JobRun
from core.jobs.operations import execute_job
from core.parties.models import Party
from core.ui import paging, registry
from core.ui.bulk import INLINE_ROWS, selection, start
from core.ui.listing import IN_OWN, NO_RATE, Listing, clean_params
from core.ui.models import ListChoice, SavedView
from core.ui.ordering import Order, decode_cursor, encode_cursor
from core.ui.resource import Caller, Resource
from core.ui.saved_views import view_query
from crm.leads.models import Lead
from tests.factories import factory_for
from tests.factories.company import CompanyFactory, CurrencyRateFactory, TeamFactory, currency, user_with
from tests.factories.parties import PartyFactory
from tests.ui.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def parties() -> Resource:
    return registry.get("parties")


def names(response: Any) -> list[str]:
    return [row.title for row in response.context["rows"]]


def test_search_finds_by_name_and_by_mail(staff: Client, company: Company) -> None:
    for name in ("Alpha Trading", "Beta Works"):
        PartyFactory(company=company, name=name)
    assert names(staff.get("/parties/?q=alpha")) == ["Alpha Trading"]
    assert names(staff.get("/parties/?q=nothing-like-it")) == []


def test_filters_speak_the_language_of_each_request(staff: Client) -> None:
    labels = {}
    for language in ("en", "zh-hans"):
        page = staff.get("/payments/", headers={"Accept-Language": language})
        labels[language] = [field["label"] for field in page.context["filter_fields"]]
    assert (labels["en"][0], labels["zh-hans"][0]) == ("status", "状态")
    assert labels["zh-hans"][4] == "日期起"
    assert set(labels["en"]).isdisjoint(labels["zh-hans"])


def test_chips_lift_one_filter_at_a_time(staff: Client, company: Company) -> None:
    PartyFactory(company=company, name="A", country="DE", is_supplier=True)
    response = staff.get("/parties/?is_supplier=1&country=DE")
    assert [(chip["value"], chip["remove_url"]) for chip in response.context["chips"]] == [
        ("Yes", "?country=DE"),
        ("DE", "?is_supplier=1"),
    ]


def test_me_means_the_person(staff: Client, company: Company, everyone: User) -> None:
    PartyFactory(company=company, name="Mine", owner=everyone)
    PartyFactory(company=company, name="Ours")
    assert names(staff.get("/parties/?owner=me")) == ["Mine"]
    assert names(staff.get("/parties/?owner=none")) == ["Ours"]


def walk(listing: Listing, size: int, *, back: bool) -> list[str]:
    """All names by following next to the end, or previous from the end."""
    found: list[str] = []
    total = paging.Count(10**6, True)
    pages = [paging.keyset_page(listing, "", total, size)]
    while pages[-1].next_params:
        pages.append(paging.keyset_page(listing, pages[-1].next_params["cursor"], total, size))
    if back:
        page = pages[-1]
        turned = [page]
        while page.previous_params:
            page = paging.keyset_page(listing, page.previous_params["cursor"], total, size)
            turned.insert(0, page)
        pages = turned
    for page in pages:
        found += [record.name for record in page.records]
    return found


@pytest.mark.parametrize("sort", ["name", "-name", "country", "-country", "credit_limit", "-credit_limit", "owner"])
def test_keyset_pages_walk_the_whole_list_both_ways(
    parties: Resource, caller: Caller, company: Company, sort: str
) -> None:
    for number in range(11):
        limit = None if number % 3 == 0 else number % 4
        PartyFactory(company=company, name=f"P{number:02}", country="DE" if number % 2 else "", credit_limit=limit)
    listing = Listing(parties, caller, QueryDict(f"sort={sort}"))
    expected = [record.name for record in listing.order.apply(listing.queryset)]
    assert len(expected) == 11
    assert walk(listing, 4, back=False) == expected
    assert walk(listing, 4, back=True) == expected


def test_a_foreign_cursor_starts_anew(parties: Resource, caller: Caller, company: Company) -> None:
    PartyFactory(company=company)
    order = Order.parse(Party, "name")
    good = encode_cursor(order, Party.objects.get(), backwards=False)
    assert decode_cursor(order, good) == ([Party.objects.get().name, Party.objects.get().pk], False)
    for text in ("", "x", "////", good[:-3], good + "AAAA", "W10", "WyJmIiwxLDJd", "WyJmIiwiYSIsImIiXQ"):
        assert decode_cursor(order, text) is None, text


def test_beyond_the_limit_counts_are_estimates(
    staff: Client, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        PartyFactory(company=company, name=f"P{number}")
    monkeypatch.setattr(paging, "NUMBERED_LIMIT", 5)
    monkeypatch.setattr(registry.get("parties"), "page_size", 3, raising=False)
    first = staff.get("/parties/")
    page = first.context["page"]
    assert (page["count_is_estimate"], page["number"], page["numbers"], page["has_previous"]) == (True, None, [], False)
    second = staff.get(f"/parties/{page['next_url']}")
    assert names(first) + names(second) == [f"P{number}" for number in range(6)]
    assert names(staff.get(f"/parties/{second.context['page']['previous_url']}")) == names(first)


def test_numbered_pages(staff: Client, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        PartyFactory(company=company, name=f"P{number}")
    monkeypatch.setattr(registry.get("parties"), "page_size", 3, raising=False)
    page = staff.get("/parties/?page=2").context["page"]
    assert (page["count"], page["first"], page["last"], page["pages"]) == (7, 4, 6, 3)
    assert [number["current"] for number in page["numbers"]] == [False, True, False]
    for odd in ("0", "-1", "99", "x", "٣", "9" * 30):
        assert staff.get(f"/parties/?page={odd}").status_code == 200


def test_previous_and_next_follow_the_list_one_came_from(staff: Client, company: Company) -> None:
    keys = {name: PartyFactory(company=company, name=name, country=name[0]).pk for name in ("DA", "DB", "FC", "DD")}
    staff.get("/parties/?country=D&sort=-name")
    page = staff.get(f"/parties/{keys['DB']}/").context
    assert (page["previous_url"], page["next_url"]) == (f"/parties/{keys['DD']}/", f"/parties/{keys['DA']}/")


def test_params_keep_only_what_the_list_knows(parties: Resource) -> None:
    params = QueryDict("country=DE&company=4&password__startswith=a&sort=name&page=3&q=x&owner__is_staff=1")
    assert clean_params(parties, params).urlencode() == "country=DE&sort=name&q=x"


def test_sorting_by_a_hidden_path_has_no_effect(parties: Resource, caller: Caller) -> None:
    for sort in ("owner__password", "company", "-pk", "contact_points__value", "?"):
        assert Listing(parties, caller, QueryDict(f"sort={sort}")).order == Order.parse(Party, "name")


def test_sums_never_mix_currencies(caller: Caller, company: Company) -> None:
    orders = registry.get("sales-orders")
    for code, amount in (("EUR", 10), ("EUR", 5), ("USD", 7)):
        order = factory_for(orders.model)(company=company, currency=currency(code))
        orders.model._default_manager.filter(pk=order.pk).update(net_amount=amount)
    listing = Listing(orders, caller, QueryDict("view=all"))
    assert listing.totals()["net_amount"] == {"EUR": 15, "USD": 7, IN_OWN: 15, NO_RATE: 1}
    CurrencyRateFactory(company=company, rate="0.50", date=dt.date(2026, 1, 1))
    in_all = {"EUR": 15, "USD": 7, IN_OWN: Decimal("18.50"), NO_RATE: 0}
    assert listing.totals()["net_amount"] == in_all
    assert listing.totals(remember=True)["net_amount"] == in_all


def save(client: Client, **data: Any) -> Any:
    return client.post(
        "/parties/views/", {"name": "View", "params": "country=DE&company=9", "scope": "private", **data}
    )


def test_a_view_is_saved_with_allowed_params_only(staff: Client, company: Company, everyone: User) -> None:
    response = save(staff)
    view = SavedView.objects.get()
    assert (view.params, view.owner, view.company) == ("country=DE", everyone, company)
    assert response.url == f"/parties/?country=DE&view={view.pk}"
    tab = next(tab for tab in staff.get(response.url).context["tabs"] if tab.id == view.pk)
    assert (tab.label, tab.active, tab.kind, tab.is_default) == ("View", True, "private", False)


def test_views_are_private_of_a_team_or_everybodys(
    staff: Client, company: Company, sign_in: SignIn, everyone: User
) -> None:
    team = TeamFactory(company=company)
    everyone.memberships.update(team=team)  # type: ignore[attr-defined]
    for scope in ("private", "team", "company"):
        save(staff, name=scope, scope=scope)
    mate = sign_in(user_with(Role.DIRECTOR, company, team=team))
    other = sign_in(user_with(Role.DIRECTOR, company))

    def seen(client: Client) -> list[str]:
        return sorted(tab.label for tab in client.get("/parties/").context["tabs"] if tab.id)

    assert seen(staff) == ["company", "private", "team"]
    assert seen(mate) == ["company", "team"]
    assert seen(other) == ["company"]


def test_only_its_owner_changes_a_view(staff: Client, company: Company, sign_in: SignIn) -> None:
    save(staff, scope="company")
    view = SavedView.objects.get()
    other = sign_in(user_with(Role.DIRECTOR, company))
    address = f'action="/parties/views/{view.pk}/"'
    opened = f"/parties/?{view_query(view)}"
    acts = [f'value="{act}"' for act in ("rename", "share", "default", "delete")]
    assert [act in staff.get(opened).content.decode() for act in acts] == [True] * 4
    assert address not in other.get(opened).content.decode()
    assert other.post(f"/parties/views/{view.pk}/", {"operation": "delete"}).status_code == 403
    assert staff.post(f"/parties/views/{view.pk}/", {"operation": "rename", "name": "Better"}).status_code == 302
    assert SavedView.objects.get().name == "Better"
    long = staff.post(f"/parties/views/{view.pk}/", {"operation": "rename", "name": "x" * 90})
    assert (long.status_code, SavedView.objects.get().name) == (302, "x" * 80)
    save(staff, name="Taken")
    taken = staff.post(f"/parties/views/{view.pk}/", {"operation": "rename", "name": "Taken"}, follow=True)
    assert "none of your other views" in taken.content.decode()
    SavedView.objects.filter(name="Taken").delete()
    assert staff.post(f"/items/views/{view.pk}/", {"operation": "delete"}).status_code == 404
    assert staff.post(f"/parties/views/{view.pk}/", {"operation": "delete"}).status_code == 302
    assert not SavedView.objects.exists()


def test_the_default_view_opens_first(staff: Client, company: Company) -> None:
    PartyFactory(company=company, name="German", country="DE")
    PartyFactory(company=company, name="French", country="FR")
    save(staff, is_default="1")
    assert names(staff.get("/parties/")) == ["German"]
    assert names(staff.get("/parties/?view=all")) == ["French", "German"]
    save(staff, name="Other", params="country=FR", is_default="1")
    assert names(staff.get("/parties/")) == ["French"]
    assert SavedView.objects.filter(is_default=True).count() == 1


def test_only_an_administrator_sets_what_opens_first_for_the_company(
    staff: Client, company: Company, sign_in: SignIn
) -> None:
    buyer, boss = sign_in(user_with(Role.BUYER, company)), sign_in(user_with(Role.ADMINISTRATOR, company))
    for client, expected in ((buyer, 0), (boss, 1)):
        save(client, scope="company", is_default="1")
        assert SavedView.objects.filter(is_default=True).count() == expected
    save(buyer, scope="company")
    view = SavedView.objects.get(is_default=False)
    said = buyer.post(f"/parties/views/{view.pk}/", {"operation": "default"}, follow=True).content.decode()
    assert "Only an administrator decides" in said
    assert SavedView.objects.filter(is_default=True).count() == 1


def test_a_default_view_that_is_shared_opens_first_for_nobody_else(
    staff: Client, company: Company, sign_in: SignIn
) -> None:
    save(staff, is_default="1")
    view = SavedView.objects.get()
    other = sign_in(user_with(Role.DIRECTOR, company))
    PartyFactory(company=company, name="French", country="FR")
    for scope in ("private", "company"):
        staff.post(f"/parties/views/{view.pk}/", {"operation": "share", "scope": scope})
        assert names(other.get("/parties/")) == ["French"]
        assert SavedView.objects.get().is_default is (scope == "private")


def test_columns_are_chosen_per_person(staff: Client, company: Company, everyone: User) -> None:
    PartyFactory(company=company)
    staff.post("/parties/columns/", {"columns": ["country", "name", "password", "country"]})
    assert ListChoice.objects.get(user=everyone).columns == ["country", "name"]
    assert [column.name for column in staff.get("/parties/").context["columns"]] == ["country", "name"]
    staff.post("/parties/columns/", {"reset": "1"})
    assert staff.get("/parties/").context["columns"][0].name == "name"


def test_lookup_answers_names(staff: Client, company: Company) -> None:
    party = PartyFactory(company=company, name="Findable", code="F1")
    PartyFactory(company=CompanyFactory(), name="Findable abroad")
    results = staff.get("/parties/lookup/?q=findable").json()["results"]
    assert results == [{"value": party.pk, "text": "Findable", "sub": "F1"}]


@pytest.fixture
def bulk_parties(parties: Resource, monkeypatch: pytest.MonkeyPatch) -> Resource:
    """Parties with their "add contact" action offered in bulk."""
    action = parties.action("add_contact")
    assert action is not None
    changed = type(action)(**{**vars(action), "bulk": True})
    monkeypatch.setattr(parties, "actions", (changed,), raising=False)
    return parties


def test_a_bulk_action_asks_then_runs(staff: Client, company: Company, bulk_parties: Resource) -> None:
    mine = [PartyFactory(company=company) for _ in range(3)]
    foreign = PartyFactory(company=CompanyFactory())
    data = {"action": "add_contact", "ids": [mine[0].pk, mine[1].pk, foreign.pk], "params": ""}
    asked = staff.post("/parties/bulk/", data)
    assert (asked.status_code, asked.context["count"]) == (200, 2)
    answered = {**data, "confirmed": "1", "kind": "email", "value": "all@x.example"}
    assert staff.post("/parties/bulk/", answered).status_code == 302
    run = JobRun.objects.get()
    assert (run.status, run.done, run.total, run.failures) == ("done", 2, 2, 0)
    counted = [party.contact_points.count() for party in (*mine, foreign)]
    assert counted == [1, 1, 0, 0]


def test_a_bulk_action_sent_twice_runs_once(staff: Client, company: Company, bulk_parties: Resource) -> None:
    mine = [PartyFactory(company=company) for _ in range(3)]
    bar = staff.get("/parties/").content.decode()
    key = re.findall(r'name="idempotency_key" value="(\w{32})"', bar)[-1]
    asked = staff.post(
        "/parties/bulk/", {"action": "add_contact", "ids": [mine[0].pk, mine[1].pk], "idempotency_key": key}
    )
    answered = {name: value for name, value in asked.context["hidden"] if name != "ids"}
    assert answered["idempotency_key"] == key
    answered |= {"ids": [mine[0].pk, mine[1].pk], "kind": "email", "value": "all@x.example"}
    first, second = (staff.post("/parties/bulk/", answered) for _ in range(2))
    assert (first.status_code, second.url) == (302, first.url)
    assert JobRun.objects.count() == 1
    # The same page, come back to, may be used for others.
    staff.post("/parties/bulk/", {**answered, "ids": [mine[2].pk]})
    assert [party.contact_points.count() for party in mine] == [1, 1, 1]
    assert JobRun.objects.count() == 2


def test_a_job_for_all_that_match_is_begun_once_although_they_match_no_more(
    staff: Client, company: Company, bulk_parties: Resource
) -> None:
    for _ in range(INLINE_ROWS + 1):
        PartyFactory(company=company, country="DE")
    sent = {"action": "add_contact", "all": "1", "params": "country=DE", "confirmed": "1", "idempotency_key": "k" * 32}
    sent |= {"kind": "email", "value": "all@x.example"}
    first = staff.post("/parties/bulk/", sent)
    run = JobRun.objects.get()
    assert (first.url, run.status, run.total) == (f"/jobs/{run.pk}/", "queued", INLINE_ROWS + 1)
    Party.objects.filter(company=company).update(country="FR")
    assert staff.post("/parties/bulk/", sent).url == first.url
    assert JobRun.objects.count() == 1


def test_all_that_match_are_counted_before_anything_is_done(staff: Client, company: Company) -> None:
    leads = [factory_for(Lead).create(company=company) for _ in range(3)]
    sent = {"action": "work", "all": "1", "params": "view=all"}
    asked = staff.post("/leads/bulk/", sent)
    assert (asked.status_code, asked.context["consequences"]) == (200, ["This concerns 3 records."])
    assert JobRun.objects.count() == 0
    staff.post("/leads/bulk/", {**sent, "confirmed": "1"})
    assert {type(lead).objects.get(pk=lead.pk).status for lead in leads} == {"working"}


def test_a_list_that_opens_filtered_says_when_there_is_nothing_at_all(staff: Client, company: Company) -> None:
    def said(address: str) -> str:
        return str(staff.get(address).context["empty"]["title"])

    assert (said("/leads/"), said("/leads/?q=nobody")) == ("No leads yet", "Nothing found")
    factory_for(Lead).create(company=company, status="disqualified")
    assert said("/leads/") == "Nothing found"


def test_bulk_keeps_every_refusal(staff: Client, company: Company, bulk_parties: Resource) -> None:
    party = PartyFactory(company=company, name="Refused")
    data = {"action": "add_contact", "ids": [party.pk], "confirmed": "1", "kind": "phone", "value": "none"}
    response = staff.post("/parties/bulk/", data)
    run = JobRun.objects.get()
    assert response.url == f"/jobs/{run.pk}/"
    page = staff.get(response.url)
    assert [(row["label"], row["succeeded"]) for row in page.context["rows"]] == [("Refused", False)]
    assert run.failures == 1


def test_all_that_match_run_in_the_background(
    company: Company, caller: Caller, bulk_parties: Resource, parties: Resource
) -> None:
    total = INLINE_ROWS + 5
    for number in range(total):
        PartyFactory(company=company, country="DE" if number else "FR")
    ids = selection(parties, caller, ids=(), everything=True, params=QueryDict("country=DE"))
    assert len(ids) == total - 1
    action = bulk_parties.action("add_contact")
    assert action is not None
    run = start(parties, action, caller, ids=ids, form_data={"kind": ["email"], "value": ["a@b.example"]})
    assert run.status == "queued"
    execute_job(run.pk, now=caller.now)
    run.refresh_from_db()
    assert (run.status, run.done, run.failures, run.rows.count()) == ("done", total - 1, 0, total - 1)


def test_a_bulk_action_needs_its_permission(company: Company, bulk_parties: Resource, sign_in: SignIn) -> None:
    party = PartyFactory(company=company)
    client = sign_in(user_with(Role.AUDITOR, company))
    response = client.post("/parties/bulk/", {"action": "add_contact", "ids": [party.pk], "confirmed": "1"})
    assert response.status_code == 403
    assert client.post("/parties/bulk/", {"action": "nothing", "ids": [party.pk]}).status_code == 404


def test_somebody_elses_job_does_not_exist(staff: Client, company: Company, sign_in: SignIn, everyone: User) -> None:
    run = JobRun.objects.create(company=company, kind="ui.export", user=everyone)
    other = sign_in(user_with(Role.DIRECTOR, company))
    assert other.get(f"/jobs/{run.pk}/").status_code == 404
    assert staff.get(f"/jobs/{run.pk}/").status_code == 200
    assert staff.get(f"/jobs/{run.pk}/result/").status_code == 404
    staff.post(f"/jobs/{run.pk}/cancel/")
    run.refresh_from_db()
    assert run.cancel_asked
