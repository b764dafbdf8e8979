"""Reports as files that a browser keeps: XLSX, or CSV for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from urllib.parse import quote

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify

from core.ui.export import TYPES, csv_value, formula_safe
from core.ui.resource import Caller
from erp.ledger.reports.table import Table
from erp.ledger.reports.workbook import workbook


def csv_file(tables: Sequence[Table]) -> bytes:
    """The tables one below the other, each under its title and what it says of itself, in UTF-8 with a byte order mark,
    which spreadsheets need for Chinese. Figures are plain numbers, text is no formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        writer.writerow([formula_safe(table.title)])
        writer.writerows([formula_safe(label), formula_safe(value)] for label, value in table.about)
        writer.writerow([])
        writer.writerow([formula_safe(column.label) for column in table.columns])
        writer.writerows(
            [csv_value("" if cell.value is None else cell.value) for cell in row.cells] for row in table.rows
        )
    return text.getvalue().encode("utf-8-sig")


WRITERS: dict[str, Callable[[Sequence[Table]], bytes]] = {"xlsx": workbook, "csv": csv_file}


def answer_file(kind: str, caller: Caller, tables: Sequence[Table]) -> HttpResponse:
    """The tables as a download, named by the first of them, the company and the moment."""
    stamp = timezone.localtime(caller.now).strftime("%Y-%m-%d-%H%M")
    name = f"{slugify(tables[0].title, allow_unicode=True)}_{caller.company.code}_{stamp}.{kind}"
    response = HttpResponse(WRITERS[kind](tables), content_type=TYPES[kind])
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "private, no-store"
    return response
