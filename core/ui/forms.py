"""Forms around operations: built for a caller, laid out by crispy, turned into the operation's keyword arguments.

Browser and API go through the same functions, so a field that a form does not have cannot be written by either."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, Model
from django.db.models.sql.where import WhereNode
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from core.ui.choices import scope_choices
from core.ui.resource import Caller
from core.ui.widgets import (
    DASHES,
    FIRST_OPTIONS,
    DayInput,
    MomentInput,
    NumberText,
    RecordSelect,
    lookup_of,
    nothing_chosen,
)

KEY_FIELD = "idempotency_key"
VERSION_FIELD = "version"
FIRST_FIELDS = 7
SHORT = (forms.DecimalField, forms.IntegerField, forms.DateField, forms.TimeField)
WIDE = (forms.Textarea, forms.CheckboxSelectMultiple, forms.SelectMultiple)


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker alone
    """Base of the suite's ModelForms.

    :cvar groups: `((title, field names), ...)` puts related fields together.
    """

    def _update_errors(self, errors: ValidationError) -> None:
        """Checks that have no words of their own stay silent: the operation says better what is missing, and the
        database has the last word."""
        mute = {
            str(one.get_violation_error_message())
            for _model, constraints in self.instance.get_constraints()
            for one in constraints
            if isinstance(one, CheckConstraint) and one.violation_error_message == one.default_violation_error_message
        }
        found = errors.update_error_dict({})
        told = {name: [one for one in rows if not mute.intersection(one.messages)] for name, rows in found.items()}
        if any(told.values()):
            super()._update_errors(ValidationError({name: rows for name, rows in told.items() if rows}))  # type: ignore[misc]


def build_form(
    form_class: type[forms.BaseForm],
    caller: Caller,
    *,
    data: Any = None,
    files: Any = None,
    record: Model | None = None,
    initial: Mapping[str, Any] | None = None,
    prefix: str | None = None,
) -> forms.BaseForm:
    """A form for this caller. A ModelForm gets a copy of the record, because validation writes into its instance.

    A form with a method `prepare(caller, record)` has it called once it stands, to narrow choices or set defaults.
    """
    options: dict[str, Any] = {"data": data, "files": files, "initial": dict(initial or {}), "prefix": prefix}
    if issubclass(form_class, forms.BaseModelForm):
        options["instance"] = copy.copy(record) if isinstance(record, form_class._meta.model) else None
    form = form_class(**options)
    prepare_fields(form, caller)
    prepare = getattr(form, "prepare", None)
    if prepare is not None:
        prepare(caller, record)
    return form


def prepare_fields(form: forms.BaseForm, caller: Caller, *, first_options: int = FIRST_OPTIONS) -> None:
    """Limit choices to what the caller may see, and give every field the suite's widget."""
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField):
            queryset: Any = field.queryset
            is_narrowed = bool(queryset.query.where.children)
            field.queryset = scope_choices(queryset, caller)
        _dress(field, first_options)
        if isinstance(field.widget, RecordSelect) and isinstance(field, forms.ModelChoiceField):
            # A form may narrow the choice later still, in its `prepare`.
            field.widget.everything = WhereNode() if is_narrowed else cast(Any, field.queryset).query.where.clone()
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            _say_what_empty_means(field)


def _say_what_empty_means(field: forms.ChoiceField) -> None:
    choices = list(cast(Any, field.choices))
    if choices and choices[0] in (("", DASHES), (None, DASHES)):
        field.choices = [(choices[0][0], nothing_chosen(is_required=field.required)), *choices[1:]]


def _dress(field: forms.Field, first_options: int) -> None:
    plain_select = type(field.widget) is forms.Select
    if isinstance(field, forms.ModelChoiceField) and plain_select:
        widget: forms.Widget = RecordSelect(lookup=lookup_of(cast(Any, field.queryset).model), first=first_options)
    elif isinstance(field, forms.DateTimeField) and type(field.widget) is forms.DateTimeInput:
        widget = MomentInput()
    elif isinstance(field, forms.DateField) and type(field.widget) is forms.DateInput:
        widget = DayInput()
    elif isinstance(field, forms.DecimalField) and type(field.widget) is forms.NumberInput:
        widget = NumberText()
    else:
        return
    widget.attrs.update(
        {name: value for name, value in field.widget.attrs.items() if name not in ("step", "min", "max")}
    )
    widget.is_required = field.required
    # Assigning `choices` to a model field's widget hands it the lazy iterator, not the rows.
    field.widget = widget
    if isinstance(field, forms.ModelChoiceField):
        widget.choices = field.choices  # type: ignore[attr-defined]


