"""Panels of an import's page: where it stands and what comes next, the rows that are refused, the proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.imports.enums import DateOrder, DecimalMark, Delimiter, Encoding, Outcome, RunStatus
from core.imports.models import ImportRun
from core.imports.queries import open_questions
from core.imports.registry import find_dataset
from core.jobs.enums import OPEN_STATUSES
from core.ui import formats, registry
from core.ui.imports.kind import ResourceImport
from core.ui.imports.operations import job_of, kind_of
from core.ui.panels import Panel

SHOWN_ROWS = 50
COLORS = {
    Outcome.NEW: "green",
    Outcome.UPDATE: "blue",
    Outcome.UNCHANGED: "grey",
    Outcome.SKIPPED: "grey",
    Outcome.DUPLICATE: "yellow",
    Outcome.ERROR: "red",
    Outcome.PENDING: "grey",
}


class StatePanel(Panel):
    """What was found, what happens now, what to do next."""

    name, title, template = "state", _("This import"), "ui/imports/state_panel.html"

    def context(self, request: HttpRequest, obj: ImportRun) -> Mapping[str, Any]:
        job = job_of(obj)
        return {
            "run": obj,
            "job": job,
            "is_open": job is not None and job.status in OPEN_STATUSES,
            "progress_url": reverse("ui:imports-progress", args=(obj.pk,)),
            "tables": self._tables(obj),
            "questions": open_questions(obj).count(),
            "refused": obj.rows.filter(outcome__in=(Outcome.ERROR, Outcome.DUPLICATE)).count(),
            "kept": obj.rows.exclude(undo_note="").count() if obj.status == RunStatus.UNDONE else 0,
            "is_known": obj.status not in (RunStatus.UPLOADED, RunStatus.STAGED),
        }

    @staticmethod
    def _tables(obj: ImportRun) -> list[dict[str, Any]]:
        """Counts by table and outcome, each with the address of its rows."""
        counts: dict[str, dict[str, int]] = {}
        rows = obj.rows.order_by().values_list("table", "outcome").annotate(rows=Count("pk"))
        for table, outcome, number in rows:
            counts.setdefault(table, {})[outcome] = number
        base = reverse("ui:imports-rows", args=(obj.pk,))
        kind = kind_of(obj)
        return [
            {
                "name": str(kind.label) if kind is not None else table,
                "cells": [
                    {
                        "label": outcome.label,
                        "color": COLORS[outcome],
                        "count": found[outcome],
                        "url": f"{base}?table={table}&outcome={outcome}",
                    }
                    for outcome in Outcome
                    if found.get(outcome)
                ],
            }
            for table, found in sorted(counts.items())
        ]


class RowsPanel(Panel):
    """Rows that were, or would be, left out, each with its reason."""

    name, title, template = "refused", _("Rows that stay out"), "ui/imports/rows_panel.html"

    def context(self, request: HttpRequest, obj: ImportRun) -> Mapping[str, Any] | None:
        rows = obj.rows.filter(outcome__in=(Outcome.ERROR, Outcome.DUPLICATE)).order_by("outcome", "pk")
        shown = list(rows[: SHOWN_ROWS + 1])
        if not shown:
            return None
        return {
            "rows": [row_context(row) for row in shown[:SHOWN_ROWS]],
            "more": len(shown) > SHOWN_ROWS,
            "all_url": reverse("ui:imports-rows", args=(obj.pk,)) + "?outcome=refused",
            "csv_url": reverse("ui:imports-rows-csv", args=(obj.pk,)) + "?outcome=refused",
        }


def row_context(row: Any) -> dict[str, Any]:
    """A staged row as tables show it."""
    outcome = Outcome(row.outcome)
    record = row.record
    resource = registry.for_label(record.label) if record is not None else None
    return {
        "number": row.number,
        "table": row.table,
        "key": "" if row.key.startswith("#") else row.key,
        "outcome": outcome.label,
        "color": COLORS[outcome],
        "message": row.undo_note or row.message,
        "data": " · ".join(str(value) for value in list(row.data.values())[:6] if value)[:160],
        "url": resource.detail_url(record.id) if resource is not None and record is not None else "",
    }


class ProofPanel(Panel):
    """Figures of the source beside those of the book."""

    name, title, template = "proof", _("Proof: the file beside Onebook"), "ui/imports/proof_panel.html"

    def context(self, request: HttpRequest, obj: ImportRun) -> Mapping[str, Any] | None:
        figures = list(obj.figures.all())
        if not figures:
            return None
        return {
            "rows": [
                {
                    "label": figure.label,
                    "in_source": formats.number(figure.in_source, figure.places),
                    "in_book": formats.number(figure.in_book, figure.places),
                    "is_equal": figure.is_equal,
                    "url": figure.url,
                }
                for figure in figures
            ],
            "equal": sum(figure.is_equal for figure in figures),
            "count": len(figures),
        }


class NotesPanel(Panel):
    """What the report states, and the parameters that were chosen."""

    name, title, template, side = "notes", _("Report"), "ui/imports/notes_panel.html", "side"

    def context(self, request: HttpRequest, obj: ImportRun) -> Mapping[str, Any] | None:
        dataset = find_dataset(obj.dataset)
        options = [
            {"label": option.label, "value": dict(option.choices).get(value := obj.options.get(option.name), value)}
            for option in (dataset.options if dataset is not None else ())
        ]
        return {"options": options, "lines": obj.report} if options or obj.report else None


class FilePanel(Panel):
    """The file, how it was read, and which column is what."""

    name, title, template, side = "file", _("File"), "ui/imports/file_panel.html", "side"

    def context(self, request: HttpRequest, obj: ImportRun) -> Mapping[str, Any] | None:
        upload = getattr(obj, "upload", None)
        kind = kind_of(obj)
        if upload is None or kind is None:
            return None
        return {
            "facts": [fact for fact in self._facts(obj, upload) if fact["value"]],
            "columns": [
                {"name": column.name, "field": self._field(kind, column.field)}
                for column in obj.columns.order_by("position")
            ],
        }

    @staticmethod
    def _field(kind: ResourceImport, name: str) -> str:
        return kind.label_of(kind.all_fields[name]) if name in kind.all_fields else ""

    @staticmethod
    def _facts(obj: ImportRun, upload: Any) -> list[dict[str, Any]]:
        return [
            {"label": _("Name"), "value": upload.name},
            {"label": _("Rows"), "value": formats.number(upload.row_count)},
            {"label": _("Encoding"), "value": Encoding(upload.encoding).label if upload.encoding else ""},
            {"label": _("Separator"), "value": Delimiter(upload.delimiter).label if upload.delimiter else ""},
            {"label": _("Fractions"), "value": DecimalMark(obj.decimal_mark).label if obj.decimal_mark else ""},
            {"label": _("Days"), "value": DateOrder(obj.date_order).label if obj.date_order else ""},
        ]
