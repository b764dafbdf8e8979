"""One field for the quantities of all lines of a document: a small table for people, a list of objects for the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.ui import formats
from core.whole_numbers import id_in
from erp.orders.enums import ReturnCondition


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """A line for which a quantity may be entered.

    :ivar limit: the most that can be entered; `quantity` is what is proposed.
    """

    id: int
    label: str
    unit: str
    limit: Decimal
    quantity: Decimal


class LineQuantitiesWidget(forms.Widget):
    """A row a line with its quantity, and for returns its condition. Answers what a browser or the API sent."""

    template_name = "orders/line_quantities.html"

    def __init__(self, *, with_condition: bool = False) -> None:
        super().__init__()
        self.with_condition = with_condition
        self.offered: Sequence[OfferedLine] = ()

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        # Through the project's own templates; Django's form renderer knows only those of apps.
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        entered = {id_in(row["line"]): row for row in value} if isinstance(value, list) else {}
        context["rows"] = [self._row(name, line, entered.get(line.id, {})) for line in self.offered]
        context["conditions"] = ReturnCondition.choices if self.with_condition else ()
        return context

    def _row(self, name: str, line: OfferedLine, entered: Mapping[str, Any]) -> dict[str, Any]:
        quantity = entered.get("quantity", line.quantity)
        return {
            "label": line.label,
            "unit": line.unit,
            "limit": formats.quantity(line.limit),
            "quantity_name": f"{name}-{line.id}-quantity",
            "condition_name": f"{name}-{line.id}-condition",
            "quantity": formats.quantity(quantity) if isinstance(quantity, Decimal) else quantity,
            "condition": entered.get("condition", ReturnCondition.RESALE),
        }

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        if name in data:
            return data[name]
        rows = []
        for line in self.offered:
            given = data.get(f"{name}-{line.id}-quantity")
            if given is not None:
                condition = data.get(f"{name}-{line.id}-condition") or ReturnCondition.RESALE
                rows.append({"line": line.id, "quantity": given, "condition": condition})
        return rows

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and not any(key.startswith(f"{name}-") for key in data)


class LineQuantitiesField(forms.JSONField):
    """Cleans to a list of mappings with `key`, quantity and condition, or None when nothing was said."""

    def __init__(self, *, key: str, with_condition: bool = False, **options: Any) -> None:
        self.key, self.with_condition = key, with_condition
        super().__init__(widget=LineQuantitiesWidget(with_condition=with_condition), **options)

    def offer(self, lines: Sequence[OfferedLine]) -> None:
        """Say for which lines of the present document quantities may be entered."""
        self.widget.offered = lines

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data

    def prepare_value(self, value: Any) -> Any:
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)

    def to_python(self, value: Any) -> Any:
        if value in (None, "", []):
            return None
        if not isinstance(value, list):
            raise ValidationError(_("This needs a list of lines with their quantities."), code="wrong_type")
        return [self._line(row) for row in value]

    def _line(self, row: Any) -> dict[str, Any]:
        line_id = id_in(row.get(self.key) or row.get("line")) if isinstance(row, Mapping) else None
        try:
            quantity = Decimal(str(row.get("quantity") or 0).replace(",", "")) if line_id else Decimal(0)
            found = {self.key: line_id or 0, "quantity": quantity}
        except (InvalidOperation, ValueError) as error:
            raise ValidationError(_("Enter a number."), code="invalid") from error
        if not line_id or not quantity.is_finite():
            raise ValidationError(_("Every line needs %(key)s and quantity."), code="invalid", params={"key": self.key})
        return {**found, "condition": row.get("condition")} if self.with_condition else found
