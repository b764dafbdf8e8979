"""Pages about oneself, and people over the API: nothing of another company is told or changed there (QUALITY 27)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from core.access.enums import Role
from core.access.models import User
from core.access.policies import may
from core.company.models import Company, Membership
from core.jobs.models import JobRun
from core.parties.models import Party
from core.ui.models import ApiToken, SavedView
from core.ui.tokens import create_token
from tests.factories.company import MembershipFactory, UserFactory
from tests.security.browser import Browser
from tests.security.table import Rule, asked, ruled
from tests.security.world import World

MARK = "Quagga"


def marked(world: World) -> None:
    """Whatever at home has a name gets one that is seen at once."""
    Company.objects.filter(pk=world.home.pk).update(name=f"{MARK} Company")
    Party.objects.filter(company=world.home).update(name=f"{MARK} Party")
    both = Membership.objects.filter(company=world.away).values("user")
    User.objects.filter(memberships__company=world.home).exclude(pk__in=both).update(name=f"{MARK} Person")
    for model in (ApiToken, SavedView):
        model.objects.all().update(name=f"{MARK} thing")


def kept(world: World) -> list[Any]:
    """The rows at home, and of its people, that a page about oneself could have to do with."""
    return [
        list(User.objects.filter(memberships__company=world.home).order_by("pk").distinct().values()),
        list(Company.objects.filter(pk=world.home.pk).values()),
        list(Membership.objects.filter(company=world.home).order_by("pk").values()),
        list(ApiToken.objects.filter(user__memberships__company=world.home).distinct().order_by("pk").values()),
        list(SavedView.objects.filter(company=world.home).order_by("pk").values()),
        list(JobRun.objects.filter(company=world.home).order_by("pk").values()),
    ]


def test_pages_about_oneself_tell_and_change_nothing_of_others(world: World) -> None:
    """Asked by a director of the other company, with addresses, names and fields of home."""
    stranger = UserFactory(name="Stranger")
    MembershipFactory(user=stranger, company=world.away, role=Role.DIRECTOR)
    marked(world)
    browser, before, answered = world.browser(stranger), kept(world), 0
    _token, secret = create_token(user=stranger, now=timezone.now(), name="own")
    program = {"Authorization": f"Bearer {secret}"}
    sought, sent = {"q": MARK[:4]}, {"company": world.home.pk, "user": world.everyone.pk, "name": "x", "theme": "dark"}
    for address in ruled(Rule.PERSONAL, Rule.API_OWN):
        is_api = address.route.startswith("api/")
        headers = program if is_api else {}
        for url in world.urls(address):
            for method in asked(address):
                data = sent if method != "get" else {} if is_api else sought
                answer = browser.ask(method, url, data, **headers)
                assert MARK not in answer.content.decode(), (method, url)
                answered += answer.status_code == 200
    assert answered > 10
    assert kept(world) == before


def people_token(user: User) -> dict[str, str]:
    scopes = "people:read people:write"
    return {"Authorization": f"Bearer {create_token(user=user, now=timezone.now(), name='people', scopes=scopes)[1]}"}


def test_people_over_the_api_are_those_of_ones_company(world: World) -> None:
    """Out of sight is 404, also for an administrator of another company; 403 without the right to see or manage."""
    chief = UserFactory(name="Chief")
    MembershipFactory(user=chief, company=world.away, role=Role.ADMINISTRATOR)
    marked(world)
    programs = {role: people_token(user) for role, user in world.by_role.items()}
    browser, theirs, before, refusals = Browser(), people_token(chief), kept(world)[:3], 0
    for address in ruled(Rule.API_PERSON):
        for url in world.urls(address):
            for method in asked(address):
                if address.parameters:
                    assert browser.ask(method, url, **theirs).status_code == 404, (method, url)
                elif method == "get":
                    found = browser.ask(method, url, **theirs)
                    assert (found.status_code, MARK in found.content.decode()) == (200, False)
                verb = "view" if method == "get" else "change"
                for role, user in world.by_role.items():
                    if not may(user, verb, Membership, world.home.pk):
                        assert browser.ask(method, url, **programs[role]).status_code == 403, (method, url, role)
                        refusals += 1
    assert refusals > 20
    assert kept(world)[:3] == before
