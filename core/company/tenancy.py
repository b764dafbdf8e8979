"""The wall between companies. Every transaction tells PostgreSQL which companies may be seen; row-level security on
every table with a `company_id` does the rest, also when a query forgets its filter.

The list lives in a context variable. Our database backend announces it when a transaction begins (see announcing.py).
Outside a transaction no company is visible."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

from core.company.announcing import announce, announced_by, can_announce

SETTING = "app.companies"
EVERY = "*"
_visible: ContextVar[str] = ContextVar("visible_companies", default="")


def visible_companies() -> str:
    """The list as PostgreSQL reads it: ids joined by commas, `*` for all, empty for none."""
    return _visible.get()


def _announced() -> dict[str, str]:
    visible = _visible.get()
    return {SETTING: visible} if visible else {}


announced_by(_announced)


@contextmanager
def _listing(value: str) -> Iterator[None]:
    token = _visible.set(value)
    inside = connection.in_atomic_block
    try:
        if inside:
            announce({SETTING: value})
        yield
    finally:
        _visible.reset(token)
        if inside and can_announce():
            announce({SETTING: _visible.get()})


@contextmanager
def use_companies(company_ids: Iterable[int]) -> Iterator[None]:
    """Within this block only rows of these companies exist."""
    with _listing(",".join(str(int(company_id)) for company_id in company_ids)):
        yield


@contextmanager
def all_companies() -> Iterator[None]:
    """Within this block rows of every company exist: for the suite's own jobs and commands, never for a request."""
    with _listing(EVERY):
        yield
