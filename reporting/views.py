"""The home page: the dashboard of one's work; and the page that lists the reports."""

import datetime as dt
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.access.policies import roles_in
from core.ui import formats, nav
from core.ui.views.base import SignedInView
from erp.ledger.reports.files import TYPES, answer_file
from reporting import exports
from reporting.board import Board
from reporting.dashboards import Dashboard, dashboards_for
from reporting.forms import PeriodForm, days_of, preset_of
from reporting.periods import Period, Preset
from reporting.reading import Reader


class PeriodView(SignedInView):
    """A page about some days: a preset, or days that somebody chose, both kept in the address."""

    kept: tuple[str, ...] = ()

    @cached_property
    def today(self) -> dt.date:
        return timezone.localdate()

    @cached_property
    def days(self) -> PeriodForm:
        return PeriodForm({name: self.request.GET.get(name, "") for name in PeriodForm.base_fields})

    @cached_property
    def preset(self) -> Preset:
        asked = self.request.GET.get("period", "")
        return Preset.CUSTOM if self.days.chosen and not asked else preset_of(asked)

    @cached_property
    def period(self) -> Period:
        chosen = self.days.chosen
        if self.preset == Preset.CUSTOM and chosen is not None:
            return chosen
        return days_of(self.preset, self.caller.company, self.today)

    @property
    def parameters(self) -> dict[str, str]:
        """What the address says about the page, without the time."""
        return {name: value for name in self.kept if (value := self.request.GET.get(name, ""))}

    @property
    def time_parameters(self) -> dict[str, str]:
        if self.preset == Preset.CUSTOM:
            return {"date_from": self.period.date_from.isoformat(), "date_to": self.period.date_to.isoformat()}
        return {"period": self.preset.value}

    def address(self, **params: str) -> str:
        """This page with other parameters."""
        return f"{self.request.path}?{urlencode({**self.parameters, **self.time_parameters, **params})}"

    def presets(self) -> list[dict[str, Any]]:
        """The times people ask for by name, as links."""
        return [
            {
                "label": preset.label,
                "url": f"{self.request.path}?{urlencode({**self.parameters, 'period': preset.value})}",
                "active": preset == self.preset,
            }
            for preset in Preset
            if preset != Preset.CUSTOM
        ]

    def shown_days(self) -> PeriodForm:
        """The days in force, to be changed; after a mistake, what was typed."""
        if self.days.errors:
            return self.days
        return PeriodForm(initial={"date_from": self.period.date_from, "date_to": self.period.date_to})

    def time_context(self) -> dict[str, Any]:
        """What every page about some days shows of them."""
        before = self.period.previous
        return {
            "presets": self.presets(),
            "days": self.shown_days(),
            "kept": self.parameters.items(),
            "period": _span(self.period),
            "compared": "" if self.period.is_all else _span(before),
            "as_of": formats.moment(self.caller.now),
        }


def _span(period: Period) -> str:
    return f"{formats.date(period.date_from)} – {formats.date(period.date_to)}"


class HomeView(PeriodView):
    """`/` for everybody who is signed in. Unknown parameters mean the default."""

    kept = ("board",)

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = request.GET.get("format", "")
        if kind in TYPES:
            return self.file(kind)
        status = 422 if self.days.errors else 200
        return render(request, "reporting/home.html", self.context(), status=status)

    @cached_property
    def boards(self) -> list[Dashboard]:
        return dashboards_for(roles_in(self.caller.user, self.caller.company_id))

    @cached_property
    def dashboard(self) -> Dashboard:
        asked = self.request.GET.get("board")
        return next((board for board in self.boards if board.slug == asked), self.boards[0])

    @cached_property
    def board(self) -> Board:
        return Board(self.dashboard, self.reader())

    def reader(self, verb: str = "view") -> Reader:
        return Reader(self.caller, self.period, self.today, verb)

    def context(self) -> dict[str, Any]:
        company = self.caller.company
        taken = self.reader("export")
        may_export = any(taken.may(metric) for metric in self.dashboard.tiles)
        return {
            "title": _("Home"),
            "subtitle": f"{company} · {self.dashboard.label}",
            "currency": company.currency_id,
            "boards": self.board_tabs(),
            "tiles": self.board.tiles,
            "charts": self.board.charts,
            "lists": self.board.lists,
            "export_urls": {kind: self.address(format=kind) for kind in TYPES} if may_export else {},
            **self.time_context(),
        }

    def board_tabs(self) -> list[dict[str, Any]]:
        if len(self.boards) < 2:
            return []
        return [
            {"label": board.label, "url": self.address(board=board.slug), "active": board == self.dashboard}
            for board in self.boards
        ]

    def file(self, kind: str) -> HttpResponse:
        tables = exports.tables(Board(self.dashboard, self.reader("export")))
        if not tables:
            raise PermissionDenied(_("Your role does not include taking these figures away."))
        return answer_file(kind, self.caller, tables)


class ReportsView(SignedInView):
    """Every report that the person may open, with a sentence each."""

    def get(self, request: HttpRequest) -> HttpResponse:
        roles = roles_in(self.caller.user, self.caller.company_id)
        found = nav.reports(roles, get_language() or "en")
        context = {"title": _("Reports"), "groups": found}
        return render(request, "reporting/reports.html", context)
