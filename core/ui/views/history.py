"""Who changed what and when, readable, on every record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.audit import queries as audit_queries
from core.ui.views.base import ResourceView
from core.ui.views.detail import breadcrumbs


class HistoryView(ResourceView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = self.get_object(pk)
        title = self.resource.title(obj)
        context = {
            "resource": self.resource,
            "object": obj,
            "title": _("History of %(record)s") % {"record": title},
            "entries": audit_queries.history(obj),
            "back_url": self.resource.detail_url(pk),
            "breadcrumbs": breadcrumbs(self.resource, obj),
        }
        return render(request, "ui/history.html", context)
