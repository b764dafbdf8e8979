"""Settings, Access: why a person can or cannot see or do something, and the whole matrix of roles."""

from __future__ import annotations

import csv
import io
from typing import Any

import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.access import policies
from core.access.enums import Role
from core.access.models import User
from core.access.policies import policy_of
from core.company.models import Membership
from core.ui import registry, rights
from core.ui.choices import has_field
from core.ui.views.base import SignedInView
from core.whole_numbers import id_in

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AccessBase(SignedInView):
    """For whoever may see the people of the company and their roles."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not policies.may(
            self.caller.user, "view", Membership, self.caller.company_id
        ):
            raise PermissionDenied(_("Your role does not include seeing people and their roles."))
        return super().dispatch(request, *args, **kwargs)


def people_of(company_id: int) -> list[User]:
    """Everybody with a role in the company, closed accounts too; who was invited has none yet."""
    held = User.objects.filter(memberships__company_id=company_id, memberships__accepted_at__isnull=False)
    return list(held.distinct().order_by("name", "email"))


class WhyView(AccessBase):
    """Pick a person, a kind of object and, if wanted, one record: each act with the role that grants or refuses it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        people = people_of(self.caller.company_id)
        person = _picked(people, request.GET.get("person", ""))
        model = _model(request.GET.get("object", ""))
        wanted = request.GET.get("record", "").strip()
        record, problem = self._record(model, wanted) if model and wanted else (None, "")
        context = {
            "title": _("Access"),
            "people": people,
            "person": person,
            "objects": _objects(),
            "model": model,
            "object_label": model._meta.label if model else "",
            "wanted": wanted,
            "record": self._name(record) if record is not None else "",
            "record_url": registry.url_for(record) if record is not None and self._may_see(record) else "",
            "problem": problem,
            "verdicts": self._verdicts(person, model, record) if not problem else None,
        }
        return render(request, "ui/access.html", context)

    def _verdicts(self, person: User | None, model: type[Model] | None, record: Any) -> Any:
        if person is None or model is None:
            return None
        return rights.verdicts(person, model, self.caller.company_id, record)

    def _record(self, model: type[Model], wanted: str) -> tuple[Any, str]:
        """The record by its number or id, within the company; out of it there is none."""
        policy = policy_of(model)
        queryset = model._default_manager.filter(**{policy.company_column: self.caller.company_id})
        by = Q(pk=id_in(wanted))
        if has_field(model, "number"):
            by |= Q(number__iexact=wanted)
        record = queryset.filter(by).first()
        return record, "" if record is not None else _("There is no such record in this company.")

    def _may_see(self, record: Any) -> bool:
        return policies.may(self.caller.user, "view", record, self.caller.company_id)

    def _name(self, record: Any) -> str:
        """Its name where the asking person may see it too, else only what was asked for."""
        return str(record) if self._may_see(record) else f"#{record.pk}"


def _picked(people: list[User], wanted: str) -> User | None:
    return next((person for person in people if str(person.pk) == wanted), None)


def _objects() -> list[dict[str, str]]:
    """Every kind of object with a policy, by its name on screens."""
    found = [
        {"value": policy.model._meta.label, "label": capfirst(str(policy.model._meta.verbose_name_plural))}
        for policy in policies.all_policies()
    ]
    return sorted(found, key=lambda one: one["label"])


def _model(label: str) -> type[Model] | None:
    return next((policy.model for policy in policies.all_policies() if policy.model._meta.label == label), None)


class MatrixView(AccessBase):
    """Role × object × act × scope, to read and to take along."""

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = request.GET.get("format", "")
        if kind:
            return _download(kind)
        wanted = request.GET.get("object", "")
        rows = [row for row in rights.matrix() if wanted in ("", row.model._meta.label)]
        context = {
            "title": _("Role matrix"),
            "breadcrumbs": [{"label": _("Access"), "url": reverse("ui:access")}],
            "roles": [role.label for role in Role],
            "groups": _grouped(rows),
            "objects": _objects(),
            "wanted": wanted,
        }
        return render(request, "ui/role_matrix.html", context)


def _grouped(rows: list[rights.MatrixRow]) -> list[dict[str, Any]]:
    """Rows under the object they are about, each cell a word and a colour."""
    groups: dict[type[Model], dict[str, Any]] = {}
    for row in rows:
        group = groups.setdefault(row.model, {"label": row.object_label, "rows": []})
        cells = [{"scope": scope.name.lower(), "label": str(rights.SCOPES[scope])} for scope in row.scopes.values()]
        group["rows"].append({"label": row.verb_label, "cells": cells})
    return sorted(groups.values(), key=lambda group: group["label"])


def _download(kind: str) -> HttpResponse:
    """:raises Http404: for another format than csv and xlsx."""
    table = rights.matrix_table()
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(table)
        answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    elif kind == "xlsx":
        answer = HttpResponse(_xlsx(table), content_type=XLSX)
    else:
        raise Http404
    answer["Content-Disposition"] = f'attachment; filename="role-matrix.{kind}"'
    return answer


def _xlsx(table: list[list[str]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Roles")
        bold = book.add_format({"bold": True})
        for number, row in enumerate(table):
            sheet.write_row(number, 0, row, bold if number == 0 else None)
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, 1, 24)
    return file.getvalue()
