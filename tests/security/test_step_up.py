"""What could hand money or the house to somebody else asks who one is once more (QUALITY 34). The list of it stands
here, so that leaving it off an action takes a change of two files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from core.access.enums import Role
from core.ui.actions import Action
from core.ui.resource import Resource
from tests.factories.company import signed_in
from tests.security.world import RESOURCES, World

ACTIONS = {
    "parties.add_bank_account",  # where money goes
    "accounting-periods.reopen",  # figures that were reported
}


def asking() -> Iterator[tuple[Resource, Action]]:
    for resource in RESOURCES:
        for action in resource.actions:
            if action.step_up:
                yield resource, action


def confirmation_page(answer: Any) -> bool:
    return (answer.status_code, urlsplit(answer.headers.get("Location", "")).path) == (
        302,
        reverse("account_reauthenticate"),
    )


def test_these_actions_ask_again() -> None:
    assert {f"{resource.slug}.{action.name}" for resource, action in asking()} == ACTIONS
    assert [action.name for _resource, action in asking() if action.bulk] == []  # a selection asks nobody


def test_without_a_recent_confirmation_they_lead_to_the_page_that_asks(world: World) -> None:
    for resource, action in asking():
        record = world.records[resource.slug]
        url = resource.url("action", record.pk, action.name)
        before = type(record)._base_manager.filter(pk=record.pk).values().get()
        for method in ("get", "post"):
            answer = getattr(world.client(world.everyone), method)(url)
            assert confirmation_page(answer), (method, url, answer.status_code)
        assert type(record)._base_manager.filter(pk=record.pk).values().get() == before
        answer = signed_in(world.everyone).get(url)
        assert answer.status_code == 200, "who has just confirmed is let through"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ui:tokens", lambda world: ()),
        ("ui:people-invite", lambda world: ()),
        ("ui:person-act", lambda world: (world.by_role[Role.BUYER].pk, "deactivate")),
    ],
)
def test_pages_of_their_own_ask_too(world: World, name: str, arguments: Any) -> None:
    url = reverse(name, args=arguments(world))
    assert confirmation_page(world.client(world.everyone).post(url)), url


def test_django_admin_asks_before_it_writes(world: World) -> None:
    keeper = world.everyone
    type(keeper).objects.filter(pk=keeper.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(type(keeper).objects.get(pk=keeper.pk))
    session = client.session
    session["mfa_present"] = True
    session.save()
    assert confirmation_page(client.post(reverse("admin:access_user_add")))
