"""JSON into the same form a browser posts, and its errors back as problems: one door, so one set of rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _

from core.ui.api.problems import BadRequest, InputProblem
from core.ui.api.representation import output_names
from core.ui.forms import argument_name, build_form, operation_values
from core.ui.lines import Lines, lines_as_data
from core.ui.resource import Caller, LineForm, Resource

CONTROL = ("external_id", "version", "company")
Values = dict[str, Any]


def read_body(data: Any) -> dict[str, Any]:
    """:raises BadRequest: when the body is not a JSON object."""
    if not isinstance(data, Mapping):
        raise BadRequest(_("The body must be a JSON object."), code="not_an_object")
    return dict(data.items())


def check_names(body: Mapping[str, Any], fields: Mapping[str, forms.Field], *, others: set[str]) -> None:
    """Refuse what nobody reads: a misspelt name must not vanish silently.

    :raises BadRequest: naming the first unknown field and the known ones.
    """
    known = set(fields) | {argument_name(name, field) for name, field in fields.items()} | others
    for name in body:
        if name not in known:
            raise BadRequest(
                _("There is no field %(name)s here.") % {"name": str(name)[:80]},
                code="unknown_field",
                field=str(name)[:80],
                hint=_("Known fields: %(fields)s.")
                % {"fields": ", ".join(sorted(set(fields) | (others - set(CONTROL))))},
            )


def form_data(form: forms.BaseForm, body: Mapping[str, Any], *, fill: bool) -> dict[str, Any]:
    """The body as form data. With `fill`, fields that it leaves out keep their initial value."""
    data: dict[str, Any] = {}
    for name, field in form.fields.items():
        given = _given(body, name, argument_name(name, field))
        if given is not _ABSENT:
            data[name] = _scalar(name, field, given)
        elif fill:
            data[name] = _as_posted(form.get_initial_for_field(field, name))
    return {name: value for name, value in data.items() if value is not None}


_ABSENT = object()


def _given(body: Mapping[str, Any], *names: str) -> Any:
    return next((body[name] for name in names if name in body), _ABSENT)


def _as_posted(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, list | tuple) or hasattr(value, "all"):
        return [_as_posted(item) for item in (value.all() if hasattr(value, "all") else value)]
    return value


def _scalar(name: str, field: forms.Field, value: Any) -> Any:
    """:raises InputProblem: for a list or object where one value belongs, and for true where a number or id does."""
    many = isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField)
    fits = isinstance(value, list) and all(isinstance(item, str | int) for item in value) if many else True
    if not many and isinstance(value, list | dict) and not isinstance(field, forms.JSONField):
        fits = False
    if isinstance(value, bool) and isinstance(field, forms.ModelChoiceField | forms.DecimalField | forms.IntegerField):
        fits = False  # Python takes true for 1
    if value is not None and not fits:
        raise InputProblem([error(name, "wrong_type", _("This needs a single value."))])
    return value


def error(field: str, code: str, message: str) -> dict[str, str]:
    return {"field": field, "code": code, "message": message}


def form_errors(form: forms.BaseForm, prefix: str = "") -> list[dict[str, str]]:
    """Errors of a form, each with its field, code and message."""
    found: list[dict[str, str]] = []
    for name, errors in form.errors.as_data().items():
        for item in errors:
            field = "" if name == "__all__" else f"{prefix}{name}"
            found.extend(error(field, str(item.code or "invalid"), str(message)) for message in item.messages)
    return found


def read_record(
    resource: Resource, caller: Caller, body: Mapping[str, Any], *, record: Any = None, partial: bool = False
) -> tuple[Values, list[Values] | None]:
    """A body for create or update as the operation's values and lines.

    :raises BadRequest: for unknown fields. :raises InputProblem: for values that the form refuses.
    """
    declared = resource.form_class
    fields: Mapping[str, forms.Field] = declared.base_fields  # type: ignore[attr-defined]
    others = {*CONTROL, *output_names(resource), "title", *(f"{name}_label" for name in output_names(resource))}
    if resource.lines is not None:
        others.add(resource.lines.name)
    check_names(body, fields, others=others)
    initial = resource.initial(record) if record is not None else _defaults(resource, caller)
    blank = build_form(
        declared, caller, record=record if partial else None, initial=initial if partial or record is None else {}
    )
    data = form_data(blank, body, fill=True)
    form = build_form(declared, caller, data=data, files=files_of(blank, data), record=record, initial=initial)
    errors = [] if form.is_valid() else form_errors(form)
    lines, line_errors = read_lines(resource, caller, body, partial=partial)
    if errors or line_errors:
        raise InputProblem(errors + line_errors)
    return operation_values(form), lines


def files_of(form: forms.BaseForm, data: Mapping[str, Any]) -> dict[str, Any]:
    """Uploaded files of a multipart request; a form reads them apart from its other data."""
    return {
        name: data[name] for name, field in form.fields.items() if isinstance(field, forms.FileField) and name in data
    }


def _defaults(resource: Resource, caller: Caller) -> Values:
    found = dict(resource.defaults(caller)) if resource.defaults else {}
    if "owner" in getattr(resource.form, "base_fields", {}):
        found.setdefault("owner", caller.user.pk)
    return found


def read_lines(
    resource: Resource, caller: Caller, body: Mapping[str, Any], *, partial: bool
) -> tuple[list[Values] | None, list[dict[str, str]]]:
    """The body's lines; None when a partial change does not mention them.

    :raises BadRequest: for unknown fields.
    """
    declared = resource.lines
    if declared is None or (partial and declared.name not in body):
        return None, []
    rows = body.get(declared.name) or []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        return None, [error(declared.name, "wrong_type", _("This needs a list of objects."))]
    fields = declared.form().fields  # of an instance, because forms change their initial values when they are made
    others = {"id", *line_names(resource, declared)}
    for row in rows:
        check_names(row, fields, others=others)
    lines = Lines(declared, caller, data=lines_as_data(declared, [_line(row, fields) for row in rows]))
    if lines.is_valid():
        return lines.values(), []
    errors = [error(declared.name, "invalid", message) for message in lines.errors()]
    for index, form in enumerate(lines.formset.forms):
        errors += form_errors(form, f"{declared.name}[{index}].")
    return None, errors


def line_names(resource: Resource, declared: LineForm) -> set[str]:
    """What a line answers and may therefore be sent back unchanged."""
    model: Any = resource.model._meta.get_field(declared.accessor).related_model
    names = {field.name for field in model._meta.concrete_fields}
    return names | {f"{name}_label" for name in names}


def _line(row: Mapping[str, Any], fields: Mapping[str, forms.Field]) -> Values:
    """One line with form names; what the form has not is the server's (amounts, labels) and is left out."""
    found: Values = {"id": row["id"]} if isinstance(row.get("id"), int) else {}
    for name, field in fields.items():
        given = _given(row, name, argument_name(name, field))
        if given is _ABSENT:
            found[name] = field.initial() if callable(field.initial) else field.initial
        else:
            found[name] = _scalar(name, field, given)
    return found


def read_action(
    form_class: type[forms.BaseForm] | None,
    caller: Caller,
    body: Mapping[str, Any],
    *,
    record: Any,
    initial: Mapping[str, Any],
) -> Values:
    """A verb's body as the operation's values.

    :raises BadRequest: for unknown fields. :raises InputProblem: for values that the form refuses.
    """
    if form_class is None:
        check_names(body, {}, others={*CONTROL})
        return {}
    check_names(body, form_class.base_fields, others={*CONTROL})  # type: ignore[attr-defined]
    blank = build_form(form_class, caller, record=record, initial=initial)
    form = build_form(form_class, caller, data=form_data(blank, body, fill=True), record=record, initial=initial)
    if not form.is_valid():
        raise InputProblem(form_errors(form))
    return operation_values(form)
