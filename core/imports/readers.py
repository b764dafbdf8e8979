"""Reading what people send: CSV in whatever encoding and dialect, XLSX in a child process with limits.

A file may be large, broken or hostile. It is read row by row, every limit has a figure, and a refusal says which.
"""

import codecs
import csv
import json
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInputError
from core.imports.enums import Delimiter, Encoding

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_FIELD = 100_000
MAX_BYTES = 100 * 1024 * 1024
MAX_ENTRY = 50 * 1024 * 1024
MAX_RATIO = 100
CHILD_SECONDS = 30
SAMPLE = 65536
CHUNK = 65536
MARK = "\ufeff"
EXTRA = ""
"""Under this name stands what a row has beyond the header; no column can be called so."""
_HIGH_BYTES = bytes(range(0x80, 0x100))
SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
"""How pictures, PDF, archives (XLSX under another name, too) and workbooks of the nineties begin."""
_LONE_HIGH_BYTE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")


class UnreadableFileError(InvalidInputError):
    """The file cannot be read as a table."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class TableFormat:
    """How a CSV file is written; empty for a workbook, which says so itself."""

    encoding: str = ""
    delimiter: str = ""


def is_workbook(path: Path) -> bool:
    return path.suffix.lower() == ".xlsx"


def format_of(path: Path) -> TableFormat:
    """What a file looks like: its encoding from its first bytes, its delimiter from its header.

    :raises UnreadableFileError: it begins like a file of another kind.
    """
    if is_workbook(path):
        return TableFormat()
    with path.open("rb") as file:
        if file.read(8).startswith(SIGNATURES):
            raise UnreadableFileError(
                _("The file is neither CSV nor XLSX."),
                field="file",
                hint=_("Save the table as CSV or XLSX, with the ending of its kind in its name."),
            )
    encoding = _encoding_of(path)
    with path.open(encoding=encoding, errors="ignore", newline="") as text:
        return TableFormat(encoding, _delimiter_of(text.read(SAMPLE).removeprefix(MARK).replace("\x00", "")))


def read_table(path: Path, written: TableFormat | None = None) -> Iterator[dict[str, str]]:
    """The rows of `numbered_rows` without their numbers."""
    return (row for _number, row in numbered_rows(path, written))


def numbered_rows(path: Path, written: TableFormat | None = None) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV or XLSX file by column name, every value as text, with the row's number as a spreadsheet shows it.
    The first row names the columns. Values beyond the header stand under `EXTRA`.

    :param written: how the file is written; found out when left out.
    :raises UnreadableFileError: too large, no header, a column twice, not a table.
    """
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableFileError(_("The file is larger than %s MB.") % (MAX_BYTES // 1024 // 1024), field="file")
    rows = _xlsx_rows(path) if is_workbook(path) else _csv_rows(path, written or format_of(path))
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
            yield number, _by_column(header, row)


def _by_column(header: list[str], row: list[str]) -> dict[str, str]:
    found = dict(zip(header, [*row, *[""] * (len(header) - len(row))], strict=False))
    beyond = [value for value in row[len(header) :] if value.strip()]
    return {**found, EXTRA: " | ".join(beyond[:5])[:200]} if beyond else found


def _check_header(header: list[str]) -> None:
    if not header or not all(header):
        raise UnreadableFileError(
            _("The first row must name every column."), field="file", hint=_("Add a header row and try again.")
        )
    if len(header) > MAX_COLUMNS:
        raise UnreadableFileError(_("The file has more than %s columns.") % MAX_COLUMNS, field="file")
    if twice := {name for name in header if header.count(name) > 1}:
        raise UnreadableFileError(_("The column %s stands there twice.") % min(twice), field="file")


def _csv_rows(path: Path, written: TableFormat) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_FIELD)
    encoding = written.encoding or Encoding.UTF8
    with path.open(encoding=encoding, newline="") as text:
        reader = csv.reader(_lines(text), delimiter=written.delimiter or ",", strict=True)
        try:
            yield from reader
        except UnicodeError as error:  # of UTF-16 without its mark, too
            raise UnreadableFileError(
                _("The file's characters cannot be read as %(encoding)s.") % {"encoding": Encoding(encoding).label},
                field="file",
                hint=_("Choose another encoding, or save it in UTF-8."),
            ) from error
        except csv.Error as error:
            raise UnreadableFileError(
                _("The file is not a table of values: line %(line)s, %(error)s.")
                % {"line": reader.line_num, "error": error},
                field="file",
                hint=_("Look for a quotation mark that is not closed, or save it anew as CSV in UTF-8."),
            ) from error


def _lines(text: Iterable[str]) -> Iterator[str]:
    """The lines without what is no character: the mark at the beginning, and empty bytes."""
    for number, line in enumerate(text):
        yield (line if number else line.removeprefix(MARK)).replace("\x00", "")


def _delimiter_of(text: str) -> str:
    """What parts the header, outside of quotation marks; a comma when nothing does."""
    line = re.sub(r'"[^"]*"', "", next(iter(text[:SAMPLE].splitlines()), ""))
    return max(Delimiter.values, key=line.count)


def _encoding_of(path: Path) -> str:
    """UTF-16 by its mark or its empty bytes, UTF-8 where it is valid; else the older encodings are told apart by this:
    Chinese bytes come in pairs, accented letters alone."""
    decoder = codecs.getincrementaldecoder(Encoding.UTF8)()
    is_utf8, high, lone = True, 0, 0
    with path.open("rb") as file:
        head = file.read(SAMPLE)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return Encoding.UTF16
        if len(head) > 3 and head.count(0) * 3 > len(head):
            return Encoding.UTF16LE if head[1::2].count(0) > head[::2].count(0) else Encoding.UTF16BE
        file.seek(0)
        while chunk := file.read(CHUNK):
            # A pair that lies across two chunks is counted as two; there are few of those.
            high += len(chunk) - len(chunk.translate(None, _HIGH_BYTES))
            lone += len(_LONE_HIGH_BYTE.findall(chunk))
            is_utf8 = is_utf8 and _decodes(decoder, chunk)
    if is_utf8 and _decodes(decoder, b"", final=True):
        return Encoding.UTF8
    return Encoding.CP1252 if lone * 2 > high else Encoding.GB18030


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _xlsx_rows(path: Path) -> Iterator[list[str]]:
    _check_archive(path)
    limits = (MAX_ROWS + 1, MAX_COLUMNS, MAX_BYTES)
    command = [sys.executable, "-m", "core.imports.xlsx_child", str(path), *map(str, limits)]
    folder = Path(__file__).resolve().parents[2]
    # On disk and not in memory: a workbook may name one long text in every cell, and says little until it is written.
    with tempfile.TemporaryFile() as said:
        try:
            child = subprocess.run(
                command,
                stdout=said,
                stderr=subprocess.DEVNULL,
                timeout=CHILD_SECONDS + 5,
                check=False,
                env={"PYTHONPATH": str(folder), "PATH": ""},
            )
        except subprocess.TimeoutExpired:
            child = None
        if child is None or child.returncode != 0:
            raise UnreadableFileError(
                _("The workbook cannot be read within its limits."), field="file", hint=_("Save the sheet as CSV.")
            )
        said.seek(0)
        for line in said:
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
    # zipfile raises NotImplementedError for a way of compressing that it does not know, RuntimeError for a password.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise UnreadableFileError(_("The file is not a workbook."), field="file") from error