def argument_name(name: str, field: forms.Field) -> str:
    """`party` → `party_id`, `taxes` → `tax_ids`: what an operation calls the field's value."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return f"{singular(name)}_ids"
    return f"{name}_id" if isinstance(field, forms.ModelChoiceField) else name


def singular(name: str) -> str:
    for ending, replacement in (("ies", "y"), ("xes", "x"), ("ses", "s"), ("s", "")):
        if name.endswith(ending):
            return name.removesuffix(ending) + replacement
    return name


def argument_value(field: forms.Field, value: Any) -> Any:
    if isinstance(field, forms.ModelMultipleChoiceField):
        return [item.pk for item in value] if value is not None else []
    if isinstance(field, forms.ModelChoiceField):
        return value.pk if isinstance(value, Model) else value
    return value


def operation_values(form: forms.BaseForm) -> dict[str, Any]:
    """The cleaned form as keyword arguments: ids in place of records."""
    cleaned: Mapping[str, Any] = form.cleaned_data
    return {
        argument_name(name, field): argument_value(field, cleaned.get(name))
        for name, field in form.fields.items()
        if name in cleaned
    }


def new_key() -> str:
    """A fresh idempotency key for a form that is about to be shown."""
    return uuid.uuid4().hex


def hidden_inputs(values: Mapping[str, Any]) -> SafeString:
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', values.items())


def with_helper(form: forms.BaseForm) -> forms.BaseForm:
    """Attach the crispy layout: the form's own `layout`, its `groups`, or two columns."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.include_media = False
    helper.layout = getattr(form, "layout", None) or default_layout(form)
    form.helper = helper  # type: ignore[attr-defined]
    return form


def default_layout(form: forms.BaseForm) -> Layout:
    """Fields in two columns, wide ones across; the form's `groups` puts related fields together."""
    groups = getattr(form, "groups", None)
    if not groups:
        return Layout(*_first_and_more(form))
    named = [name for _title, names in groups for name in names]
    rest = [name for name in form.fields if name not in named]
    blocks = [_group(form, title, names) for title, names in groups]
    return Layout(*blocks, *([_columns(form, rest)] if rest else []))


def _first_and_more(form: forms.BaseForm) -> list[Div]:
    """Seven fields at first sight; optional ones beyond wait behind "More"."""
    names = list(form.fields)
    later = [name for name in names[FIRST_FIELDS:] if not form.fields[name].required]
    first = _columns(form, [name for name in names if name not in later])
    if not later:
        return [first]
    return [first, More(_columns(form, later), has_errors=form.is_bound and any(name in form.errors for name in later))]


class More(Div):
    """Fields behind "More"; open when one of them has an error."""

    template = "ui/_more.html"

    def __init__(self, *fields: Any, has_errors: bool) -> None:
        super().__init__(*fields)
        self.has_errors = has_errors


def _group(form: forms.BaseForm, title: Any, names: Any) -> Any:
    present = [name for name in names if name in form.fields]
    return Fieldset(str(title), _columns(form, present)) if present else HTML("")


def _columns(form: forms.BaseForm, names: list[str]) -> Div:
    return Div(*(Div(Field(name), css_class=_width(form.fields[name])) for name in names), css_class="row")


def _width(field: forms.Field) -> str:
    if isinstance(field.widget, WIDE) or getattr(field.widget, "is_wide", False):
        return "col-12"
    narrow = isinstance(field, SHORT) and not isinstance(field, forms.ModelChoiceField)
    return "col-6 col-md-3" if narrow else "col-md-6"


def add_refusal(form: forms.BaseForm, message: str, field: str | None) -> None:
    """Put a refusal beside the field it names, or on top of the form. Operations name arguments, forms name fields."""
    names = {argument_name(name, item): name for name, item in form.fields.items()}
    target = names.get(field or "", field)
    form.add_error(target if target in form.fields else None, message)
