"""Who changed what and when, readable, on every record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.audit import queries as audit_queries
from core.audit.queries import HistoryEntry
from core.ui.views.base import ResourceView
from core.ui.views.detail import breadcrumbs

ACTS = {"insert": _("Created"), "update": _("Changed"), "delete": _("Deleted")}


def entry_context(entry: HistoryEntry) -> dict[str, Any]:
    """An entry as the template draws it; what no person did, the system did."""
    return {
        "at": entry.at,
        "by": entry.user or str(_("The system")),
        "action": str(ACTS.get(entry.kind, entry.kind)),
        "changes": entry.changes,
        "request_id": entry.request_id,
    }


class HistoryView(ResourceView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = self.get_object(pk)
        title = self.resource.title(obj)
        context = {
            "resource": self.resource,
            "object": obj,
            "title": _("History of %(record)s") % {"record": title},
            "entries": [entry_context(entry) for entry in audit_queries.history(obj)],
            "back_url": self.resource.detail_url(pk),
            "breadcrumbs": breadcrumbs(self.resource, obj),
        }
        return render(request, "ui/history.html", context)
