"""Nobody reaches a record by its address alone: every address of the suite × its methods × who asks."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.test import Client
from django.urls import reverse

from core.access.enums import Role
from core.documents.facts import Fact
from core.ui import registry
from core.ui.resource import Resource
from core.ui.tokens import create_token
from tests.security.browser import Browser
from tests.security.table import LINES, Rule, asked, line_of, ruled
from tests.security.urls import Address, addresses
from tests.security.world import RESOURCES, World

SCREENS = (Rule.RECORD, Rule.LIST, Rule.REPORT, Rule.PERSON, Rule.OWN, Rule.PERSONAL)
PROGRAMS = (Rule.API_RECORD, Rule.API_LIST, Rule.API_REPORT, Rule.API_OWN, Rule.API_PERSON)


def test_every_view_has_a_rule() -> None:
    missing = sorted({str(address.label) for address in addresses() if line_of(address) is None})
    assert missing == [], "views without a rule: say in tests/security/table.py who may open them"
    known = {address.label for address in addresses()}
    assert sorted(set(LINES) - known) == [], "lines of views that are gone: delete them from tests/security/table.py"


def test_what_an_address_names_is_known(world: World) -> None:
    for address in addresses():
        if line_of(address).rule is not Rule.ADMIN:  # type: ignore[union-attr]
            world.arguments(address)


def test_nobody_gets_further_than_the_sign_in_page(world: World) -> None:
    browser, found = Browser(), set()
    for address in ruled(*SCREENS):
        for url in world.urls(address):
            for method in asked(address):
                answer = browser.ask(method, url)
                target = answer.headers.get("Location", "").split("?")[0]
                found.add((answer.status_code, target))
                # What a declaration leaves out does not exist for anybody.
                assert (answer.status_code, target) in ((302, "/accounts/login/"), (404, "")), (method, url)
    assert (302, "/accounts/login/") in found


def test_a_fragment_sends_the_whole_page_to_sign_in(world: World, client: Client) -> None:
    for slug in ("parties", "deals"):
        answer = client.get(reverse(f"ui:{slug}-list"), headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Redirect"]) == (204, "/accounts/login/?next=/")


def test_no_program_without_a_token(world: World) -> None:
    """Asked with a session, because a session opens no API."""
    browser = world.browser(world.everyone)
    for address in ruled(*PROGRAMS):
        for url in world.urls(address):
            for method in asked(address):
                assert browser.ask(method, url).status_code == 401, (method, url)
    for header in ("Bearer ob_nothing", "Bearer", "Basic YTpi", "Bearer " + "x" * 400):
        assert browser.ask("get", "/api/v1/parties/", Authorization=header).status_code == 401, header


def test_another_companys_records_do_not_exist(world: World) -> None:
    """Asked by somebody who may do everything in both companies, but works in the other one: so it is not only the
    database's wall that holds."""
    browser, token = world.browser(world.neighbour), world.token(world.neighbour)
    for address in ruled(Rule.RECORD, Rule.PERSON, Rule.OWN, Rule.API_RECORD):
        if "external_id" in address.parameters:
            continue  # a name, not a key: `test_an_external_id_is_looked_up_at_home`
        headers = token if address.route.startswith("api/") else {}
        is_whole = address.resource is None or address.resource.slug == "parties"
        for url in world.urls(address):
            for method in asked(address):
                if is_whole:
                    status = browser.ask(method, url, **headers).status_code
                else:
                    status = world.verdict(world.neighbour, method, url, **headers)
                assert status == 404, (method, url)


def test_an_external_id_is_looked_up_at_home(world: World) -> None:
    named = [address for address in ruled(Rule.API_RECORD) if "external_id" in address.parameters]
    assert named
    for address in named:
        record = world.records[address.resource.slug]  # type: ignore[union-attr]
        if isinstance(record, Fact):
            continue  # has the name with which it was written
        type(record)._base_manager.filter(pk=record.pk).update(external_id=f"erp-{record.pk}")
        url = reverse(address.name, args=(f"erp-{record.pk}",))
        browser = Browser()
        found = json.loads(browser.ask("get", url, **world.token(world.everyone)).content)
        assert found["id"] == record.pk
        assert browser.ask("get", url, **world.token(world.neighbour)).status_code == 404, url


