"""Which column of a file fills which field, and how the file writes numbers and days."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from django import forms
from django.utils.translation import gettext as _

from core.errors import InvalidInputError
from core.imports.enums import DateOrder, DecimalMark, RunStatus
from core.imports.inspection import Inspection
from core.imports.models import ImportColumn, ImportRun
from core.imports.readers import is_workbook
from core.ui.imports.kind import EXTERNAL_ID, ResourceImport

NUMBERS = (forms.DecimalField, forms.IntegerField)
DAYS = (forms.DateField, forms.DateTimeField)


def suggest_columns(run: ImportRun, kind: ResourceImport, found: Inspection) -> None:
    """Write the file's columns with the field each seems to fill, and the formats that its values leave no doubt of."""
    guessed = kind.guess([column.name for column in found.columns], remembered_fields(run))
    columns = ImportColumn.objects.bulk_create(
        ImportColumn(
            company_id=run.company_id,
            run=run,
            position=position,
            name=column.name[:250],
            field=guessed.get(column.name, ""),
            samples=" · ".join(sample[:60] for sample in column.samples)[:250],
            marks=" ".join(sorted(column.marks)),
            orders=" ".join(sorted(column.orders)),
        )
        for position, column in enumerate(found.columns)
    )
    run.decimal_mark = only(possible_marks(run, kind, columns))
    run.date_order = only(possible_orders(kind, columns))
    run.save(update_fields=["decimal_mark", "date_order"])


def remembered_fields(run: ImportRun) -> dict[str, str]:
    """Header → the field that it filled in the latest import of this kind that was carried out."""
    rows = ImportColumn.objects.filter(
        company_id=run.company_id, run__dataset=run.dataset, run__status__in=(RunStatus.DONE, RunStatus.UNDONE)
    ).exclude(field="")
    return dict(rows.order_by("run_id").values_list("name", "field"))


def only(found: Collection[str]) -> str:
    """The one possibility; empty when there are several, or none."""
    return next(iter(found)) if len(found) == 1 else ""


def possible_marks(run: ImportRun, kind: ResourceImport, columns: Iterable[ImportColumn]) -> set[str]:
    """Decimal marks that all columns of numbers allow. A workbook stores numbers, which come with a point."""
    if is_workbook(Path(run.upload.name)):
        return {DecimalMark.POINT.value}
    return _shared([column.marks.split() for column in _of_kind(kind, columns, NUMBERS)], DecimalMark.values)


def possible_orders(kind: ResourceImport, columns: Iterable[ImportColumn]) -> set[str]:
    """Orders of days that all columns of days allow."""
    return _shared([column.orders.split() for column in _of_kind(kind, columns, DAYS)], DateOrder.values)


def _of_kind(
    kind: ResourceImport, columns: Iterable[ImportColumn], types: tuple[type[forms.Field], ...]
) -> list[ImportColumn]:
    """Columns that fill a field of these types and have values."""
    return [
        column
        for column in columns
        if column.samples
        and column.field in kind.all_fields
        and isinstance(kind.form_field(kind.all_fields[column.field]), types)
    ]


def _shared(columns: list[list[str]], every: Iterable[str]) -> set[str]:
    """What every column allows that allows anything: one whose values fit nothing has bad rows, and says nothing."""
    left = set(every)
    for allowed in columns:
        left &= set(allowed) or left
    return left


def map_columns(run: ImportRun, kind: ResourceImport, columns: Mapping[int, str] | None) -> None:
    """Take over which column is what; without `columns` it stays as it was proposed.

    :raises InvalidInputError: a field twice, an unknown one, or one that is needed is filled by none.
    """
    rows = list(run.columns.order_by("position"))
    if columns is not None:
        for row in rows:
            row.field = columns.get(row.position, "")
    _require_sense(kind, [row.field for row in rows if row.field])
    ImportColumn.objects.bulk_update(rows, ["field"])


def _require_sense(kind: ResourceImport, fields: list[str]) -> None:
    for name in fields:
        if name not in kind.all_fields:
            raise InvalidInputError(_("There is no field %s.") % name, field="columns")
        if fields.count(name) > 1:
            raise InvalidInputError(
                _("%s is filled by two columns.") % kind.label_of(kind.all_fields[name]),
                field="columns",
                hint=_("Leave one of them out."),
            )
    if missing := [field for name, field in kind.all_fields.items() if field.required and name not in fields]:
        raise InvalidInputError(
            _("No column fills %s, which is needed.") % kind.label_of(missing[0]),
            field="columns",
            hint=_("Choose the column, or add it to the file."),
        )
    if not [name for name in fields if name != EXTERNAL_ID]:
        raise InvalidInputError(_("No column is mapped."), field="columns")


def remember_formats(run: ImportRun, kind: ResourceImport, decimal_mark: str, date_order: str) -> None:
    """Take over how numbers and days are written; what the columns leave no doubt of need not be said.

    :raises InvalidInputError: both readings are possible and nobody said which one is meant.
    """
    rows = list(run.columns.all())
    run.decimal_mark = decimal_mark or only(possible_marks(run, kind, rows))
    run.date_order = date_order or only(possible_orders(kind, rows))
    if not run.date_order and _of_kind(kind, rows, DAYS):
        raise InvalidInputError(
            _("The days in this file can be read in several ways."),
            code="ambiguous_days",
            field="date_order",
            hint=_("Say how they are written."),
        )
    if not run.decimal_mark and any(column.marks for column in _of_kind(kind, rows, NUMBERS)):
        raise InvalidInputError(
            _("The numbers in this file can be read in several ways."),
            code="ambiguous_numbers",
            field="decimal_mark",
            hint=_("Say whether fractions follow a point or a comma."),
        )
    run.decimal_mark = run.decimal_mark or DecimalMark.POINT
