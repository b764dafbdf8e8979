"""Lines edited inside a document's form: add, remove, reorder; the same rows come from a browser or as JSON.

References of all lines are read at once, so a document of a hundred lines costs no more queries than one of three."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict

from core.ui.choices import scope_choices
from core.ui.forms import operation_values, prepare_fields
from core.ui.resource import Caller, LineForm
from core.whole_numbers import MOST_VERSION, id_in, whole_number

ADD_BUTTON = "_add_line"
CONTROL_FIELDS = ("id", "DELETE", "ORDER")


@dataclass(frozen=True)
class LineColumn:
    """A column of the line grid."""

    name: str
    label: str
    kind: str


class LineSet(BaseFormSet):  # type: ignore[type-arg]  # generic for the type checker alone
    """The formset of a document's lines."""

    def __init__(self, *args: Any, caller: Caller, **kwargs: Any) -> None:
        self.caller = caller
        super().__init__(*args, **kwargs)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["id"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        form.fields["ORDER"].widget = forms.HiddenInput({"data-order": ""})
        for control in ("id", "ORDER"):
            # A row that only has a place is still an empty row.
            form.fields[control].has_changed = _never
        prepare_fields(form, self.caller, first_options=0 if index is not None else 50)
        prepare = getattr(form, "prepare", None)
        if prepare is not None:
            prepare(self.caller, None)

    def forget_errors(self) -> None:
        """Take the rows as they are: neither the set nor any row has been judged."""
        self._errors: list[Any] = [{} for _form in self.forms]
        self._non_form_errors = self.error_class()
        for form in self.forms:
            form._errors = {}


def _never(initial: Any, data: Any) -> bool:
    return False


@lru_cache(maxsize=256)
def line_set_class(declared: LineForm, extra: int) -> type[LineSet]:
    return formset_factory(  # type: ignore[return-value]
        cast(Any, declared.form),
        formset=LineSet,
        extra=extra,
        can_delete=True,
        can_order=True,
        min_num=declared.min,
        max_num=declared.max,
        absolute_max=declared.max + 50,
        validate_min=declared.min > 0,
        validate_max=True,
    )


class Lines:
    """The lines of one form being shown or posted."""

    def __init__(
        self,
        declared: LineForm,
        caller: Caller,
        *,
        data: Any = None,
        record: Model | None = None,
        initial: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.declared, self.caller = declared, caller
        rows = (
            list(initial) if record is None else [line_initial(declared, line) for line in existing(declared, record)]
        )
        factory = line_set_class(declared, 0 if rows else declared.extra)
        self.formset = factory(data=data, initial=rows, prefix=declared.name, caller=caller)
        load_references(self.formset)

    def is_valid(self) -> bool:
        return self.formset.is_valid()

    def values(self) -> list[dict[str, Any]]:
        """The kept lines in their order, as an operation takes them; `id` only on lines that exist already."""
        kept = [form for form in self.formset.ordered_forms if form not in self.formset.deleted_forms]
        return [_line_values(form) for form in kept]

    def complete_values(self) -> dict[int, dict[str, Any]]:
        """The lines that are valid by themselves, by their place in the form, while the rest is still being written."""
        self.formset.is_valid()
        rows, removed = enumerate(self.formset.forms), self.formset.deleted_forms
        kept = {index: form for index, form in rows if form.has_changed() and form not in removed}
        return {index: _line_values(form) for index, form in kept.items() if not form.errors}

    def forget_errors(self) -> None:
        """Show the lines as they are without judging them."""
        self.formset.forget_errors()

    def errors(self) -> list[str]:
        return [str(error) for error in self.formset.non_form_errors()]

    @property
    def columns(self) -> list[LineColumn]:
        form = self.formset.empty_form
        shown = [(name, form[name]) for name in form.fields if name not in CONTROL_FIELDS and not form[name].is_hidden]
        return [LineColumn(name, str(bound.label), _kind(bound.field)) for name, bound in shown]

    def context(self) -> dict[str, Any]:
        """What the form template draws."""
        return {
            "name": self.declared.name,
            "label": self.declared.label,
            "columns": self.columns,
            "formset": self.formset,
            "forms": self.formset.forms,
            "empty_form": self.formset.empty_form,
            "add_name": ADD_BUTTON,
        }


def _line_values(form: Any) -> dict[str, Any]:
    values = operation_values(form)
    for name in ("DELETE", "ORDER"):
        values.pop(name, None)
    if values.get("id") is None:
        values.pop("id", None)
    return values


def existing(declared: LineForm, record: Model) -> list[Any]:
    return list(getattr(record, declared.accessor).all())


def line_initial(declared: LineForm, line: Any) -> dict[str, Any]:
    """A stored line as the initial values of its form."""
    names = cast(Any, declared.form).base_fields
    values: dict[str, Any] = {"id": line.pk}
    for name, field in names.items():
        attribute = f"{name}_id" if isinstance(field, forms.ModelChoiceField) else name
        values[name] = getattr(line, attribute, None)
    return values


def _kind(field: forms.Field) -> str:
    if isinstance(field, forms.ModelChoiceField):
        return "link"
    if isinstance(field, forms.DecimalField | forms.IntegerField):
        return "quantity"
    return "date" if isinstance(field, forms.DateField) else "text"


def one_more(data: QueryDict, name: str) -> QueryDict:
    """The posted lines with one more empty row: adding a line without JavaScript."""
    changed = data.copy()
    total = f"{name}-TOTAL_FORMS"
    count = data.get(total, "0")
    changed[total] = str((whole_number(count, most=MOST_VERSION) or 0) + 1)
    return changed


def lines_as_data(declared: LineForm, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Lines given as JSON in the shape that the formset reads."""
    rows = list(rows)
    data: dict[str, Any] = {f"{declared.name}-TOTAL_FORMS": len(rows), f"{declared.name}-INITIAL_FORMS": 0}
    for index, row in enumerate(rows):
        data[f"{declared.name}-{index}-ORDER"] = index + 1
        for key, value in row.items():
            if value is not None:
                data[f"{declared.name}-{index}-{key}"] = value
    return data


def load_references(formset: Any) -> None:
    """Read the records that all lines point at with one query a field, for validation and for labels."""
    fields = getattr(formset.form, "base_fields", {})
    for name, field in fields.items():
        if isinstance(field, forms.ModelChoiceField) and not isinstance(field, forms.ModelMultipleChoiceField):
            _load(formset, name)


def _load(formset: Any, name: str) -> None:
    chosen = {str(value) for form in formset.forms if (value := form[name].value()) not in (None, "")}
    keys = [key for key in map(id_in, chosen) if key is not None]
    if not formset.forms or not keys:
        return
    queryset = scope_choices(formset.form.base_fields[name].queryset.all(), formset.caller)
    found = {str(item.pk): item for item in queryset.filter(pk__in=keys)}
    for form in formset.forms:
        field = form.fields[name]
        field.to_python = _reader(field, found)
        if hasattr(field.widget, "known"):
            field.widget.known = {key: field.label_from_instance(item) for key, item in found.items()}


def _reader(field: Any, found: Mapping[str, Any]) -> Any:
    def read(value: Any) -> Any:
        if value in field.empty_values:
            return None
        key = str(value.pk if isinstance(value, Model) else value)
        if key not in found:
            raise ValidationError(
                field.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
            )
        return found[key]

    return read
