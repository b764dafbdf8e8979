"""The live server of these tests, its demo company, and browsers that are signed in."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company
from integration.demo.seeding import Plan, seed_demo
from tests.browser.watch import Watch
from tests.factories.company import MembershipFactory, UserFactory

TODAY = dt.date(2026, 3, 31)
WAIT = 15_000  # ms; the machine may be busy with other things

expect.set_options(timeout=WAIT)


def person(company: Company, name: str = "Ada Example", **values: Any) -> User:
    """Somebody with every role."""
    user = UserFactory(name=name, **values)
    for role in Role:
        MembershipFactory(user=user, company=company, role=role)
    return user


def small_demo(folder: Path) -> Company:
    """The demo company, as small as it gets: one month, a handful of everything. A note that is there already saves
    the slow hashing of passwords that nobody types."""
    note = folder / "demo_logins.txt"
    note.touch()
    run = seed_demo(code="demo", plan=Plan(seed=1, scale=Decimal("0.02"), months=1, today=TODAY), logins=note)
    with transaction.atomic():
        return Company.objects.get(pk=run.company_id)


@dataclass
class Visitor:
    """A browser context of its own, with what was wrong in it."""

    context: BrowserContext
    page: Page
    watch: Watch


@dataclass
class Site:
    """:ivar url: where the server listens. :ivar company: the demo company.
    :ivar user: may do everything in it.
    :ivar night: so may this person, in the dark and in Chinese."""

    url: str
    browser: Browser
    company: Company
    user: User
    night: User

    @contextmanager
    def visiting(self) -> Iterator[Callable[..., Visitor]]:
        """A function that opens contexts: `visit()` for anybody, `visit(user)` signed in. They are closed at the end,
        and whatever went wrong in one of them fails."""
        opened: list[Visitor] = []

        def visit(user: User | None = None, **options: Any) -> Visitor:
            opened.append(self.open(user, **options))
            return opened[-1]

        yield visit
        for visitor in opened:
            visitor.context.close()
        if problems := [problem for visitor in opened for problem in visitor.watch.problems]:
            pytest.fail("\n".join(problems))

    def open(self, user: User | None, **options: Any) -> Visitor:
        """A new context; addresses may be given as paths. Nothing moves in it, so colours are what they will be."""
        usual = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", "reduced_motion": "reduce"}
        context = self.browser.new_context(**{"base_url": self.url, **usual, **options})
        context.set_default_timeout(WAIT)
        watch = Watch(context, has_scripts=options.get("java_script_enabled", True))
        if user is not None:
            sign_in(context, user, self.url)
        return Visitor(context, context.new_page(), watch)


def sign_in(context: BrowserContext, user: User, url: str) -> None:
    """A session as signing in by the form makes it, second factor given."""
    with transaction.atomic():
        client = Client()
        client.force_login(user)
        session = client.session
        session["mfa_present"] = True
        session.save()
    key = str(session.session_key)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": url, "httpOnly": True}])


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


def ready(page: Page) -> None:
    """Wait until the page's modules have started and nothing is loading."""
    page.wait_for_load_state("networkidle")
