"""Pages of the wizard that generic screens do not give: the upload, the rows, their file, templates, progress."""

from __future__ import annotations

import csv
import io
from typing import Any

import xlsxwriter
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.imports.enums import REFUSED, Outcome
from core.imports.models import ImportRun
from core.imports.registry import all_datasets
from core.ui.export import TYPES, formula_safe
from core.ui.imports.forms import kinds
from core.ui.imports.kind import ResourceImport
from core.ui.imports.panels import StatePanel, row_context
from core.ui.views.base import ResourceView, SignedInView
from core.ui.views.detail import breadcrumbs
from core.ui.views.form import CreateView

PAGE = 100


class UploadView(CreateView):
    """The upload, with a template file to download for each kind."""

    template = "ui/imports/upload.html"

    def more(self) -> dict[str, Any]:
        return {
            "kinds": [
                {
                    "label": kind.label,
                    "csv_url": reverse("ui:imports-template", args=(kind.code, "csv")),
                    "xlsx_url": reverse("ui:imports-template", args=(kind.code, "xlsx")),
                }
                for kind in kinds(self.caller)
            ]
        }

    def words(self) -> dict[str, Any]:
        return {"title": _("Import a file"), "submit_label": _("Upload")}


class ProgressView(ResourceView):
    """How far the job is; the page loads itself anew when it is done."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.get_object(pk)
        context = StatePanel().context(request, run)
        response = render(request, "ui/imports/progress.html", dict(context))
        if not context["is_open"]:
            response["HX-Refresh"] = "true"
        return response


class RowsView(ResourceView):
    """The rows of an import, by table and outcome."""

    def chosen(self, request: HttpRequest, run: ImportRun) -> Any:
        rows = run.rows.order_by("pk")
        table, outcome = request.GET.get("table", ""), request.GET.get("outcome", "")
        if table:
            rows = rows.filter(table=table[:60])
        if outcome == "refused":
            return rows.filter(outcome__in=REFUSED)
        if outcome == "kept":
            return rows.exclude(undo_note="")
        return rows.filter(outcome=outcome) if outcome in Outcome.values else rows

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.get_object(pk)
        page = Paginator(self.chosen(request, run), PAGE).get_page(request.GET.get("page"))
        params = request.GET.copy()
        params.pop("page", None)
        query = params.urlencode()
        outcome = request.GET.get("outcome", "")
        words = {"refused": _("Rows that stay out"), "kept": _("Rows that undo left something of")}
        label = words.get(outcome) or (Outcome(outcome).label if outcome in Outcome.values else _("All rows"))
        context = {
            "title": label,
            "subtitle": str(run),
            "breadcrumbs": breadcrumbs(self.resource, run),
            "rows": [row_context(row) for row in page.object_list],
            "page_obj": page,
            "query": f"{query}&" if query else "",
            "csv_url": f"{reverse('ui:imports-rows-csv', args=(pk,))}?{query}",
        }
        return render(request, "ui/imports/rows.html", context)


class RowsCsvView(RowsView):
    """The rows as they stood in the file, with what became of each: to be corrected and uploaded again."""

    verb = "export"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.get_object(pk)
        rows = self.chosen(request, run)
        headers = dict(run.columns.exclude(field="").order_by("position").values_list("field", "name"))
        given = (name for data in rows.values_list("data", flat=True) for name in data if name)
        names = list(dict.fromkeys([*headers, *given]))
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(
            [formula_safe(headers.get(name, name)) for name in names] + [_("Row"), _("Result"), _("Reason")]
        )
        for row in rows.iterator(chunk_size=2000):
            cells = [formula_safe(str(row.data.get(name, ""))) for name in names]
            writer.writerow([*cells, row.number, row.get_outcome_display(), formula_safe(row.undo_note or row.message)])
        response = HttpResponse("\ufeff" + text.getvalue(), content_type=TYPES["csv"])
        response["Content-Disposition"] = f'attachment; filename="import-{run.pk}-rows.csv"'
        return response


class TemplateView(SignedInView):
    """A file to fill in: the headers of a kind and one fictional row."""

    def get(self, request: HttpRequest, kind: str, form: str) -> HttpResponse:
        found = next((one for one in all_datasets() if one.code == kind), None)
        if not isinstance(found, ResourceImport) or form not in TYPES or not found.may_import(self.caller):
            raise Http404
        fields = list(found.all_fields.values())
        rows = [[found.label_of(field) for field in fields], [field.sample for field in fields]]
        content = _as_csv(rows) if form == "csv" else _as_xlsx(rows)
        response = HttpResponse(content, content_type=TYPES[form])
        response["Content-Disposition"] = f'attachment; filename="{slugify(found.code)}.{form}"'
        return response


def _as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([[formula_safe(cell) for cell in row] for row in rows])
    return ("\ufeff" + text.getvalue()).encode()


def _as_xlsx(rows: list[list[str]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for column, (header, sample) in enumerate(zip(*rows, strict=True)):
            sheet.set_column(column, column, 20)
            sheet.write_string(0, column, header, bold)
            sheet.write_string(1, column, sample)
    return target.getvalue()
