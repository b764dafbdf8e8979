"""A record's page: header, status, actions, stepper, panels, and the way to the previous and next record."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.text import capfirst

from core.ui import recent
from core.ui.actions import Action
from core.ui.forms import new_key
from core.ui.listing import Listing
from core.ui.panels import Panel
from core.ui.resource import Resource
from core.ui.views.base import ResourceView
from core.ui.views.list import remembered_params


class DetailView(ResourceView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = self.get_object(pk)
        title = self.resource.title(obj)
        recent.remember(self.caller, self.resource, obj, title)
        context = {
            "resource": self.resource,
            "object": obj,
            "title": title,
            "subtitle": self.resource.subtitle(obj),
            "status": self.resource.status_badge(obj),
            "steps": self.resource.stepper(obj, self.caller) if self.resource.stepper else (),
            "list_url": self.resource.url("list"),
            "history_url": self.resource.url("history", pk),
            "breadcrumbs": breadcrumbs(self.resource),
            "edit_url": self._edit_url(obj),
            **self._actions(obj),
            **self._panels(obj),
            **self._neighbours(obj),
        }
        return render(request, "ui/detail.html", context)

    def _edit_url(self, obj: Any) -> str:
        allowed = self.resource.can_update and self.resource.editable(obj) and self.may("change", obj)
        return self.resource.url("edit", obj.pk) if allowed else ""

    def _actions(self, obj: Any) -> dict[str, Any]:
        offered = [action for action in self.resource.actions if action.offered(self.caller, obj)]
        primary = next((action for action in offered if action.style == "primary"), None)
        return {
            "primary_action": action_link(self.resource, primary, obj) if primary else None,
            "actions": [action_link(self.resource, action, obj) for action in offered if action is not primary],
        }

    def _panels(self, obj: Any) -> dict[str, Any]:
        ordered = sorted(self.resource.panels, key=lambda panel: panel.last)
        shown = [self._panel(panel, obj) for panel in ordered if panel.offered(self.caller, obj)]
        panels = [panel for panel in shown if panel is not None]
        return {
            "panels_main": [panel for panel in panels if panel["side"] == "main"],
            "panels_side": [panel for panel in panels if panel["side"] == "side"],
        }

    def _panel(self, panel: Panel, obj: Any) -> dict[str, Any] | None:
        shown = {"name": panel.name, "title": panel.title, "side": panel.side, "html": "", "lazy_url": ""}
        shown["action"] = panel.header_action(self.caller, obj)
        if panel.lazy:
            return {**shown, "lazy_url": self.resource.url("panel", obj.pk, panel.name)}
        html = panel.render(self.request, obj)
        return {**shown, "html": html} if html else None

    def _neighbours(self, obj: Any) -> dict[str, str]:
        params = QueryDict(remembered_params(self.request, self.resource))
        before, after = Listing(self.resource, self.caller, params).neighbours(obj)
        return {
            "previous_url": self.resource.detail_url(before) if before else "",
            "next_url": self.resource.detail_url(after) if after else "",
        }


class PanelView(ResourceView):
    """The inside of one lazy panel."""

    def get(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        obj = self.get_object(pk)
        panel = self.resource.panel(name)
        if panel is None or not panel.offered(self.caller, obj):
            raise Http404
        return HttpResponse(panel.render(request, obj))


def action_link(resource: Resource, action: Action, obj: Any) -> dict[str, Any]:
    """An action as the header draws it: a link to its page when it asks something, else a button that posts."""
    return {
        "name": action.name,
        "label": action.label,
        "icon": action.icon,
        "style": action.style,
        "asks": action.asks,
        "confirm": action.confirm is not None,
        "url": resource.url("action", obj.pk, action.name),
        "key": "" if action.asks else new_key(),
    }


def breadcrumbs(resource: Resource, obj: Any = None) -> list[dict[str, str]]:
    """Home, the list, and the record where a page lies beneath one."""
    trail = [{"label": capfirst(str(resource.plural)), "url": resource.url("list")}]
    if obj is not None:
        trail.append({"label": resource.title(obj), "url": resource.detail_url(obj.pk)})
    return trail
