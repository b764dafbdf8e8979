"""Fields that are a table: the columns of a file with the field of each, and questions with their answers. A browser
posts a value a row; the API sends an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.whole_numbers import whole_number


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of the table: `key` names its value; `value` is what is proposed."""

    key: str
    value: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class TableWidget(forms.Widget):
    """One control a row, drawn by a template of its own."""

    is_wide = True

    def __init__(self, template: str) -> None:
        super().__init__()
        self.template = self.template_name = template
        self.rows: Sequence[TableRow] = ()
        self.more: Mapping[str, Any] = {}

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        # Through the project's own templates; Django's form renderer knows only those of apps.
        return render_to_string(self.template, self.get_context(name, value, attrs))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = value if isinstance(value, Mapping) else {}
        context["rows"] = [
            {**row.facts, "name": f"{name}-{row.key}", "value": str(given.get(row.key, row.value))} for row in self.rows
        ]
        return {**context, **self.more}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        if name in data:
            return data[name]
        return {row.key: data[key] for row in self.rows if (key := f"{name}-{row.key}") in data}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and not any(key.startswith(f"{name}-") for key in data)


class TableField(forms.JSONField):
    """Cleans to a mapping of whole numbers to texts, or None when nothing was said."""

    def __init__(self, *, template: str, **options: Any) -> None:
        super().__init__(widget=TableWidget(template), **options)

    def offer(self, rows: Sequence[TableRow], **more: Any) -> None:
        """Say which rows there are."""
        self.widget.rows, self.widget.more = rows, more

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data

    def prepare_value(self, value: Any) -> Any:
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)

    def to_python(self, value: Any) -> Any:
        if value in (None, "", {}):
            return None
        given = value.items() if isinstance(value, Mapping) else ()
        found = {whole_number(key): str(text).strip() for key, text in given}
        if not found or None in found:
            raise ValidationError(_("This needs an object of numbers and texts."), code="wrong_type")
        return found
