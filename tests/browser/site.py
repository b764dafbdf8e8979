"""The live server of these tests, its demo company, and browsers that are signed in."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company
from integration.demo.seeding import seed_demo
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
    return seed_demo(code="demo", seed=1, scale=Decimal("0.02"), months=1, today=TODAY, logins=note)


@dataclass
class Visitor:
    """A browser context of its own, with what was wrong in it."""

    context: BrowserContext
    page: Page
    watch: Watch


@dataclass
class Site:
    """:ivar url: where the server listens. :ivar company: the demo company. :ivar user: may do everything in it."""

    url: str
    browser: Browser
    company: Company
    user: User
    visitors: list[Visitor] = field(default_factory=list)

    def at(self, path: str) -> str:
        return f"{self.url}{path}"

    def visit(self, user: User | None = None, **options: Any) -> Visitor:
        """A new context, signed in by its cookie when a user is given. Addresses may be given as paths."""
        options = {"base_url": self.url, "viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **options}
        context = self.browser.new_context(**options)
        context.set_default_timeout(WAIT)
        watch = Watch(context)
        if user is not None:
            sign_in(context, user, self.url)
        visitor = Visitor(context, context.new_page(), watch)
        self.visitors.append(visitor)
        return visitor

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Close what is opened inside, and fail when anything went wrong in it."""
        opened = len(self.visitors)
        yield
        mine, self.visitors = self.visitors[opened:], self.visitors[:opened]
        for visitor in mine:
            visitor.context.close()
        assert [problem for visitor in mine for problem in visitor.watch.problems] == []


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
