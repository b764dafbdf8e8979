"""What a process keeps from one page to the next: never another person's, company's or language's."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company
from core.ui import columns, nav, registry
from core.ui.cards import BoardCard, Moving, cards_html
from core.ui.templatetags import ui as tags
from crm.pipeline.models import Deal
from tests.factories import factory_for
from tests.factories.company import CompanyFactory, MembershipFactory, UserFactory, signed_in, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    tags._kept.clear()
    yield
    tags._kept.clear()


def offered(page: Any) -> set[str]:
    """Where the create menu leads."""
    menu = page.content.decode().partition('id="create-menu"')[2].partition("data-shortcuts")[0]
    return set(re.findall(r'<a href="(/[^"]*)"', menu))


def test_two_people_and_two_languages_keep_their_own_shell(company: Company) -> None:
    people = {
        role: user_with(role, company, name=f"Person {role.value}", language=language)
        for role, language in ((Role.SALESPERSON, "en"), (Role.WAREHOUSE, "zh-hans"))
    }
    for role in (*people, *people):
        page = signed_in(people[role]).get("/items/")
        text = page.content.decode()
        assert [f"Person {one.value}" in text for one in people] == [one == role for one in people]
        expected = {entry["url"] for entry in nav.creations(frozenset({role}), people[role].language)}
        assert offered(page) == expected
        english = role == Role.SALESPERSON
        assert ("Skip to content" in text, "Search or go to…" in text, "Appearance" in text) == (english,) * 3
    assert offered(page) != {entry["url"] for entry in nav.creations(frozenset({Role.SALESPERSON}), "en")}


def test_every_combination_of_looks_marks_its_own_choice(company: Company) -> None:
    user = user_with(Role.SALESPERSON, company)
    client = signed_in(user)
    for theme, density, language, shortcuts in product(("auto", "dark"), ("", "compact"), ("en", "zh-hans"), (0, 1)):
        User.objects.filter(pk=user.pk).update(
            theme=theme, density=density, language=language, shortcuts_enabled=bool(shortcuts)
        )
        text = client.get("/items/").content.decode()
        chosen = re.findall(r'<button name="(\w+)" value="([^"]*)"[^>]*>(?:(?!</button>).)*#check"', text)
        expected = [("theme", theme), ("language", language)]
        expected += [("density", "normal")] * (density == "compact") + [("shortcuts_enabled", "0")] * shortcuts
        assert sorted(chosen) == sorted(expected)


def test_one_person_in_two_companies_sees_where_they_work(company: Company) -> None:
    other = CompanyFactory(name="The other house")
    user = UserFactory()
    MembershipFactory(user=user, company=company, role=Role.SALESPERSON)
    MembershipFactory(user=user, company=other, role=Role.WAREHOUSE)
    client = signed_in(user)
    for where, role in ((company, Role.SALESPERSON), (other, Role.WAREHOUSE), (company, Role.SALESPERSON)):
        client.post(reverse("ui:company"), {"company": where.pk})
        page = client.get("/items/")
        head = re.search(r'<span class="grow truncate nav-text">([^<]*)</span>', page.content.decode())
        assert head is not None
        assert head.group(1) == where.name
        assert offered(page) == {entry["url"] for entry in nav.creations(frozenset({role}), "en")}


def test_the_shell_of_a_request_follows_person_company_and_language(company: Company) -> None:
    request: Any = RequestFactory().get("/items/")
    other = CompanyFactory()
    seen = []
    for role, where, language in (
        (Role.SALESPERSON, company, "en"),
        (Role.WAREHOUSE, company, "en"),
        (Role.WAREHOUSE, other, "en"),
        (Role.WAREHOUSE, company, "zh-hans"),
    ):
        request.user = user_with(role, where, name=f"{role.value} {where.pk} {language}")
        request.company = where
        with translation.override(language):
            shell = nav.shell(request)
            assert nav.shell(request) is shell
            seen.append((shell["shell"]["user_name"], shell["company"].pk, shell["shell"]["user_role"]))
    roles = [str(Role.SALESPERSON.label), str(Role.WAREHOUSE.label)]
    assert [name for name, _company, _role in seen] == [
        f"salesperson {company.pk} en",
        f"warehouse {company.pk} en",
        f"warehouse {other.pk} en",
        f"warehouse {company.pk} zh-hans",
    ]
    assert [pk for _name, pk, _role in seen] == [company.pk, company.pk, other.pk, company.pk]
    assert [role for _name, _pk, role in seen[:3]] == [roles[0], roles[1], roles[1]]
    assert seen[3][2] != roles[1]


def test_a_cell_speaks_the_language_it_was_made_for(company: Company) -> None:
    deal = factory_for(Deal)(company=company, amount=Decimal("1234.50"))
    bound = columns.bound_columns(registry.get("deals"))
    shown = []
    for language in ("en", "zh-hans", "en", "zh-hans"):
        with translation.override(language):
            shown.append(tuple(bound[name].html(deal) for name in ("status", "amount", "opened_at")))
    assert shown[:2] == shown[2:]
    assert shown[0][1] == shown[1][1] == "1,234.50"
    assert ("Open" in shown[0][0], "Open" in shown[1][0], "年" in shown[0][2], "年" in shown[1][2]) == (
        True,
        False,
        False,
        True,
    )


def card(**values: str) -> BoardCard:
    names = ("id", "title", "subtitle", "amount", "owner", "initials", "url", "age_state", "age", "version")
    return BoardCard(**dict.fromkeys(names, "") | values)


def test_a_card_escapes_whatever_people_typed() -> None:
    evil = '"><script>x</script>'
    moving = Moving("/move/", [(1, evil)], "token", f"/deals/?q={evil}")
    html = cards_html(
        [card(id="1", title=evil, subtitle=evil, owner=evil, initials="E", age=evil, amount=evil)], moving
    )
    assert isinstance(html, SafeString)
    assert ("<script" in html, html.count("&lt;script&gt;")) == (False, 9)


def test_cards_without_a_way_to_move_only_lead_to_their_records() -> None:
    made = cards_html([card(id="7", title="Chairs", url="/deals/7/", age="2 d", age_state="late")], None)
    assert (made.count("<form"), made.count("<button"), made.count('href="/deals/7/"')) == (0, 0, 1)
    assert ("age-late" in made, "#clock" in made, "avatar" in made) == (True, True, False)


def test_who_may_not_change_sees_cards_without_the_menu(company: Company, staff: Client) -> None:
    factory_for(Deal)(company=company)
    reader = signed_in(user_with(Role.AUDITOR, company)).get("/deals/board/")
    mover = staff.get("/deals/board/")
    assert [("data-move-menu" in page.content.decode()) for page in (reader, mover)] == [False, True]
    assert [('data-move-url="' in page.content.decode()) for page in (reader, mover)] == [False, True]
