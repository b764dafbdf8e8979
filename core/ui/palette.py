"""The command palette: go anywhere, create anything, find any record; what one looked at last comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.access import policies
from core.access.policies import roles_in
from core.search import queries as search_queries
from core.search.queries import Hit
from core.ui import nav, registry
from core.ui.recent import recent
from core.ui.resource import Caller, Resource
from core.ui.searching import numbered

RECORDS = 12
PAGES = 6


@dataclass(frozen=True)
class Item:
    """One line of the palette."""

    label: str
    sub: str
    url: str
    icon: str


@dataclass(frozen=True)
class Group:
    label: str
    items: list[Item]


def groups(caller: Caller, text: str) -> list[Group]:
    """What the palette shows for a text; without one, the latest records and all places to go."""
    wanted = text.strip()[:100]
    roles = roles_in(caller.user, caller.company_id)
    language = get_language() or "en"
    found = [
        Group(_("Records"), records(caller, wanted)) if wanted else Group(_("Recent"), latest(caller)),
        Group(_("Go to"), _places(nav.entries(roles, language), wanted)),
        Group(_("Create"), _creations(nav.creations(roles, language), wanted)),
    ]
    return [group for group in found if group.items]


def latest(caller: Caller) -> list[Item]:
    """The records looked at last, unless the role lost them meanwhile; each page checks its own record again."""
    found = []
    for slug, pk, title in recent(caller):
        resource = registry.find(slug)
        if resource is not None and policies.may(caller.user, "view", resource.model, caller.company_id):
            found.append(_item(resource, pk, title, ""))
    return found


def records(caller: Caller, text: str) -> list[Item]:
    """Records by number, name, phone or tax id, within what the caller may see, best first."""
    homes = {
        resource.model._meta.label_lower: resource
        for resource in registry.all_resources()
        if registry.for_model(resource.model) is resource
        and policies.may(caller.user, "view", resource.model, caller.company_id)
    }
    hits = search_queries.find(caller.company_id, text, labels=list(homes), limit=RECORDS * 2)
    for resource in homes.values():
        hits += numbered(resource, caller.company_id, text, limit=RECORDS)
    hits.sort(key=lambda hit: -hit.rank)
    visible = _visible(caller, homes, hits)
    kept = [hit for hit in hits if (hit.label, hit.object_id) in visible][:RECORDS]
    return [_item(homes[hit.label], hit.object_id, hit.title, hit.subtitle) for hit in kept]


def _visible(caller: Caller, homes: dict[str, Resource], hits: Iterable[Hit]) -> set[tuple[str, int]]:
    """The hits that the policies let through: one query a kind of record, none where the role reaches all of them."""
    by_label: dict[str, list[int]] = {}
    for hit in hits:
        by_label.setdefault(hit.label, []).append(hit.object_id)
    found: set[tuple[str, int]] = set()
    for label, ids in by_label.items():
        model: type[Model] = homes[label].model
        allowed = policies.scoped(caller.user, model._default_manager.filter(pk__in=ids), "view", caller.company_id)
        found.update((label, pk) for pk in allowed.values_list("pk", flat=True))
    return found


def _item(resource: Resource, pk: int, title: str, sub: str) -> Item:
    kind = capfirst(str(resource.singular))
    icon = (resource.menu.icon if resource.menu else "") or resource.icon
    return Item(title, f"{kind} · {sub}" if sub else kind, resource.detail_url(pk), icon)


def _places(entries: Iterable[nav.Entry], text: str) -> list[Item]:
    found = [Item(entry.label, str(nav.SECTIONS[entry.section][0]), entry.url, entry.icon) for entry in entries]
    return _fitting(found, text)[: PAGES if text else 100]


def _creations(entries: Iterable[dict[str, Any]], text: str) -> list[Item]:
    found = [
        Item(_("New %(record)s") % {"record": entry["label"]}, "", entry["url"], entry["icon"]) for entry in entries
    ]
    return _fitting(found, text)[: PAGES if text else 100]


def _fitting(items: list[Item], text: str) -> list[Item]:
    """Items whose words begin with the words typed, then those that contain them."""
    if not text:
        return items
    words = text.lower().split()

    def rank(item: Item) -> int:
        label = item.label.lower()
        starts = label.split()
        if all(any(start.startswith(word) for start in starts) for word in words):
            return 0
        return 1 if all(word in label for word in words) else 2

    return [item for item in sorted(items, key=rank) if rank(item) < 2]
