"""Creating and changing a record. The only place, with action.py, where a browser's POST becomes an operation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.errors import ConflictError, DomainError
from core.ui import writing
from core.ui.forms import (
    KEY_FIELD,
    VERSION_FIELD,
    add_refusal,
    build_form,
    hidden_inputs,
    new_key,
    operation_values,
    with_helper,
)
from core.ui.lines import ADD_BUTTON, Lines, one_more
from core.ui.requests import redirect, safe_url
from core.ui.views.base import ResourceView
from core.ui.views.conflict import conflict_page
from core.ui.views.detail import breadcrumbs
from core.whole_numbers import MOST_VERSION, whole_number


class RecordFormView(ResourceView, ABC):
    """Base of create and edit."""

    record: Any = None
    refused = False
    template = "ui/form.html"

    def build(self, data: QueryDict | None = None) -> tuple[Any, Lines | None]:
        resource, files = self.resource, self.request.FILES if data is not None else None
        form = build_form(
            resource.form_class, self.caller, data=data, files=files, record=self.record, initial=self.initial()
        )
        lines = None
        if resource.lines is not None:
            lines = Lines(resource.lines, self.caller, data=data, record=self.record, initial=self.initial_lines())
        return form, lines

    def initial(self) -> dict[str, Any]:
        return {}

    def initial_lines(self) -> list[dict[str, Any]]:
        return []

    def show(self, form: Any, lines: Lines | None, status: int = 200) -> HttpResponse:
        errors = [str(error) for error in form.non_field_errors()] if form.is_bound else []
        if lines is not None and form.is_bound:
            errors += lines.errors()
        context = {
            "resource": self.resource,
            "object": self.record,
            "form": with_helper(form),
            "lines": lines.context() if lines is not None else None,
            "errors": errors,
            "validate_url": self.resource.url("validate"),
            "totals_url": self.resource.url("totals") if self.resource.preview else "",
            "hidden_fields": hidden_inputs(self.hidden()),
            "cancel_url": safe_url(self.request, self.request.GET.get("next"), self.home()),
            "breadcrumbs": breadcrumbs(self.resource, self.record),
            "multipart": form.is_multipart(),
            **self.words(),
            **self.more(),
        }
        return render(self.request, self.template, context, status=status)

    def more(self) -> dict[str, Any]:
        """What a page's own template shows beside the form."""
        return {}

    @abstractmethod
    def hidden(self) -> dict[str, Any]:
        """What the form sends beside its fields."""

    @abstractmethod
    def home(self) -> str:
        """Where to go without saving."""

    @abstractmethod
    def words(self) -> dict[str, Any]:
        """The page's title and the labels of its buttons."""

    @abstractmethod
    def write(self, values: dict[str, Any], lines: list[dict[str, Any]] | None) -> Any:
        """Run the operation; what it returns is the record.

        :raises DomainError: the operation refused, and the form says so.
        """

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(*self.build())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.resource.lines is not None and ADD_BUTTON in request.POST:
            return self.add_line()
        form, lines = self.build(request.POST)
        lines_valid = lines.is_valid() if lines is not None else True
        if not (form.is_valid() and lines_valid):
            return self.show(form, lines, status=422)
        return self.submit(form, lines)

    def submit(self, form: Any, lines: Lines | None) -> HttpResponse:
        try:
            record = self.write(operation_values(form), lines.values() if lines is not None else None)
        except ConflictError as conflict:
            return conflict_page(self.request, self.resource, self.record.pk, form=form, lines=lines, conflict=conflict)
        except DomainError as refusal:
            add_refusal(form, str(refusal), refusal.field)
            self.refused = True
            return self.show(form, lines, status=422)
        return redirect(self.request, self.request.POST.get("next"), self.resource.landing(record))

    def add_line(self) -> HttpResponse:
        """One more empty line for people without JavaScript; nothing is judged yet."""
        form, lines = self.build(one_more(self.request.POST, self.resource.line_form.name))
        form._errors = {}
        if lines is not None:
            lines.forget_errors()
        return self.show(form, lines)


