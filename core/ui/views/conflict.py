"""The page for two people who changed one record: both versions, field by field, and a way on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.audit import queries as audit_queries
from core.errors import ConflictError
from core.ui import formats
from core.ui.forms import VERSION_FIELD
from core.ui.lines import Lines, existing
from core.ui.resource import Resource

NOT_REPEATED = ("csrfmiddlewaretoken", VERSION_FIELD)


def conflict_page(
    request: HttpRequest, resource: Resource, pk: int, *, form: Any, lines: Lines | None, conflict: ConflictError
) -> HttpResponse:
    """409 with what this person wrote beside what is stored now. Saving once more overwrites knowingly."""
    stored = resource.queryset().get(pk=pk)
    rows = field_rows(resource, stored, form)
    if lines is not None:
        rows.append(lines_row(lines, stored))
    latest = next(iter(audit_queries.history(stored, limit=1)), None)
    hidden = [(name, value) for name, values in request.POST.lists() if name not in NOT_REPEATED for value in values]
    context = {
        "resource": resource,
        "object": stored,
        "title": resource.title(stored),
        "rows": rows,
        "reload_url": resource.url("edit", pk),
        "submit_url": request.path,
        "overwrite_hidden": [*hidden, (VERSION_FIELD, str(conflict.current_version))],
        "changed_by": latest.user if latest else None,
        "changed_at": latest.at if latest else None,
        "message": str(conflict),
    }
    return render(request, "ui/conflict.html", context, status=409)


def field_rows(resource: Resource, stored: Model, form: Any) -> list[dict[str, Any]]:
    """Every field of the form: mine, theirs, and whether they differ."""
    theirs = stored_values(resource, stored, form)
    rows = []
    for name, field in form.fields.items():
        mine_text = display(field, form.cleaned_data.get(name))
        their_text = display(field, theirs.get(name))
        label = str(form[name].label)
        rows.append({"label": label, "mine": mine_text, "theirs": their_text, "differs": mine_text != their_text})
    return rows


def stored_values(resource: Resource, stored: Model, form: Any) -> dict[str, Any]:
    if not isinstance(form, forms.BaseModelForm):
        return resource.initial(stored)
    many = {field.name for field in stored._meta.many_to_many}
    return {
        name: list(getattr(stored, name).all()) if name in many else getattr(stored, name, None) for name in form.fields
    }


def lines_row(lines: Lines, stored: Model) -> dict[str, Any]:
    """The lines as two short texts; whoever wants to compare them one by one opens the record."""
    mine = "\n".join(_line_text(form) for form in lines.formset.ordered_forms)
    fields: Any = getattr(lines.declared.form, "base_fields", {})
    theirs = "\n".join(_stored_line_text(fields, line) for line in existing(lines.declared, stored))
    return {
        "label": str(lines.declared.label or lines.declared.name),
        "mine": mine,
        "theirs": theirs,
        "differs": mine != theirs,
    }


def _line_text(form: Any) -> str:
    hidden = ("id", "ORDER", "DELETE")
    shown = (display(field, form.cleaned_data.get(name)) for name, field in form.fields.items() if name not in hidden)
    return " · ".join(text for text in shown if text)


def _stored_line_text(fields: Any, line: Any) -> str:
    """As `_line_text`, so that lines that are the same read the same."""
    shown = (display(field, getattr(line, name, None)) for name, field in fields.items())
    return " · ".join(text for text in shown if text)


def display(field: forms.Field, value: Any) -> str:
    """A form value as people read it."""
    if value in (None, ""):
        return ""
    if isinstance(value, Model):
        return str(value)
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return ", ".join(sorted(display(field, item) for item in value))
    choices = {} if isinstance(field, forms.ModelChoiceField) else dict(getattr(field, "choices", ()))
    return str(choices[value]) if value in choices else formats.plain(value)
