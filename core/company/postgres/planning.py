"""Plans that are made for the values at hand."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned_afresh() -> Iterator[None]:
    """Have PostgreSQL plan the statements within, or of the decorated function, for their values instead of reusing a
    plan that was made for any: for what reads many rows by filters and dates, where the plan that suits every value
    suits none. Acts on single records gain from reusing and stay outside.
    """
    connection.ensure_connection()
    raw = connection.connection
    kept, raw.prepare_threshold = raw.prepare_threshold, None
    try:
        yield
    finally:
        raw.prepare_threshold = kept
