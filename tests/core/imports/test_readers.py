"""Tables as people send them: odd encodings are read, hostile and broken ones refused with a reason."""

import tracemalloc
import zipfile

import pytest
import xlsxwriter

from core.imports import readers
from core.imports.inspection import inspect
from core.imports.readers import TableFormat, UnreadableFileError, read_table


def table(tmp_path, content, name="table.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_table(path))


@pytest.mark.parametrize(
    "content",
    [
        "Name,Stadt\nMüller,Köln\n".encode(),
        "\ufeffName,Stadt\nMüller,Köln\n".encode(),
        "Name,Stadt\nMüller,Köln\n".encode("utf-16"),
        "Name,Stadt\r\nMüller,Köln\r\n".encode(),
        "Name;Stadt\nMüller;Köln\n".encode(),
        "Name\tStadt\nMüller\tKöln\n".encode(),
        'Name,Stadt\n"Müller","Köln"\n'.encode(),
        "Name,Stadt\nMü\x00ller,Köln\n".encode(),
        " Name ,Stadt,,\nMüller,Köln,,\n\n,\n".encode(),
    ],
)
def test_the_same_table_however_it_is_written(tmp_path, content):
    assert table(tmp_path, content) == [{"Name": "Müller", "Stadt": "Köln"}]


def test_chinese_files_from_older_programs_are_read(tmp_path):
    assert table(tmp_path, "名称,城市\n发票,上海\n".encode("gb18030")) == [{"名称": "发票", "城市": "上海"}]


def test_a_short_row_has_empty_values_and_a_quoted_comma_is_text(tmp_path):
    assert table(tmp_path, 'a,b,c\n"x, y",2\n') == [{"a": "x, y", "b": "2", "c": ""}]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "must name every column"),
        (b"a,,c\n1,2,3\n", "must name every column"),
        (b"a,b,a\n1,2,3\n", "stands there twice"),
        (",".join(f"c{n}" for n in range(300)).encode(), "more than 200 columns"),
        (b"a,b\n" + b"x" * 200_000 + b",1\n", "not a table"),
    ],
)
def test_broken_tables_are_refused_with_the_reason(tmp_path, content, reason):
    with pytest.raises(UnreadableFileError, match=reason):
        table(tmp_path, content)


def test_too_many_rows_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "MAX_ROWS", 3)
    assert len(table(tmp_path, "a\n1\n2\n3\n")) == 3
    with pytest.raises(UnreadableFileError, match="more than 3 rows"):
        table(tmp_path, "a\n1\n2\n3\n4\n")


def test_a_workbook_is_read_as_text(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["SKU", "Price", "Day"])
        sheet.write_row(1, 0, ["A-1", 12.5])
        sheet.write_row(2, 0, ["A-2", 7])
    assert [(row["SKU"], row["Price"]) for row in read_table(path)] == [("A-1", "12.5"), ("A-2", "7")]


def test_a_zip_bomb_is_refused_before_it_is_parsed(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 15_000_000)
    assert path.stat().st_size < 100_000
    with pytest.raises(UnreadableFileError, match="unpacks to more"):
        list(read_table(path))


def test_what_is_no_workbook_is_refused(tmp_path):
    with pytest.raises(UnreadableFileError, match="not a workbook"):
        table(tmp_path, b"<html>", "book.xlsx")


@pytest.mark.parametrize(
    "start", [b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_a_file_of_another_kind_is_no_table(tmp_path, start):
    with pytest.raises(UnreadableFileError, match="neither CSV nor XLSX"):
        table(tmp_path, start + b"a,b\n1,2\n")


def test_one_long_text_in_every_cell_fills_no_memory(tmp_path, monkeypatch):
    """The text stands once in the archive and once a cell in what is read from it."""
    monkeypatch.setattr(readers, "MAX_BYTES", 1_000_000)
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["A", "B"])
        for row in range(1, 20):
            sheet.write_row(row, 0, ["\u0101" * 30_000] * 2)
    assert path.stat().st_size < 20_000
    with pytest.raises(UnreadableFileError, match="within its limits"):
        list(read_table(path))


def test_a_large_file_is_read_in_pieces(tmp_path):
    path = tmp_path / "large.csv"
    note = "附" * 40
    with path.open("w", encoding="gb18030") as file:
        file.write("名称,数量,日期,备注\n")
        file.writelines(f"发票{n:06},{n}.50,{n % 28 + 1:02}/01/2026,{note}\n" for n in range(15_000))
    tracemalloc.start()
    try:
        found = inspect(path)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (found.rows, found.written) == (15_000, TableFormat("gb18030", ","))
    assert [(column.name, column.marks, column.orders) for column in found.columns] == [
        ("名称", set(), set()),
        ("数量", {"."}, set()),
        ("日期", set(), {"dmy"}),
        ("备注", set(), set()),
    ]
    assert found.columns[0].samples == ["发票000000", "发票000001", "发票000002"]
    assert peak < path.stat().st_size, "the file is held in memory"
