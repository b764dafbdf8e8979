"""The figures of the dashboards on the API: the same metrics, policies and days as the pages, figures as strings."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.ui.api.problems import BadRequest
from core.ui.api.viewsets import CompanyApi
from crm.pipeline.models import Deal
from erp.ledger.api import COMPANY, ReportApi
from erp.ledger.reports.table import Cell, Table
from erp.orders.models import SalesOrderLine
from reporting.analysis import pipeline, sales
from reporting.analysis.grouping import find
from reporting.board import Board, Tile
from reporting.dashboards import DASHBOARDS, Dashboard, dashboards_for
from reporting.forms import days_of
from reporting.metrics.definition import Metric, Unit
from reporting.metrics.registry import METRICS
from reporting.periods import Period, Preset
from reporting.pictures import Chart
from reporting.reading import Reader

PERIOD = OpenApiParameter("period", str, enum=[p.value for p in Preset if p != Preset.CUSTOM])
FROM = OpenApiParameter("date_from", dt.date, description="First day, instead of `period`; with `date_to`.")
TO = OpenApiParameter("date_to", dt.date, description="Last day.")
BY = OpenApiParameter("by", str, description="What rows are added up by.")
TIME = [COMPANY, PERIOD, FROM, TO]
ANSWER = {200: OpenApiTypes.OBJECT}


class FiguresApi(ReportApi):
    """Base: figures of some days for whoever sees rows behind them."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        CompanyApi.initial(self, request, *args, **kwargs)
        self.quantum = self.caller.company.currency.quantum

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.caller, self.period(), timezone.localdate())

    def period(self) -> Period:
        """:raises BadRequest: for days that make no sense, or an unknown period."""
        start, end = self.day("date_from"), self.day("date_to")
        if start and end:
            if end < start:
                raise BadRequest(_("The last day lies before the first."), code="days_reversed", field="date_to")
            return Period(start, end)
        if start or end:
            missing = "date_to" if start else "date_from"
            raise BadRequest(_("Give both days, or a period."), code="missing_day", field=missing)
        asked = self.request.query_params.get("period") or Preset.TWELVE_MONTHS.value
        if asked not in Preset.values or asked == Preset.CUSTOM:
            raise BadRequest(_("There is no such period."), code="unknown_period", field="period")
        return days_of(Preset(asked), self.caller.company, timezone.localdate())

    def of_time(self, **more: Any) -> dict[str, Any]:
        period = self.reader.period
        return self.framed(date_from=period.date_from, date_to=period.date_to, as_of=self.caller.now, **more)

    def figure(self, value: Decimal | None, unit: Unit) -> str | None:
        """Money with the company's decimals; counts and percentages as they are."""
        if value is None:
            return None
        return self.amount(value) if unit == Unit.MONEY else f"{value.normalize():f}"

    def metric(self, metric: Metric, tile: Tile) -> dict[str, Any]:
        reading = tile.reading
        return {
            "key": metric.key,
            "label": tile.label,
            "description": tile.hint,
            "unit": metric.unit.value,
            "stands": metric.stand.value,
            "value": self.figure(reading.value, metric.unit),
            "before": self.figure(reading.before, metric.unit),
            "scope": metric.reach(self.reader).name.lower(),
            "rows": self.request.build_absolute_uri(tile.url),
        }

    def rows(self, table: Table) -> dict[str, Any]:
        """A table as labels and rows of figures, each with the rows behind it."""
        return {
            "title": table.title,
            "columns": [column.label for column in table.columns],
            "rows": [
                {"kind": row.style, "label": str(row.cells[0].value or ""), "figures": self.cells(table, row.cells[1:])}
                for row in table.rows
            ],
        }

    def cells(self, table: Table, cells: tuple[Cell, ...]) -> list[dict[str, Any]]:
        kinds = [column.kind for column in table.columns[1:]]
        return [
            {
                "value": self.figure(cell.value, Unit.MONEY if kind == "money" else Unit.COUNT)
                if isinstance(cell.value, Decimal)
                else None,
                "rows": self.request.build_absolute_uri(cell.url) if cell.url else None,
            }
            for kind, cell in zip(kinds, cells, strict=True)
        ]


