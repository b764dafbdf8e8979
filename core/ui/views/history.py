"""Who changed what and when, readable, on every record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.audit import queries as audit_queries
from core.audit.queries import HistoryEntry
from core.documents.attachments import attachments_of
from core.ui import registry
from core.ui.record_files import keeps_files
from core.ui.resource import Resource
from core.ui.views.base import ResourceView
from core.ui.views.detail import breadcrumbs

ACTS = {"insert": _("Created"), "update": _("Changed"), "delete": _("Deleted")}
MOST = 100
MOVE = "move"
"""The verb of a card that was moved on a board."""


def entry_context(entry: HistoryEntry, resource: Resource | None = None) -> dict[str, Any]:
    """An entry as the template draws it; what no person did, the system did."""
    return {
        "at": entry.at,
        "by": entry.user or str(_("The system")),
        "action": act_label(entry, resource),
        "changes": entry.changes,
        "request_id": entry.request_id,
    }


def act_label(entry: HistoryEntry, resource: Resource | None) -> str:
    """What happened in a word: the verb by which it happened where there was one, as in "Changed · Post invoice"."""
    act = str(ACTS.get(entry.kind, entry.kind))
    slug, _dot, name = entry.verb.partition(".")
    origin = registry.find(slug)
    if origin is not None and name == MOVE:
        return str(_("Moved on the board"))
    action = origin.action(name) if origin is not None else None
    if action is None:
        return act
    if origin is resource and entry.kind == "update":
        return str(action.label)
    return f"{act} · {action.label}"


def file_entries(record: Any) -> list[dict[str, Any]]:
    """Files that came and went, as entries of the record's history."""
    found = attachments_of(record, with_removed=True).select_related("created_by", "removed_by")[:MOST]
    entries = [_file_entry(one.created_at, one.created_by, _("Attached"), one.name) for one in found]
    removed = [one for one in found if one.removed_at]
    return entries + [_file_entry(one.removed_at, one.removed_by, _("Removed"), one.name) for one in removed]


def _file_entry(at: Any, user: Any, act: Any, name: str) -> dict[str, Any]:
    return {"at": at, "by": str(user or _("The system")), "action": f"{act}: {name}", "changes": (), "request_id": ""}


def readable_history(resource: Resource, record: Any) -> list[dict[str, Any]]:
    """Changes and files of a record in one list, latest first."""
    lines = resource.answered_lines[1] if resource.answered_lines else ""
    entries = [entry_context(entry, resource) for entry in audit_queries.history(record, limit=MOST, lines=lines)]
    if keeps_files(resource):
        entries += file_entries(record)
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


class HistoryView(ResourceView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = self.get_object(pk)
        title = self.resource.title(obj)
        context = {
            "resource": self.resource,
            "object": obj,
            "title": _("History of %(record)s") % {"record": title},
            "entries": readable_history(self.resource, obj),
            "back_url": self.resource.detail_url(pk),
            "breadcrumbs": breadcrumbs(self.resource, obj),
        }
        return render(request, "ui/history.html", context)
