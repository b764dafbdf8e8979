"""The test database: made by the owner role, used as the app role, so that every test meets the database's refusals."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("ONEBOOK_TESTING", "1")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser driver keeps an event loop in this thread

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases

from config import env
from core.company.tenancy import all_companies
from core.events import outbox


@contextmanager
def as_owner() -> Iterator[None]:
    """Within this block the default connection belongs to the owner role."""
    roles = connection.settings_dict
    before = {name: roles[name] for name in ("USER", "PASSWORD")}
    connection.close()
    roles.update({name: env.database(settings.DATABASE_OWNER_URL)[name] for name in before})
    try:
        yield
    finally:
        connection.close()
        roles.update(before)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    keep = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock(), as_owner():
        made = setup_databases(verbosity=0, interactive=False, keepdb=keep, serialized_aliases=())
    yield
    with django_db_blocker.unblock(), as_owner():
        if not keep:
            teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def subscriptions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whom a test subscribes to an event hears of it in that test alone: a listener left behind makes operations of
    other tests write events."""
    monkeypatch.setattr(outbox, "_handlers", {kind: dict(found) for kind, found in outbox._handlers.items()})
    monkeypatch.setattr(outbox, "_kinds", dict(outbox._kinds))


def _truncate(self: TransactionTestCase) -> None:
    """After a test that really commits: the owner empties every table, because the app role may not."""
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    tables = [table for table in connection.introspection.table_names() if table not in kept]
    names = ", ".join(connection.ops.quote_name(table) for table in tables)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


TransactionTestCase._fixture_teardown = _truncate  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _every_company() -> Iterator[None]:
    """Tests see every company unless they ask for the wall (`use_companies`); requests build their own."""
    with all_companies():
        yield


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames or "client" in request.fixturenames:
        cache.clear()
