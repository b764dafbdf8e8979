"""Form widgets: a record is chosen by search, a day by the browser's own picker, an amount in a text field that a
mouse wheel cannot change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.company.models import Currency
from core.ui.registry import for_model
from core.whole_numbers import id_in

FIRST_OPTIONS = 50
WHOLE = 300
NARROWED = 100
DASHES = "---------"
"""Django's empty choice, which says nothing."""


def nothing_chosen(*, is_required: bool) -> Any:
    """What an empty choice means: that one is still to be made, or that there is none."""
    return _("Choose…") if is_required else _("None")


class RecordSelect(forms.Select):
    """A select that renders only the chosen record and, on forms, the first few others, so that it works without
    JavaScript; with it, the rest comes from the lookup address as one types.

    :ivar lookup: function giving that address, empty when the model has no screens.
    :ivar known: id → label of records loaded in advance (lines load theirs all at once).
    :ivar first: how many options to offer besides; all of them where there is no lookup.
    :ivar everything: the condition under which the choice is not narrowed. The lookup knows all records of a model, so
        a choice among some of them is offered whole, and searched on the page, as long as it is short.
    """

    def __init__(self, *args: Any, lookup: Callable[[], str] | None = None, first: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lookup, self.first = lookup, first
        self.known: dict[str, str] = {}
        self.everything: Any = None
        self.is_whole = False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        address = self.lookup() if self.lookup else ""
        if address:
            context["widget"]["attrs"]["data-lookup"] = address
        if address and self.is_whole:
            context["widget"]["attrs"]["data-whole"] = ""
        return context

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> Any:
        chosen = [str(item) for item in value if item]
        found = list(self._options(chosen))
        # Without an empty option the browser would choose the first record for somebody who chose none.
        is_settled = self.is_required and (bool(chosen) or len(found) == 1)
        options: list[tuple[Any, str]] = found if is_settled else [("", self._nothing()), *found]
        return [
            (None, [self.create_option(name, key, label, str(key) in value, index, attrs=attrs)], index)
            for index, (key, label) in enumerate(options)
        ]

    def _nothing(self) -> str:
        """What the empty option says: the field's own words where it has some."""
        field = getattr(self.choices, "field", None)
        own = getattr(field, "empty_label", None)
        if own and own != DASHES:
            return str(own)
        queryset = getattr(self.choices, "queryset", None)
        if queryset is not None and queryset.model is Currency and not self.is_required:
            return str(_("The company's currency"))
        return str(nothing_chosen(is_required=getattr(field, "required", self.is_required)))

    def _options(self, chosen: list[str]) -> Iterable[tuple[str, str]]:
        queryset = getattr(self.choices, "queryset", None)
        if queryset is None:
            return [(str(key), str(label)) for key, label in self.choices if str(key) in chosen]
        field = self.choices.field  # type: ignore[attr-defined]
        found = {key: self.known[key] for key in chosen if key in self.known}
        missing = [key for key in chosen if key not in found]
        null_value = str(getattr(field, "null_value", ""))
        if null_value in missing:
            missing.remove(null_value)
            found[null_value] = str(field.null_label)
        numeric = [key for key in missing if id_in(key)] if _integer_key(queryset.model) else missing
        if numeric:
            found.update({str(item.pk): field.label_from_instance(item) for item in queryset.filter(pk__in=numeric)})
        first = self.first if self.lookup and self.lookup() else WHOLE
        is_narrowed = bool(first) and self.everything is not None and queryset.query.where != self.everything
        if first:
            rows = list(queryset[: NARROWED + 1 if is_narrowed else first])
            self.is_whole = is_narrowed and len(rows) <= NARROWED
            for item in rows if self.is_whole else rows[:first]:
                found.setdefault(str(item.pk), field.label_from_instance(item))
        return found.items()


def _integer_key(model: type[Model]) -> bool:
    return model._meta.pk is not None and model._meta.pk.get_internal_type() in (
        "BigAutoField",
        "AutoField",
        "ForeignKey",
    )


def lookup_of(model: type[Model]) -> Callable[[], str]:
    """The address that searches this model, asked for late, because URLs exist only after start; empty when the model
    has no screens of its own. Such models (users, teams, currencies) are few rows and offered whole."""

    def address() -> str:
        resource = for_model(model)
        return resource.url("lookup") if resource is not None else ""

    return address


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class NumberText(forms.TextInput):
    """Numbers as text with a number keyboard; trailing zeros of the stored scale are not shown."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "class": "text-end", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        if value in (None, ""):
            return None
        text = str(value)
        return text.rstrip("0").rstrip(".") if "." in text and text.replace(".", "").lstrip("-").isdigit() else text
