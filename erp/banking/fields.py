"""One field for what of a payment goes to which open item: a small table for people, a list of objects for the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.documents.references import RecordRef
from core.ui import formats
from core.whole_numbers import id_in


@dataclass(frozen=True, slots=True)
class OfferedItem:
    """An open item that may be settled; `amount` is what is proposed, oldest first."""

    id: int
    label: str
    due: str
    open_amount: Decimal
    amount: Decimal
    currency: str


class AllocationsWidget(forms.Widget):
    """A row an open item with the amount to settle. Answers what a browser or the API sent."""

    template_name = "banking/allocations_field.html"
    offered: Sequence[OfferedItem] = ()

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        # Through the project's own templates; Django's form renderer knows only those of apps.
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        entered = {str(row["open_item_id"]): row["amount"] for row in value} if isinstance(value, list) else None
        context["rows"] = [
            {
                "label": item.label,
                "due": item.due,
                "open": formats.money(item.open_amount, item.currency),
                "name": f"{name}-{item.id}",
                "amount": plain(item.amount) if entered is None else entered.get(str(item.id), ""),
            }
            for item in self.offered
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        if name in data:
            return data[name]
        given = ((item.id, data.get(f"{name}-{item.id}")) for item in self.offered)
        return [{"open_item_id": key, "amount": amount} for key, amount in given if amount]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and not any(key.startswith(f"{name}-") for key in data)


def plain(amount: Decimal) -> str:
    """A number as an input holds it; nothing for zero."""
    return f"{amount.normalize():f}" if amount else ""


# How a caller of the API, who knows documents and not their open items, names what a payment settles.
DOCUMENTS = {"sales_invoice": "invoicing.salesinvoice", "supplier_invoice": "invoicing.supplierinvoice"}


class AllocationsField(forms.JSONField):
    """Cleans to a list of mappings with `amount` and either `open_item_id` or `document`, or None when nothing was
    said. The API names a document as `sales_invoice` or `supplier_invoice`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=AllocationsWidget(), **options)

    def offer(self, items: Sequence[OfferedItem]) -> None:
        """Say which open items may be settled."""
        self.widget.offered = items  # type: ignore[attr-defined]

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
            raise ValidationError(_("This needs a list of open items with amounts."), code="wrong_type")
        return [_allocation(row) for row in value]


def _allocation(row: Any) -> dict[str, Any]:
    try:
        target, amount = _target(row), Decimal(str(row["amount"]).replace(",", ""))
    except (InvalidOperation, ValueError, TypeError, KeyError) as error:
        raise ValidationError(
            _("Every row needs an amount and one of sales_invoice, supplier_invoice or open_item_id."), code="invalid"
        ) from error
    if not amount.is_finite():
        raise ValidationError(_("Enter a number."), code="invalid")
    return {**target, "amount": amount}


def _target(row: Mapping[str, Any]) -> dict[str, Any]:
    named = next((name for name in DOCUMENTS if name in row), None)
    if named is None:
        return {"open_item_id": _id(row["open_item_id"])}
    return {"document": RecordRef(DOCUMENTS[named], _id(row[named]))}


def _id(given: Any) -> int:
    """:raises ValueError: it is no id."""
    key = id_in(given)
    if key is None:
        raise ValueError(given)
    return key
