"""Reading what people send: CSV in whatever encoding and dialect, XLSX in a child process with limits.

A file may be large, broken or hostile. It is read row by row, every limit has a figure, and a refusal says which.
"""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInputError

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_FIELD = 100_000
MAX_BYTES = 100 * 1024 * 1024
MAX_ENTRY = 50 * 1024 * 1024
MAX_RATIO = 100
CHILD_SECONDS = 30
ENCODINGS = ("utf-8-sig", "gb18030", "cp1252")


class UnreadableFileError(InvalidInputError):
    """The file cannot be read as a table."""

    code = "unreadable_file"


def read_table(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV or XLSX file by column name, every value as text. The first row names the columns.

    :raises UnreadableFileError: too large, no header, a column twice, not a table.
    """
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableFileError(_("The file is larger than %s MB.") % (MAX_BYTES // 1024 // 1024), field="file")
    rows = _xlsx_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    header = [name.strip() for name in next(rows, [])]
    while header and not header[-1]:
        header.pop()
    _check_header(header)
    for number, row in enumerate(rows, 2):
        if number > MAX_ROWS + 1:
            raise UnreadableFileError(
                _("The file has more than %s rows.") % MAX_ROWS, field="file", hint=_("Split it.")
            )
        if any(value.strip() for value in row):
            yield dict(zip(header, [*row, *[""] * (len(header) - len(row))], strict=False))


def _check_header(header: list[str]) -> None:
    if not header or not all(header):
        raise UnreadableFileError(
            _("The first row must name every column."), field="file", hint=_("Add a header row and try again.")
        )
    if len(header) > MAX_COLUMNS:
        raise UnreadableFileError(_("The file has more than %s columns.") % MAX_COLUMNS, field="file")
    if twice := {name for name in header if header.count(name) > 1}:
        raise UnreadableFileError(_("The column %s stands there twice.") % min(twice), field="file")


def _csv_rows(path: Path) -> Iterator[list[str]]:
    text = _decoded(path)
    sample = text[:65536]
    try:
        dialect: type[csv.Dialect] | str = csv.Sniffer().sniff(sample.splitlines()[0] if sample else "", ",;\t|")
    except (csv.Error, IndexError):
        dialect = "excel"
    csv.field_size_limit(MAX_FIELD)
    try:
        delimiter = dialect.delimiter if not isinstance(dialect, str) else ","
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise UnreadableFileError(
            _("The file is not a table of values: %s.") % error, field="file", hint=_("Save it as CSV in UTF-8.")
        ) from error


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16").replace("\x00", "")
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError(_("The file's characters cannot be read."), field="file", hint=_("Save it in UTF-8."))


def _xlsx_rows(path: Path) -> Iterator[list[str]]:
    _check_archive(path)
    child = subprocess.run(
        [sys.executable, "-m", "core.imports.xlsx_child", str(path), str(MAX_ROWS + 1), str(MAX_COLUMNS)],
        capture_output=True,
        timeout=CHILD_SECONDS + 5,
        check=False,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PATH": ""},
    )
    if child.returncode != 0:
        raise UnreadableFileError(
            _("The workbook cannot be read within its limits."), field="file", hint=_("Save the sheet as CSV.")
        )
    for line in child.stdout.decode().splitlines():
        yield json.loads(line)


def _check_archive(path: Path) -> None:
    """Inflate every entry and count, before anything parses it: the sizes an archive states may be lies."""
    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                size = 0
                with archive.open(entry) as stream:
                    while chunk := stream.read(1 << 16):
                        size += len(chunk)
                        is_bomb = size > MAX_RATIO * max(entry.compress_size, 1024)
                        if is_bomb or size > MAX_ENTRY or total + size > MAX_BYTES:
                            raise UnreadableFileError(_("The workbook unpacks to more than is allowed."), field="file")
                total += size
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise UnreadableFileError(_("The file is not a workbook."), field="file") from error
