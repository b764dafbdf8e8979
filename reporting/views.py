"""The home page: the dashboard of one's work."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.access.policies import roles_in
from core.ui import formats
from core.ui.views.base import SignedInView
from reporting.dashboards import Dashboard, dashboards_for
from reporting.metrics.definition import Metric, Unit
from reporting.periods import Period, Preset, period_of

HUNDRED = Decimal(100)


class HomeForm(forms.Form):
    """Which dashboard, of what time."""

    board = forms.ChoiceField(label=_("Dashboard"), required=False)
    period = forms.ChoiceField(label=_("Period"), choices=Preset.choices, required=False)

    def offer(self, boards: list[Dashboard]) -> None:
        """Offer a person's own dashboards; with one there is nothing to choose."""
        field: Any = self.fields["board"]
        field.choices = [(board.slug, board.label) for board in boards]
        if len(boards) == 1:
            field.widget = forms.HiddenInput()


class HomeView(SignedInView):
    """`/` for everybody who is signed in. Unknown parameters mean the default."""

    def get(self, request: HttpRequest) -> HttpResponse:
        period = period_of(self.preset, self.today)
        tiles = [self.tile(metric, period) for metric in self.board.tiles if metric.is_for(self.caller, self.roles)]
        charts = [made for make in self.board.charts if (made := make(self.caller, period))]
        lists = [todo for make in self.board.lists if (todo := make(self.caller, period))]
        context = {
            "title": _t("Home"),
            "subtitle": f"{self.board.label} · {formats.date(period.date_from)} – {formats.date(period.date_to)}",
            "filters": self.form,
            "as_of": formats.moment(self.caller.now),
            "tiles": tiles,
            "charts": charts,
            "lists": lists,
        }
        return render(request, "reporting/home.html", context)

    @cached_property
    def roles(self) -> frozenset[Any]:
        return roles_in(self.caller.user, self.caller.company_id)

    @cached_property
    def today(self) -> dt.date:
        return timezone.localdate()

    @cached_property
    def boards(self) -> list[Dashboard]:
        return dashboards_for(self.roles)

    @cached_property
    def board(self) -> Dashboard:
        asked = self.request.GET.get("board")
        return next((board for board in self.boards if board.slug == asked), self.boards[0])

    @cached_property
    def preset(self) -> str:
        asked = self.request.GET.get("period", "")
        return asked if asked in Preset.values else Preset.TWELVE_MONTHS.value

    @cached_property
    def form(self) -> HomeForm:
        form = HomeForm(initial={"board": self.board.slug, "period": self.preset})
        form.offer(self.boards)
        return form

    def tile(self, metric: Metric, period: Period) -> dict[str, Any]:
        """A figure with what it was in the period before, its course over twelve months, and the way to its rows."""
        value = metric.figure(self.caller, period)
        tile: dict[str, Any] = {"label": metric.label, "value": self.shown(value, metric), "url": metric.url(period)}
        tile["unit"] = self.caller.company.currency_id if metric.unit == Unit.MONEY else ""
        if metric.date:
            before = metric.figure(self.caller, period.previous)
            tile |= change(value, before, metric)
        # Always there: a template takes a missing key `values` for the method of the dictionary.
        tile["values"] = list(metric.by_month(self.caller, self.today).values()) if metric.column else []
        return tile

    def shown(self, value: Decimal, metric: Metric) -> str:
        if metric.unit == Unit.PERCENT:
            return formats.percent(value)
        if metric.unit == Unit.COUNT:
            return formats.number(value)
        return formats.money(value, self.caller.company.currency_id)


def change(value: Decimal, before: Decimal, metric: Metric) -> dict[str, Any]:
    """How a figure differs from the period before: in points for percentages, else in percent of what it was."""
    if metric.unit == Unit.PERCENT:
        text = _t("%(points)s points") % {"points": f"{value - before:+.1f}"}
    elif before > 0:
        text = f"{(value - before) / before * HUNDRED:+.1f} %"
    else:
        return {}
    good = None if metric.more_is_better is None or value == before else (value > before) == metric.more_is_better
    return {"change": text.replace("-", "−"), "good": good, "change_label": _t("to the period before")}
