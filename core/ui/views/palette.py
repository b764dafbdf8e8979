"""The palette's one endpoint, also a search page of its own, and the sheet of keyboard shortcuts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from core.ui.palette import groups
from core.ui.requests import is_htmx
from core.ui.views.base import SignedInView


class PaletteView(SignedInView):
    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "")
        context = {"groups": groups(self.caller, text), "query": text, "title": _("Search")}
        response = render(request, "ui/palette_results.html" if is_htmx(request) else "ui/search.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response


def shortcut_groups() -> list[dict[str, Any]]:
    """Every shortcut of the suite; the scripts and this sheet are kept alike by a browser test."""
    return [
        _sheet(_("Anywhere"), (("Ctrl K", _("Search and commands")), ("?", _("This sheet")), ("g h", _("Home")))),
        _sheet(
            _("Lists and boards"),
            (
                ("j k", _("Next and previous row")),
                ("Enter", _("Open the row")),
                ("x", _("Select the row")),
                ("c", _("Create here")),
                ("/", _("Filter this list")),
            ),
        ),
        _sheet(
            _("Records and forms"),
            (
                ("e", _("Edit")),
                ("Esc", _("Close, or one level up")),
                ("Ctrl Enter", _("Save the form")),
                ("Alt ↑ ↓", _("Move the line up or down")),
            ),
        ),
    ]


def _sheet(label: str, lines: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {"label": label, "items": [{"keys": keys.split(), "label": text} for keys, text in lines]}


class ShortcutsView(SignedInView):
    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"groups": shortcut_groups(), "title": _("Keyboard shortcuts")}
        return render(request, "ui/shortcuts.html", context)