class MetricsApi(FiguresApi):
    """Every metric whose rows the caller may see."""

    @extend_schema(operation_id="reports_metrics_list", parameters=TIME, responses=ANSWER)
    def list(self, request: Request) -> Response:
        """All figures of the dashboards with those of the period before."""
        board = Board(DASHBOARDS[0], self.reader)
        shown = [metric for metric in METRICS.values() if self.reader.may(metric)]
        return Response(self.of_time(metrics=[self.metric(metric, board.tile(metric)) for metric in shown]))

    @extend_schema(parameters=TIME, responses=ANSWER)
    def retrieve(self, request: Request, key: str) -> Response:
        """One figure with its course over the period."""
        metric = METRICS.get(key)
        if metric is None:
            raise Http404
        if not self.reader.may(metric):
            raise PermissionDenied(_("Your role does not include the rows of this figure."))
        tile = Board(DASHBOARDS[0], self.reader).tile(metric)
        course = [
            {"date_from": step.date_from, "date_to": step.date_to, "value": self.figure(value, metric.unit)}
            for step, value in zip(self.reader.period.steps, tile.reading.course, strict=False)
        ]
        return Response(self.of_time(**self.metric(metric, tile), course=course))


class DashboardsApi(FiguresApi):
    """The dashboards of the caller's roles."""

    @cached_property
    def boards(self) -> dict[str, Dashboard]:
        return {board.slug: board for board in dashboards_for(self.reader.roles)}

    @extend_schema(operation_id="reports_dashboards_list", parameters=[COMPANY], responses=ANSWER)
    def list(self, request: Request) -> Response:
        """Which dashboards there are; the first one is the caller's own."""
        found = [{"slug": slug, "label": str(board.label)} for slug, board in self.boards.items()]
        return Response(self.framed(dashboards=found))

    @extend_schema(parameters=TIME, responses=ANSWER)
    def retrieve(self, request: Request, slug: str) -> Response:
        """A dashboard: its figures, and what its pictures and lists show."""
        if slug not in self.boards:
            raise Http404
        board = Board(self.boards[slug], self.reader)
        lists = [
            {"title": one.title, "count": one.total, "rows": request.build_absolute_uri(one.more_url)}
            for one in board.lists
        ]
        return Response(
            self.of_time(
                dashboard=slug,
                metrics=[self.metric(tile.metric, tile) for tile in board.tiles],
                charts=[self.chart(chart) for chart in board.charts],
                lists=lists,
            )
        )

    def chart(self, chart: Chart) -> dict[str, Any]:
        return {"id": chart.id, "currency": chart.currency or None, **self.rows(chart.as_table())}


class AnalysisApi(FiguresApi):
    """Base of the reports that add rows up by what is asked for."""

    kind: Any
    model: Any

    def answer(self, make: Any) -> Response:
        if not self.reader.may_model(self.model):
            raise PermissionDenied(_("Your role does not include this report."))
        asked = self.request.query_params.get("by", "")
        by = find(self.kind.WAYS, asked)
        if asked and by.key != asked:
            hint = _("Known: %(ways)s.") % {"ways": ", ".join(way.key for way in self.kind.WAYS)}
            raise BadRequest(_("The report is not added up by this."), code="unknown_by", field="by", hint=hint)
        return Response(self.of_time(by=by.key, **self.rows(make(self.reader, by))))


class SalesApi(AnalysisApi):
    kind, model = sales, SalesOrderLine

    @extend_schema(parameters=[*TIME, BY], responses=ANSWER)
    def list(self, request: Request) -> Response:
        """What was ordered, by year, month, customer, item, category or owner."""
        return self.answer(sales.sales_table)


class PipelineApi(AnalysisApi):
    kind, model = pipeline, Deal

    @extend_schema(parameters=[*TIME, BY], responses=ANSWER)
    def list(self, request: Request) -> Response:
        """What became of the deals opened in the time, by owner, team, customer, stage, month or year."""
        return self.answer(pipeline.pipeline_table)


urlpatterns = [
    path("reports/metrics/", MetricsApi.as_view({"get": "list"}), name="report-metrics"),
    path("reports/metrics/<str:key>/", MetricsApi.as_view({"get": "retrieve"}), name="report-metric"),
    path("reports/dashboards/", DashboardsApi.as_view({"get": "list"}), name="report-dashboards"),
    path("reports/dashboards/<str:slug>/", DashboardsApi.as_view({"get": "retrieve"}), name="report-dashboard"),
    path("reports/sales/", SalesApi.as_view({"get": "list"}), name="report-sales"),
    path("reports/pipeline/", PipelineApi.as_view({"get": "list"}), name="report-pipeline"),
]