def test_lists_hold_nothing_of_another_company(world: World) -> None:
    client, token = world.client(world.neighbour), world.token(world.neighbour)
    for resource in RESOURCES:
        home, away = world.records[resource.slug].pk, world.foreign[resource.slug].pk
        rows = [row.pk for row in client.get(f"{resource.url('list')}?view=all").context["rows"]]
        offered = [row["value"] for row in client.get(resource.url("lookup")).json()["results"]]
        assert (home in rows, home in offered) == (False, False), resource.slug
        assert away in rows or len(rows) >= resource.page_size, resource.slug
        if resource.api:
            answer = client.get(f"/api/v1/{resource.slug}/?limit=200", headers=token).json()
            assert home not in [row["id"] for row in answer["results"]], resource.slug


def test_search_finds_nothing_of_another_company(world: World) -> None:
    from core.parties.models import Party  # noqa: PLC0415  only this test knows a model by name

    Party.objects.filter(pk=world.records["parties"].pk).update(name="Quagga Works")
    for url in ("/palette/?q=quagga", f"{reverse('ui:parties-lookup')}?q=quagga", "/parties/?q=quagga&view=all"):
        at_home = world.client(world.everyone).get(url).content.decode()
        elsewhere = world.client(world.neighbour).get(url).content.decode()
        assert ("Quagga Works" in at_home, "Quagga Works" in elsewhere) == (True, False), url


def test_a_selection_drops_what_is_out_of_sight(world: World) -> None:
    client = world.client(world.neighbour)
    for resource in RESOURCES:
        for action in (action for action in resource.actions if action.bulk):
            record = world.records[resource.slug]
            before = type(record)._base_manager.filter(pk=record.pk).values().get()
            data = {"action": action.name, "ids": [record.pk], "confirmed": "1"}
            assert client.post(resource.url("bulk"), data).status_code == 302
            assert type(record)._base_manager.filter(pk=record.pk).values().get() == before


def test_a_card_out_of_sight_does_not_move(world: World) -> None:
    boards = [resource for resource in RESOURCES if "board" in resource.views]
    assert boards
    for resource in boards:
        kanban, record = resource.views["board"], world.records[resource.slug]
        to = str(kanban.columns(world.caller(world.neighbour, world.away))[0][0])
        answer = world.client(world.neighbour).post(resource.url("move"), {"pk": record.pk, "to": to})
        assert answer.status_code == 404, resource.slug
        for user, sees in world.refused(resource, kanban.verb):
            answer = world.client(user).post(resource.url("move"), {"pk": record.pk, "to": to})
            assert answer.status_code in ((403,) if sees else (403, 404)), (resource.slug, user)


def refusals(world: World) -> Iterator[tuple[Address, Resource, str, str, str]]:
    """(address, resource, url, method, verb) of every page of a record."""
    for address in ruled(Rule.RECORD):
        resource, line = address.resource, line_of(address)
        assert resource is not None
        assert line is not None
        for url, arguments in zip(world.urls(address), world.arguments(address), strict=True):
            for method in asked(address):
                verb = line.verb_for(method) or _named_verb(address, resource, arguments[1])
                yield address, resource, url, method, verb


def _named_verb(address: Address, resource: Resource, name: str) -> str:
    if address.label.endswith("ActionView"):
        action = resource.action(name)
        assert action is not None
        return action.permission
    panel = resource.panel(name)
    assert panel is not None
    return panel.verb


# A panel that is not offered is not there, nor is an edit form, a file or a paper of a record that has none.
MAY_BE_ABSENT = ("EditView", "PanelView", "ActionView", "FilesView", "FileView", "PaperView")


def test_a_role_without_the_verb_is_refused(world: World) -> None:
    """403 where the person sees the record and may not do this; 404 too where they do not see it."""
    count = 0
    for address, resource, url, method, verb in refusals(world):
        for user, sees in world.refused(resource, verb):
            expected = (403,) if sees and not address.label.endswith(MAY_BE_ABSENT) else (403, 404)
            assert world.verdict(user, method, url) in expected, (method, url, user.name)
            count += 1
    assert count > 100


def test_a_seller_may_not_do_what_only_finance_may(world: World) -> None:
    """The strict form of the test above, where the record is seen and the act is there: exactly 403."""
    for slug, name in (("sales-invoices", "post"), ("manual-entries", "post"), ("payments", "post")):
        resource = registry.get(slug)
        verb = resource.action(name).permission  # type: ignore[union-attr]
        seen = [user for user, sees in world.refused(resource, verb) if sees]
        assert seen, slug
        for user in seen:
            url = resource.url("action", world.records[slug].pk, name)
            assert world.browser(user).post(url).status_code == 403, (slug, user.name)


