"""The records a person looked at last, for the palette. Kept in the cache: losing them costs nobody anything, and a
page view must not become a write to the database."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache

from core.ui.resource import Caller, Resource

KEEP = 15
SECONDS = 30 * 24 * 3600

Entry = tuple[str, int, str]


def _key(caller: Caller) -> str:
    return f"recent:{caller.user.pk}:{caller.company_id}"


def remember(caller: Caller, resource: Resource, obj: Any, title: str) -> None:
    """Put the record on top of the caller's list."""
    entry = (resource.slug, obj.pk, title)
    known = recent(caller)
    if known and known[0] == entry:
        return
    rest = [item for item in known if item[:2] != entry[:2]]
    cache.set(_key(caller), [entry, *rest][:KEEP], SECONDS)


def recent(caller: Caller) -> list[Entry]:
    """(slug, id, title), latest first. Titles may be old; the page itself checks what may be seen."""
    return [tuple(item) for item in cache.get(_key(caller)) or []]
