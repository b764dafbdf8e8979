"""Fiscal years and accounting periods: opened, closed, opened again."""

from __future__ import annotations

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.ui import formats
from core.ui.actions import Action
from core.ui.panels import AttributesPanel, LinesPanel
from core.ui.registry import register
from core.ui.resource import Menu, PresetView, Resource, SearchIn
from erp.ledger import forms
from erp.ledger.enums import PeriodStatus
from erp.ledger.models import AccountingPeriod, FiscalYear, JournalEntry
from erp.ledger.operations import close_period, open_fiscal_year, reopen_period


@register
class FiscalYearResource(Resource):
    model = FiscalYear
    slug = "fiscal-years"
    search = SearchIn(words=("year",))
    menu = Menu("finance", order=80, icon="calendar")
    columns = ("year", "start_date", "end_date")
    ordering = "-start_date"
    form = forms.FiscalYearForm
    create = open_fiscal_year
    update = False
    panels = (
        AttributesPanel(fields=("year", "start_date", "end_date")),
        LinesPanel(
            name="periods",
            title=_("Accounting periods"),
            relation="periods",
            columns=("number", "start_date", "end_date", "status"),
            linked=True,
        ),
    )


def is_open(period: AccountingPeriod) -> bool:
    return bool(period.status == PeriodStatus.OPEN)


def what_closing_does(period: AccountingPeriod) -> list[str]:
    entries = JournalEntry.objects.filter(period=period).count()
    return [
        _t("%(count)s journal entries lie in it.") % {"count": formats.number(entries)},
        _t("No entry may bear a date from %(start)s to %(end)s any more, until somebody opens the period again.")
        % {"start": formats.date(period.start_date), "end": formats.date(period.end_date)},
    ]


@register
class AccountingPeriodResource(Resource):
    model = AccountingPeriod
    slug = "accounting-periods"
    search = SearchIn(words=("start_date", "fiscal_year__year"))
    menu = Menu("finance", order=82, icon="lock")
    columns = ("start_date", "end_date", "fiscal_year", "number", "status")
    ordering = "-start_date"
    filters = ("fiscal_year", "status")
    saved_views = (PresetView("open", _("Open"), {"status": PeriodStatus.OPEN}),)
    status_colors = {PeriodStatus.OPEN: "blue", PeriodStatus.CLOSED: "grey"}
    actions = (
        Action(
            "close",
            label=_("Close"),
            operation=close_period,
            when=is_open,
            confirm=what_closing_does,
            style="primary",
            icon="lock",
        ),
        Action(
            "reopen",
            label=_("Open again"),
            operation=reopen_period,
            form=forms.ReasonForm,
            when=lambda period: not is_open(period),
            confirm=_("Figures of a closed period may change. The reason is kept with the period."),
            icon="lock-open",
            step_up=True,
        ),
    )
    panels = (
        AttributesPanel(fields=("fiscal_year", "number", "start_date", "end_date", "status")),
        LinesPanel(
            name="changes",
            title=_("Closed and opened"),
            relation="changes",
            columns=("changed_at", "status", "changed_by", "reason"),
        ),
    )
