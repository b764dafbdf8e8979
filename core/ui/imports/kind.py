"""What an import kind declares. Forms, operations and policies are those of its Resource, so a kind is little more than
a list of fields with examples; see docs/how-to/add-an-import.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.access import policies
from core.access.enums import Role
from core.access.policies import roles_in
from core.imports.dataset import Dataset, Step, Table
from core.ui import registry
from core.ui.resource import Caller, Resource, Text

EXTERNAL_ID = "external_id"


@dataclass(frozen=True, slots=True)
class ImportField:
    """A field that a column can fill.

    :ivar name: of the form's field, or of a field of its line form when `line`.
    :ivar sample: what the template file shows, fictional.
    :ivar aliases: other headers that mean it.
    :ivar values: what a text may say and the value it stands for, for fields that are plain text to the form.
    :ivar later: written when all rows are there, because it may name one of them.
    """

    name: str
    sample: str = ""
    aliases: tuple[str, ...] = ()
    values: Callable[[Caller], Mapping[str, str]] | None = None
    line: bool = False
    later: bool = False
    required: bool = False
    label: Text = None


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A record that a new row might be, and why."""

    title: str
    reason: str


class ResourceImport(Dataset):
    """An import into a Resource by its own form and operations.

    :cvar slug: of the Resource.
    :cvar natural: field that identifies a record when the file has no external ids (an item's SKU).
    """

    slug: ClassVar[str]
    fields: ClassVar[tuple[ImportField, ...]]
    natural: ClassVar[str] = ""
    external_label: ClassVar[Text] = _("ID in the other system")
    external_sample: ClassVar[str] = ""
    external_aliases: ClassVar[tuple[str, ...]] = ()
    external_required: ClassVar[bool] = False

    @property
    def code(self) -> str:  # type: ignore[override]
        return self.slug

    @property
    def label(self) -> Any:
        return self.resource.plural

    @property
    def tables(self) -> tuple[Table, ...]:  # type: ignore[override]
        return (Table(self.slug, "", (EXTERNAL_ID,), or_key=(self.natural,) if self.natural else ()),)

    def steps(self) -> Sequence[Step]:
        from core.ui.imports.step import RecordStep  # noqa: PLC0415 - the step is written in terms of the kind

        return (RecordStep(self),)

    # What a kind may override

    @property
    def resource(self) -> Resource:
        """Whose form and operations read and write the rows."""
        return registry.get(self.slug)

    def defaults(self, caller: Caller, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Values of new records that no column gives."""
        return {}

    def lookalikes(self, caller: Caller, values: Mapping[str, Any]) -> Iterable[Lookalike]:
        """Who a new row might already be."""
        return ()

    def take_back(self, record: models.Model, caller: Caller) -> str:
        """Undo a record that the import made. :returns: why it stays, empty when it is gone."""
        from core.ui.imports.undoing import delete_record  # noqa: PLC0415 - as above

        return delete_record(record)

    # What the wizard asks

    @cached_property
    def all_fields(self) -> dict[str, ImportField]:
        """Every field that a column can fill, the external id first."""
        first = ImportField(
            EXTERNAL_ID,
            self.external_sample,
            self.external_aliases,
            required=self.external_required,
            label=self.external_label,
        )
        return {field.name: field for field in (first, *self.fields)}

    @property
    def has_lines(self) -> bool:
        return any(field.line for field in self.fields)

    def form_field(self, field: ImportField) -> Any:
        """The form's field behind it; None for the external id."""
        form = self.resource.line_form.form if field.line else self.resource.form_class
        return getattr(form, "base_fields", {}).get(field.name)

    def label_of(self, field: ImportField) -> str:
        behind = self.form_field(field)
        text = str(field.label or (behind.label if behind is not None else "") or field.name.replace("_", " "))
        return text[:1].upper() + text[1:]

    def may_import(self, caller: Caller) -> bool:
        """Administrators, and whoever may create such a record."""
        if Role.ADMINISTRATOR in roles_in(caller.user, caller.company_id):
            return True
        return policies.may(caller.user, "create", self.resource.model, caller.company_id)

    def guess(self, headers: Iterable[str], remembered: Mapping[str, str]) -> dict[str, str]:
        """Header → field: what the same header meant last time, else what it is called. A field is filled once."""
        names = self._names()
        found: dict[str, str] = {}
        for header in headers:
            field = remembered.get(header) or names.get(plain_name(header), "")
            if field in self.all_fields and field not in found.values():
                found[header] = field
        return found

    def _names(self) -> dict[str, str]:
        known: dict[str, str] = {}
        for name, field in self.all_fields.items():
            with override("en"):
                english = self.label_of(field)
            for word in (name, english, self.label_of(field), *field.aliases):
                known.setdefault(plain_name(word), name)
        return known


def plain_name(header: str) -> str:
    """A header without what people write differently: case, blanks, signs."""
    return re.sub(r"[\W_]+", "", header).casefold()
