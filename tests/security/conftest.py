"""The world of the security tests stands in one transaction for all of them; each test runs in a savepoint of it."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from core.company.tenancy import all_companies
from core.ui.views import list as list_views
from tests.security.world import World


class _EnoughError(Exception):
    """Leaves the block so that everything in it is taken back."""


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock():
        try:
            with all_companies(), transaction.atomic():
                yield World()
                raise _EnoughError
        except _EnoughError:
            cache.clear()


@pytest.fixture(autouse=True)
def _taken_back(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Thousands of requests a minute, nearly all refused, are the point here.
    logging.disable()
    monkeypatch.setitem(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "token", "1000000/min")
    try:
        if "world" not in request.fixturenames:
            yield
            return
        request.getfixturevalue("world")
        cache.clear()
        list_views._filter_bars.clear()
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        logging.disable(logging.NOTSET)
