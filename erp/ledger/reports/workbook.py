"""Reports as a workbook: the same rows as the page under a head that says what they are, figures as numbers, and totals
as the formulas that add them up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from core.ui.export import formula_safe
from core.ui.formats import MINOR_UNITS
from erp.ledger.reports.table import Row, Table

WIDTHS = {"text": 42, "money": 18, "quantity": 16, "figure": 18, "date": 14, "text-end": 14, "rate": 12}
NAME_LENGTH = 31


def workbook(tables: Sequence[Table]) -> bytes:
    """The XLSX file, a sheet a table. Text that a spreadsheet would take for a formula is kept as text."""
    file = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        taken: set[str] = set()
        for table in tables:
            _Sheet(book, book.add_worksheet(_sheet_name(table.title, taken)), table).write()
    return file.getvalue()


class _Sheet:
    """Writes one table."""

    def __init__(self, book: Any, sheet: Any, table: Table) -> None:
        self.sheet, self.table = sheet, table
        self.head = len(table.about) + 2  # the row of the labels: title, what it is, a blank
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.label = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self.formats = {
            (kind, strong): book.add_format({"bold": strong, **_number_format(kind, table.currency)})
            for kind in WIDTHS
            for strong in (False, True)
        }

    def write(self) -> None:
        self.sheet.write_string(0, 0, formula_safe(self.table.title), self.title)
        for number, (label, value) in enumerate(self.table.about, start=1):
            self.sheet.write_string(number, 0, formula_safe(label))
            self.sheet.write_string(number, 1, formula_safe(value))
        for index, column in enumerate(self.table.columns):
            self.sheet.set_column(index, index, WIDTHS[column.kind])
            self.sheet.write_string(self.head, index, formula_safe(column.label), self.label)
        self.sheet.freeze_panes(self.head + 1, 1)
        self.sheet.repeat_rows(self.head)
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        for number, row in enumerate(self.table.rows):
            self._write_row(number, row)

    def _write_row(self, number: int, row: Row) -> None:
        for index, (column, cell) in enumerate(zip(self.table.columns, row.cells, strict=True)):
            place, style = (self.row_of(number), index), self.formats[column.kind, row.style != "row"]
            if isinstance(cell.value, Decimal) and row.adds and column.adds_up:
                self.sheet.write_formula(*place, self._sum(row, index), style, cell.value)
            elif isinstance(cell.value, Decimal):
                self.sheet.write_number(*place, cell.value, style)
            elif isinstance(cell.value, dt.date):
                self.sheet.write_datetime(*place, cell.value, style)
            elif cell.value:
                self.sheet.write_string(*place, formula_safe(cell.value), style)

    def row_of(self, number: int) -> int:
        return self.head + 1 + number

    def _sum(self, row: Row, index: int) -> str:
        """`=SUM(B9:B12)+B14-B20`: neighbours as a range, others one by one."""
        parts = []
        for sign, first, last in _runs(row.adds):
            start, end = (xl_rowcol_to_cell(self.row_of(number), index) for number in (first, last))
            parts.append(f"{'+' if sign > 0 else '-'}{start if first == last else f'SUM({start}:{end})'}")
        return "=" + "".join(parts).removeprefix("+")


def _runs(adds: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int, int]]:
    """Neighbouring rows of the same sign together: sign, first, last."""
    numbered = [(sign, number - place, number) for place, (number, sign) in enumerate(sorted(adds))]
    for (sign, _offset), found in groupby(numbered, key=lambda one: one[:2]):
        numbers = [number for _sign, _place, number in found]
        yield sign, numbers[0], numbers[-1]


def _number_format(kind: str, currency: str) -> dict[str, str]:
    if kind == "date":
        return {"num_format": "yyyy-mm-dd"}
    if kind in ("quantity", "figure", "rate"):
        return {"num_format": "#,##0.######" if kind == "quantity" else "#,##0.00"}
    places = MINOR_UNITS.get(currency, 2)
    return {"num_format": "#,##0" + ("." + "0" * places if places else "")} if kind == "money" else {}


def _sheet_name(text: str, taken: set[str]) -> str:
    """A name that a workbook takes, and no other sheet has."""
    plain = "".join(" " if sign in "[]:*?/\\'" else sign for sign in text)[:NAME_LENGTH].strip() or "Sheet"
    name, number = plain, 2
    while name.lower() in taken:
        tail = f" {number}"
        name, number = plain[: NAME_LENGTH - len(tail)] + tail, number + 1
    taken.add(name.lower())
    return name
