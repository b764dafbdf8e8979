"""The reports of the ledger as pages: filters, the table with its drill-down, XLSX, print."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from functools import cached_property, partial
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import policies
from core.ui import formats, nav
from core.ui.export import TYPES
from core.ui.views.base import SignedInView
from erp.ledger.models import JournalLine
from erp.ledger.queries import (
    IncomeStatement,
    LedgerCursor,
    balance_sheet,
    general_ledger,
    income_statement,
    trial_balance,
    year_start,
)
from erp.ledger.reports.files import answer_file
from erp.ledger.reports.forms import (
    ComparedDayForm,
    ComparedDaysForm,
    DayForm,
    DaysForm,
    LedgerForm,
    Preset,
    earlier_day,
    earlier_days,
    presets,
)
from erp.ledger.reports.general_ledger import general_ledger_table
from erp.ledger.reports.statements import balance_sheet_table, income_statement_table, side_by_side
from erp.ledger.reports.table import Table
from erp.ledger.reports.trial_balance import trial_balance_table

PAGE_LINES, EXPORT_LINES = 200, 50_000


class ReportView(SignedInView, ABC):
    """Base of the report pages. Whoever may see journal lines may see their sums."""

    form_class: ClassVar[type[forms.Form]] = DaysForm
    template_name = "ledger/report.html"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        self.require("export" if self.wants_file else "view")
        form = self.form
        if not form.is_valid():
            return self.page(None, status=422)
        table = self.table(form.cleaned_data, limit=EXPORT_LINES if self.wants_file else PAGE_LINES)
        table = Table(table.title, table.currency, table.columns, table.rows, self.about(form.cleaned_data))
        return answer_file(request.GET["format"], self.caller, [table]) if self.wants_file else self.page(table)

    @property
    def wants_file(self) -> bool:
        """Whether the report is asked for as a file, which always holds all of it."""
        return self.request.GET.get("format") in TYPES

    model: ClassVar[type[Model]] = JournalLine
    section: ClassVar[str] = "finance"

    def may(self, verb: str) -> bool:
        return policies.may(self.caller.user, verb, self.model, self.caller.company_id)

    def require(self, verb: str) -> None:
        if not self.may(verb):
            raise PermissionDenied(self.refusal())

    def refusal(self) -> str:
        """Why somebody may not see the report."""
        return _("Your role does not include the books of the company.")

    @cached_property
    def today(self) -> dt.date:
        return timezone.localdate()

    @cached_property
    def this_year(self) -> dt.date:
        return year_start(self.caller.company, self.today)

    @cached_property
    def form(self) -> forms.Form:
        given = self.request.GET.dict()
        form = self.form_class({**self.defaults(), **{name: value for name, value in given.items() if value}})
        prepare = getattr(form, "prepare", None)
        if prepare is not None:
            prepare(self.caller)
        return form

    def defaults(self) -> dict[str, Any]:
        return {"date_from": self.this_year.isoformat(), "date_to": self.today.isoformat()}

    @abstractmethod
    def table(self, asked: Mapping[str, Any], *, limit: int) -> Table:
        """The report for the days asked for."""

    def next_url(self) -> str:
        """The page after this one, for reports that have pages."""
        return ""

    def more(self) -> dict[str, Any]:
        """What a report's own template shows beside the table."""
        return {}

    @abstractmethod
    def title(self) -> str:
        """What the report is called, in the reader's language."""

    def about(self, asked: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """What every report says of itself: company, currency, days, and when it was drawn up."""
        company = self.caller.company
        return (
            (_("Company"), str(company)),
            (_("Currency"), company.currency_id),
            *self.days(asked),
            (_("Drawn up"), formats.moment(self.caller.now)),
        )

    def days(self, asked: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(_("From"), formats.date(asked["date_from"])), (_("To"), formats.date(asked["date_to"]))]

    def params_of(self, preset: Preset) -> dict[str, str]:
        return {"date_from": preset.date_from.isoformat(), "date_to": preset.date_to.isoformat()}

    def address(self, **params: Any) -> str:
        """This report with some parameters changed."""
        kept = {name: value for name, value in self.request.GET.items() if name in self.form.fields}
        return f"{self.request.path}?{urlencode({**kept, **params})}"

    def tabs(self) -> list[dict[str, Any]]:
        data = self.form.data
        found = []
        for preset in presets(self.today, self.this_year):
            params = self.params_of(preset)
            active = all(data.get(name) == value for name, value in params.items())
            found.append({"label": preset.label, "url": self.address(**params), "active": active})
        return found

    def page(self, table: Table | None, status: int = 200) -> HttpResponse:
        title = self.title()
        context = {
            "title": title,
            "form": self.form,
            "tabs": self.tabs(),
            "table": table,
            "rows": table.drawn() if table else [],
            "about": table.about if table else (),
            "following_url": self.next_url(),
            "export_urls": {kind: self.address(format=kind) for kind in TYPES} if self.may("export") else {},
            "breadcrumbs": [{"label": nav.section_label(self.section), "url": ""}, {"label": title, "url": ""}],
            **self.more(),
        }
        response = render(self.request, self.template_name, context, status=status)
        response["Cache-Control"] = "private, no-cache"
        return response


class TrialBalanceView(ReportView):
    def title(self) -> str:
        return _("Trial balance")

    def table(self, asked: Mapping[str, Any], *, limit: int) -> Table:
        start, end = asked["date_from"], asked["date_to"]
        balance = trial_balance(company_id=self.caller.company_id, date_from=start, date_to=end)
        return trial_balance_table(balance, year_start(self.caller.company, start))


class AsOfReport(ReportView):
    """Base of the reports at the end of a day."""

    form_class = DayForm

    def defaults(self) -> dict[str, Any]:
        return {"as_of": self.today.isoformat()}

    def days(self, asked: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(_("As of"), formats.date(asked["as_of"]))]

    def params_of(self, preset: Preset) -> dict[str, str]:
        return {"as_of": preset.date_to.isoformat()}

    def tabs(self) -> list[dict[str, Any]]:
        """Presets that end on the same day are one here."""
        by_url = {tab["url"]: tab for tab in reversed(super().tabs())}
        today, *rest = reversed(by_url.values())
        return [{**today, "label": _("Today")}, *rest]


class BalanceSheetView(AsOfReport):
    form_class = ComparedDayForm

    def title(self) -> str:
        return _("Balance sheet")

    def table(self, asked: Mapping[str, Any], *, limit: int) -> Table:
        as_of, other = asked["as_of"], earlier_day(asked["compare"], asked["as_of"])
        read = partial(balance_sheet, company_id=self.caller.company_id)
        if other is None:
            return balance_sheet_table(read(as_of=as_of))
        keep = read(as_of=as_of).account_ids | read(as_of=other).account_ids
        now, then = (balance_sheet_table(read(as_of=day, keep=keep)) for day in (as_of, other))
        return side_by_side(now, then, (formats.date(as_of), formats.date(other)))


class IncomeStatementView(ReportView):
    form_class = ComparedDaysForm

    def title(self) -> str:
        return _("Income statement")

    def table(self, asked: Mapping[str, Any], *, limit: int) -> Table:
        days = asked["date_from"], asked["date_to"]
        other = earlier_days(asked["compare"], *days)
        if other is None:
            return income_statement_table(self.statement(days))
        keep = self.statement(days).account_ids | self.statement(other).account_ids
        now, then = (income_statement_table(self.statement(time, keep)) for time in (days, other))
        return side_by_side(now, then, (_span(*days), _span(*other)))

    def statement(self, days: tuple[dt.date, dt.date], keep: Collection[int] = ()) -> IncomeStatement:
        start, end = days
        return income_statement(company_id=self.caller.company_id, date_from=start, date_to=end, keep=keep)


def _span(start: dt.date, end: dt.date) -> str:
    return f"{formats.date(start)} – {formats.date(end)}"


class GeneralLedgerView(ReportView):
    form_class = LedgerForm
    following: LedgerCursor | None = None

    def title(self) -> str:
        return _("General ledger")

    def days(self, asked: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(_("Account"), str(asked["account"] or _("All accounts"))), *super().days(asked)]

    def table(self, asked: Mapping[str, Any], *, limit: int) -> Table:
        account = asked["account"]
        page = general_ledger(
            company_id=self.caller.company_id,
            date_from=asked["date_from"],
            date_to=asked["date_to"],
            account_id=account.pk if account else None,
            after=self.after(),
            limit=limit,
        )
        self.following = page.next
        return general_ledger_table(page, year_start(self.caller.company, asked["date_from"]))

    def after(self) -> LedgerCursor | None:
        """Where the page begins; what is no cursor means the first page, and a file always holds all pages."""
        text = self.request.GET.get("after", "")
        if not text or self.wants_file:
            return None
        try:
            return LedgerCursor.parse(text)
        except ValueError:
            return None

    def next_url(self) -> str:
        return self.address(after=str(self.following)) if self.following else ""
