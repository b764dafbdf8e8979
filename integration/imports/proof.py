"""Addresses of the rows behind a figure, for the proof of an import."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from core.ui import registry


def rows_url(slug: str, **params: Any) -> str:
    """The list of a Resource with these filters."""
    return f"{registry.get(slug).url('list')}?{urlencode({'view': 'all', **params})}"


def year_url(slug: str, year: int, **params: Any) -> str:
    """The list of documents of a calendar year."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    return rows_url(slug, **params, document_date_from=first.isoformat(), document_date_to=last.isoformat())