def test_a_file_opens_only_from_its_own_record(world: World) -> None:
    """The address of a record at home with the file or paper of another one."""
    browser = world.browser(world.everyone)
    deal, party = world.records["deals"], world.records["parties"]
    wrong = [
        reverse("ui:parties-file", args=(party.pk, world.files["deals"].pk)),
        reverse("ui:quotations-paper", args=(world.records["quotations"].pk, world.papers["sales-orders"].pk)),
        reverse("api:parties-attachment", args=(party.pk, world.files["deals"].pk)),
    ]
    for url in wrong:
        assert browser.get(url, headers=world.token(world.everyone)).status_code == 404, url
    neighbour = world.browser(world.neighbour)
    for url in (
        reverse("ui:deals-file", args=(world.foreign["deals"].pk, world.files["deals"].pk)),
        reverse("ui:deals-file-remove", args=(world.foreign["deals"].pk, world.files["deals"].pk)),
    ):
        assert neighbour.ask("post" if "remove" in url else "get", url).status_code == 404, url
    assert browser.get(reverse("ui:deals-files", args=(deal.pk,))).status_code == 200


def test_a_role_without_the_verb_gets_no_list_and_no_tool(world: World) -> None:
    for address in ruled(Rule.LIST):
        resource, line = address.resource, line_of(address)
        assert resource is not None
        assert line is not None
        user = world.without(resource, *line.verb.split("|")) if line.verb else None
        if user is None or not _exists(address, resource):
            continue
        for method in asked(address):
            status = world.verdict(user, method, reverse(address.name))
            assert status in {line.refusal, 403}, (method, str(address), user.name)


def _exists(address: Address, resource: Resource) -> bool:
    page = address.name.rsplit("-", 1)[1]
    if page == "board":
        return "board" in resource.views
    return resource.can_create if page == "create" else True


def test_bulk_actions_ask_for_their_own_verb(world: World) -> None:
    for resource in RESOURCES:
        for action in (action for action in resource.actions if action.bulk):
            user = world.without(resource, action.permission)
            if user is not None:
                data = {"action": action.name, "ids": [world.records[resource.slug].pk], "confirmed": "1"}
                assert world.client(user).post(resource.url("bulk"), data).status_code == 403, action.name


FILE_VERBS = {"list_files": "view", "download": "view", "read_paper": "view", "retry": "view"}
FILE_VERBS |= {"attach": "change", "remove": "change"}


def test_a_program_may_no_more_than_its_person(world: World) -> None:
    for address in ruled(Rule.API_RECORD, Rule.API_LIST):
        resource = address.resource
        assert resource is not None
        for method in asked(address):
            action = address.callback.actions[method]
            verb = _api_verb(resource, action)
            user = world.without(resource, verb)
            if user is None:
                continue
            for url in world.urls(address):
                status = world.verdict(user, method, url, **world.token(user))
                # Out of sight and not allowed look alike where the person sees nothing of the kind.
                assert status in ((403, 404) if address.parameters else (403,)), (method, url, verb, user.name)


def _api_verb(resource: Resource, action: str) -> str:
    if action in FILE_VERBS:
        return FILE_VERBS[action]
    known = {"list": "view", "retrieve": "view", "external_retrieve": "view", "create": "create"}
    known |= {"update": "change", "partial_update": "change", "external_upsert": "create"}
    if action in known:
        return known[action]
    declared = resource.action(action.removeprefix("verb_"))
    assert declared is not None, action
    return declared.permission


def test_a_token_reaches_no_further_than_its_scopes(world: World) -> None:
    caller = world.caller()
    _token, secret = create_token(user=world.everyone, now=caller.now, name="one list", scopes="parties:read")
    headers = {"Authorization": f"Bearer {secret}"}
    browser = Browser()
    assert browser.ask("get", "/api/v1/parties/", **headers).status_code == 200
    for address in ruled(*PROGRAMS):
        is_open = address.resource is not None and address.resource.slug == "parties"
        for url in world.urls(address):
            for method in asked(address):
                if not (is_open and method == "get"):
                    assert world.verdict(world.everyone, method, url, **headers) == 403, (method, url)


def test_reports_are_for_those_who_see_the_rows(world: World) -> None:
    user = world.by_role[Role.MARKETER]
    for address in ruled(Rule.REPORT, Rule.PERSON):
        for url in world.urls(address):
            for method in asked(address):
                assert world.browser(user).ask(method, url).status_code == 403, (method, url)
    for address in ruled(Rule.API_REPORT):
        assert Browser().ask("get", reverse(address.name), **world.token(user)).status_code == 403, str(address)
