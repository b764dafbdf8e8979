"""The reports that add rows up by what people ask for, as pages and files."""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access.policies import reach
from core.ui import formats, nav
from crm.pipeline.models import Deal
from erp.ledger.reports.files import TYPES, answer_file
from erp.ledger.reports.table import Table
from erp.orders.models import SalesOrderLine
from reporting.analysis.grouping import By, find
from reporting.analysis.pipeline import WAYS as PIPELINE_WAYS
from reporting.analysis.pipeline import pipeline_table
from reporting.analysis.sales import WAYS as SALES_WAYS
from reporting.analysis.sales import sales_table
from reporting.board import reach_in_words
from reporting.reading import Reader
from reporting.views import PeriodView


class AnalysisView(PeriodView, ABC):
    """Base: the rows of `model` that a person may see, added up in one of the `ways`."""

    kept = ("by",)
    model: ClassVar[type[Model]]
    section: ClassVar[str] = "reports"
    title: ClassVar[str | Promise]
    empty_text: ClassVar[str | Promise]
    ways: ClassVar[tuple[By, ...]]

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = request.GET.get("format", "")
        reader = Reader(self.caller, self.period, self.today, "export" if kind in TYPES else "view")
        if not reader.may_model(self.model):
            raise PermissionDenied(_("Your role does not include this report."))
        made = self.table(reader)
        table = Table(made.title, made.currency, made.columns, made.rows, self.about(reader))
        if kind in TYPES:
            return answer_file(kind, self.caller, [table])
        return render(request, "reporting/report.html", self.context(table), status=422 if self.days.errors else 200)

    @abstractmethod
    def table(self, reader: Reader) -> Table:
        """The rows added up."""

    @cached_property
    def by(self) -> By:
        return find(self.ways, self.request.GET.get("by", ""))

    def about(self, reader: Reader) -> tuple[tuple[str, str], ...]:
        company = self.caller.company
        whose = reach_in_words(reach(self.caller.user, reader.verb, self.model, company.pk))
        said = [
            (_("Company"), str(company)),
            (_("Currency"), company.currency_id),
            (_("From"), formats.date(self.period.date_from)),
            (_("To"), formats.date(self.period.date_to)),
            (_("By"), str(self.by.label)),
            (_("As of"), formats.moment(self.caller.now)),
        ]
        return (*said, (_("Whose"), whose)) if whose else tuple(said)

    def context(self, table: Table) -> dict[str, Any]:
        may_export = Reader(self.caller, self.period, self.today, "export").may_model(self.model)
        ways = [{"label": by.label, "url": self.address(by=by.key), "active": by == self.by} for by in self.ways]
        return {
            "title": self.title,
            "breadcrumbs": [{"label": nav.section_label(self.section), "url": ""}, {"label": self.title, "url": ""}],
            "ways": ways,
            "table": table,
            "rows": table.drawn(),
            "about": table.about,
            "empty_text": self.empty_text,
            "export_urls": {kind: self.address(format=kind) for kind in TYPES} if may_export else {},
            **self.time_context(),
        }


class SalesView(AnalysisView):
    model = SalesOrderLine
    title = gettext_lazy("Sales")
    empty_text = gettext_lazy("Confirm the first sales order, or choose other days.")
    ways = SALES_WAYS

    def table(self, reader: Reader) -> Table:
        return sales_table(reader, self.by)


class PipelineView(AnalysisView):
    model = Deal
    title = gettext_lazy("Pipeline")
    empty_text = gettext_lazy("Add the first deal, or choose other days.")
    ways = PIPELINE_WAYS

    def table(self, reader: Reader) -> Table:
        return pipeline_table(reader, self.by)