class CreateView(RecordFormView):
    verb = "create"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.resource.can_create:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def initial(self) -> dict[str, Any]:
        """Defaults of the resource, then whatever the address prefills for fields that the form has."""
        names = getattr(self.resource.form, "base_fields", {})
        defaults = dict(self.resource.defaults(self.caller)) if self.resource.defaults else {}
        if "owner" in names:
            defaults.setdefault("owner", self.caller.user.pk)
        given = {name: value for name, value in self.request.GET.items() if name in names}
        return {**defaults, **given}

    def hidden(self) -> dict[str, Any]:
        posted = "" if self.refused else self.request.POST.get(KEY_FIELD, "")[:120]
        return {KEY_FIELD: posted or new_key()}

    def home(self) -> str:
        return self.resource.url("list")

    def words(self) -> dict[str, Any]:
        singular = self.resource.singular
        return {
            "title": _("New %(record)s") % {"record": singular},
            "submit_label": _("Create %(record)s") % {"record": singular},
        }

    def write(self, values: dict[str, Any], lines: list[dict[str, Any]] | None) -> Any:
        key = self.request.POST.get(KEY_FIELD, "")[:120]
        record, was_there = writing.create(self.resource, self.caller, values, lines, key=key)
        if not was_there:
            messages.success(self.request, _("%(record)s was created.") % {"record": self.resource.title(record)})
        return record


class EditView(RecordFormView):
    verb = "change"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.resource.can_update:
            raise Http404
        if request.user.is_authenticated:
            self.record = self.get_object(kwargs["pk"])
            self.require("change", self.record)
        return super().dispatch(request, *args, **kwargs)

    def initial(self) -> dict[str, Any]:
        return self.resource.initial(self.record)

    def hidden(self) -> dict[str, Any]:
        posted = self.request.POST.get(VERSION_FIELD)
        stored = getattr(self.record, VERSION_FIELD, None)
        return {VERSION_FIELD: posted or stored} if stored is not None else {}

    def home(self) -> str:
        return self.resource.detail_url(self.record.pk)

    def words(self) -> dict[str, Any]:
        return {"title": self.resource.title(self.record), "submit_label": _("Save")}

    def write(self, values: dict[str, Any], lines: list[dict[str, Any]] | None) -> Any:
        posted = self.request.POST.get(VERSION_FIELD, "")
        version = whole_number(posted, most=MOST_VERSION) or 0
        record = writing.update(self.resource, self.caller, self.record, values, lines, expected_version=version)
        messages.success(self.request, _("%(record)s was saved.") % {"record": self.resource.title(record)})
        return record


class ValidateView(ResourceView):
    """The errors of one field, asked for when the person leaves it: 200 with a fragment, empty when all is well."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.resource.form is None or not (self.may("create") or self.may("change")):
            raise Http404
        name = request.POST.get("field", "")
        return render(request, "ui/_field_errors.html", {"errors": self._errors(name), "field": name})

    def _errors(self, name: str) -> list[str]:
        declared = self.resource.lines
        if declared is not None and name.startswith(f"{declared.name}-"):
            return self._line_errors(name)
        form = build_form(self.resource.form_class, self.caller, data=self.request.POST)
        return [str(error) for error in form.errors.get(name, [])]

    def _line_errors(self, name: str) -> list[str]:
        lines = Lines(self.resource.line_form, self.caller, data=self.request.POST)
        _prefix, _dash, tail = name.partition("-")
        index, _dash, field = tail.partition("-")
        forms = lines.formset.forms
        place = whole_number(index, most=len(forms) - 1)
        return [] if place is None else [str(error) for error in forms[place].errors.get(field, [])]


class TotalsView(ResourceView):
    """Totals of a document while it is being written; nothing is saved. An incomplete form totals what is complete."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.resource.form is None or self.resource.preview is None:
            raise Http404
        if not (self.may("create") or self.may("change")):
            raise Http404
        form = build_form(self.resource.form_class, self.caller, data=request.POST)
        form.is_valid()
        lines = Lines(self.resource.lines, self.caller, data=request.POST) if self.resource.lines else None
        complete = lines.complete_values() if lines is not None else {}
        preview = self.resource.preview(
            company_id=self.caller.company_id, values=operation_values(form), lines=list(complete.values())
        )
        found = dict(zip(complete, preview.lines, strict=False))  # no lines where nothing can be priced
        rows = range(len(lines.formset.forms)) if lines is not None else ()
        context = {"totals": preview.totals, "line_previews": [(index, found.get(index)) for index in rows]}
        return render(request, "ui/_totals.html", context)
