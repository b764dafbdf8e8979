"""A report as a workbook: the same rows as the page, figures as numbers, and a sheet that says what they are."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from core.ui.export import formula_safe
from core.ui.formats import MINOR_UNITS
from erp.ledger.reports.table import Cell, Column, Table

WIDTHS = {"text": 42, "money": 18, "quantity": 16, "date": 14}


def workbook(table: Table) -> bytes:
    """The XLSX file. Text that a spreadsheet would take for a formula is kept as text."""
    file = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(_sheet_name(table.title))
        sheet.freeze_panes(1, 0)
        _write_rows(book, sheet, table)
        about = book.add_worksheet(_sheet_name(_("About")))
        about.set_column(0, 1, 40)
        for row, (label, value) in enumerate(table.about):
            about.write_string(row, 0, label)
            about.write_string(row, 1, formula_safe(value))
    return file.getvalue()


def _write_rows(book: Any, sheet: Any, table: Table) -> None:
    formats = {
        (kind, strong): book.add_format({"bold": strong, **_number_format(kind, table.currency)})
        for kind in WIDTHS
        for strong in (False, True)
    }
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, WIDTHS[column.kind])
        sheet.write_string(0, index, column.label, formats["text", True])
    for number, row in enumerate(table.rows, start=1):
        strong = row.style != "row"
        for index, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
            _write(sheet, (number, index), column, cell, formats[column.kind, strong])


def _number_format(kind: str, currency: str) -> dict[str, str]:
    if kind == "date":
        return {"num_format": "yyyy-mm-dd"}
    if kind == "quantity":
        return {"num_format": "#,##0.######"}
    places = MINOR_UNITS.get(currency, 2)
    return {"num_format": "#,##0" + ("." + "0" * places if places else "")} if kind == "money" else {}


def _write(sheet: Any, place: tuple[int, int], column: Column, cell: Cell, style: Any) -> None:
    if isinstance(cell.value, Decimal):
        sheet.write_number(*place, cell.value, style)
    elif isinstance(cell.value, dt.date):
        sheet.write_datetime(*place, cell.value, style)
    elif cell.value:
        sheet.write_string(*place, formula_safe(cell.value), style)


def _sheet_name(text: str) -> str:
    return "".join(" " if sign in "[]:*?/\\'" else sign for sign in text)[:31].strip() or "Sheet"
