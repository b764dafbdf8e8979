"""Text stays text in a spreadsheet, numbers stay numbers, and both come back as they were (QUALITY 38)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import QueryDict
from python_calamine import CalamineWorkbook

from core.parties.models import Party
from core.ui import registry
from core.ui.export import csv_value, formula_plain, formula_safe, write
from core.ui.listing import Listing
from tests.security.world import World

FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"x\")",
    "x;=1+1", "x,=1+1", "x\t=1+1", "x|=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)", "'=1+1", "''=1+1", "=", "-", "+49 30 1",
    "a\n=1+1", "DDE(\"x\")", "-", "--", "=\u00a01",
)  # fmt: skip
# A tab or break in front is dropped by spreadsheets, so what follows counts.
STARTS = re.compile(r"^\s*[=+\-@＝＋－＠]")
# Modules that write tables, each of which has a test of what it writes.
WRITERS = {
    "core/ui/export.py": "lists; this file",
    "core/ui/views/access.py": "the role matrix: our own words",
    "core/ui/management/commands/role_matrix.py": "the same",
}


def test_no_cell_starts_a_formula() -> None:
    for text in FORMULAS:
        for separator in ",;\t|":
            for cell in formula_safe(text).split(separator):
                assert not STARTS.match(cell), (text, separator)


@pytest.mark.parametrize("text", FORMULAS)
def test_text_comes_back_as_it_was(text: str) -> None:
    assert formula_plain(formula_safe(text)) == text
    assert formula_safe(formula_plain(formula_safe(text))) == formula_safe(text)


def test_negative_numbers_stay_numbers() -> None:
    assert [csv_value(value) for value in (Decimal("-5.50"), -3, Decimal(0), Decimal("-0.00"))] == [
        "-5.5",
        -3,
        "0",
        "0",
    ]


def hostile_list(world: World, text: str) -> Listing:
    Party.objects.filter(pk=world.records["parties"].pk).update(name=text)
    return Listing(registry.get("parties"), world.caller(), QueryDict("view=all"), verb="export")


def test_a_list_as_csv(world: World) -> None:
    for text in FORMULAS[:12]:
        file, _count = write(hostile_list(world, text), "csv")
        with file:
            content = file.read().decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(content)) for cell in row]
        assert [cell for cell in cells if STARTS.match(cell)] == [], text
        assert text in [formula_plain(cell) for cell in cells]


def test_a_list_as_workbook(world: World) -> None:
    for text in FORMULAS[:3]:
        file, _count = write(hostile_list(world, text), "xlsx")
        with file:
            content = file.read()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
        assert [sheet for sheet in sheets if "<f>" in sheet or "<f " in sheet] == []
        rows: list[list[Any]] = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert text in [cell for row in rows for cell in row]


def test_every_writer_of_tables_is_known() -> None:
    root, found = Path(settings.BASE_DIR), set()
    for folder in ("core", "crm", "erp", "integration", "reporting"):
        for path in (root / folder).rglob("*.py"):
            if re.search(r"\bcsv\.writer\(|xlsxwriter\.Workbook\(|DictWriter\(", path.read_text(encoding="utf-8")):
                found.add(str(path.relative_to(root)))
    unknown = {name for name in found - set(WRITERS) if "formula_safe" not in (root / name).read_text(encoding="utf-8")}
    assert unknown == set(), "write texts through core.ui.export.formula_safe, or say in WRITERS why they are harmless"
