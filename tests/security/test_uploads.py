"""Files that people send: refused when they could run or burst, kept as they are otherwise, and never opened by us or
by a browser as a page (QUALITY 37)."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse

from core.documents.attachments import FileRefusedError, sniff_type
from core.documents.models import Attachment
from core.imports.readers import UnreadableFileError, read_table
from core.ui.middleware import DOWNLOAD_POLICY
from tests.answers import content_of
from tests.security.world import World

PDF = b"%PDF-1.7\n" + b"x" * 100
REFUSED = {
    "page.html": b"<!doctype html><script>zq()</script>",
    "page.txt": b"  \n<html><script>zq()</script>",
    "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="zq()"/>',
    "picture.svg.txt": b"<?xml version='1.0'?><svg/>",
    "picture.png": b"<svg onload=zq()>",
    "entities.xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "laughs.xml": b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
    "program.exe": b"MZ\x90\x00",
    "program.pdf": b"MZ\x90\x00%PDF-",
    "script.sh": b"#!/bin/sh\n",
    "macro.docm": b"PK\x03\x04",
    "archive.zip": b"PK\x03\x04",
    "app.jar": b"PK\x03\x04",
    "polyglot.gif": b"GIF89a/*<svg/onload=zq()>*/",
    "binary.txt": b"text\x00more",
    "nothing.pdf": b"",
    "no_ending": b"hello",
}
NAMES = ("../../../../etc/cron.d/x.pdf", "..\\..\\windows\\x.pdf", "/etc/passwd.pdf", "C:\\x.pdf", "a/../../b.pdf",
         "%2e%2e%2fx.pdf", "x\r\nSet-Cookie: a=b.pdf", 'x"; filename="y.html.pdf', "\u202efdp.exe.pdf",
         "." * 300 + ".pdf",
         "con.pdf", "-rf.pdf", "発票.pdf")  # fmt: skip
MEBIBYTE = 1024 * 1024
ONE_REQUEST = 150 * MEBIBYTE
ONE_WORKBOOK = (
    40 * MEBIBYTE
)  # less than what any of the bombs unpacks to; the child that reads it has a limit of its own


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with override_settings(MEDIA_ROOT=str(tmp_path)):
        yield tmp_path


def highest() -> int:
    """The most memory that this process had since `forget_highest`, in bytes: all of it, not only Python's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1])


def forget_highest() -> None:
    """Linux takes what the process has now for the most it had: an earlier mark would hide whatever stays below it."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


@contextmanager
def taking_at_most(more: int) -> Iterator[None]:
    forget_highest()
    before = highest()
    yield
    assert highest() - before < more


@pytest.fixture
def bounded() -> Iterator[None]:
    """Without taking memory worth mentioning."""
    with taking_at_most(ONE_REQUEST):
        yield


def test_memory_that_was_given_back_is_seen() -> None:
    bomb = zlib.compress(b"\x00" * (2 * ONE_REQUEST), 1)  # a higher mark than what is unpacked from it below
    with pytest.raises(AssertionError), taking_at_most(ONE_REQUEST):
        zlib.decompress(bomb, bufsize=2 * ONE_REQUEST)
    with taking_at_most(ONE_REQUEST):
        zlib.decompress(zlib.compress(b"\x00" * MEBIBYTE))


def png_bomb() -> bytes:
    """A valid PNG of a few kilobytes that says it is 30,000 × 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def workbook(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def bombs() -> dict[str, bytes]:
    zeros = b"\x00" * (60 * MEBIBYTE)
    nested = workbook(inner=workbook(inner=zeros))
    entity = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]>'
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    sheet = b'<worksheet><sheetData><row><c t="inlineStr"><is><t>&%s;</t></is></c></row></sheetData></worksheet>'
    return {
        "bomb": workbook(xl__worksheets__sheet1=zeros),
        "nested": nested,
        "laughs": workbook(xl__worksheets__sheet1=entity + sheet % b"b"),
        "outside": workbook(xl__worksheets__sheet1=outside + sheet % b"a"),
        "lie": b"PK\x03\x04" + b"\xff" * 2000,
        "empty": b"",
    }


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_could_run_is_refused(world: World, folder: Path, bounded: None, name: str) -> None:
    url = reverse("ui:deals-files", args=(world.records["deals"].pk,))
    before = Attachment.objects.count()
    answer = world.browser(world.everyone).post(url, {"file": SimpleUploadedFile(name, REFUSED[name])})
    assert answer.status_code == 422
    assert Attachment.objects.count() == before
    assert list(folder.rglob("*.*")) == []


def test_too_much_is_refused(world: World, folder: Path) -> None:
    url = reverse("ui:deals-files", args=(world.records["deals"].pk,))
    large = SimpleUploadedFile("large.pdf", PDF + b"x" * settings.ATTACHMENT_MAX_BYTES)
    assert world.browser(world.everyone).post(url, {"file": large}).status_code == 422
    many = [SimpleUploadedFile(f"{number}.pdf", PDF) for number in range(21)]
    assert world.browser(world.everyone).post(url, {"file": many}).status_code == 422
    assert list(folder.rglob("*.pdf")) == []


def kept(world: World, name: str, content: bytes) -> Attachment:
    url = reverse("ui:deals-files", args=(world.records["deals"].pk,))
    answer = world.browser(world.everyone).post(url, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content
    return Attachment.objects.latest("pk")


def test_a_picture_that_would_fill_the_memory_is_never_unpacked(world: World, folder: Path, bounded: None) -> None:
    bomb = png_bomb()
    assert len(bomb) < 20_000
    found = kept(world, "bomb.png", bomb)
    world.browser(world.everyone).get(reverse("ui:deals-detail", args=(world.records["deals"].pk,)))
    assert found.content_type == "image/png"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_leads_nowhere(world: World, folder: Path, name: str) -> None:
    found = kept(world, name, PDF)
    path = Path(found.file.path).resolve()
    assert path.is_relative_to(folder.resolve())
    assert path.read_bytes() == PDF
    assert "/" not in found.name
    assert "\\" not in found.name
    answer = world.browser(world.everyone).get(_address(world, found))
    assert content_of(answer) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert "\r" not in answer["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("polyglot.pdf", PDF + b"<script>zq()</script>", "application/pdf"),
        ("words.txt", b"hello <script>zq()</script>", "text/plain"),
        ("table.csv", b"a,b\n=1+1,<img src=x onerror=zq()>", "text/csv"),
        (
            "letter.docx",
            b"PK\x03\x04<script>",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_a_file_is_only_ever_saved(world: World, folder: Path, name: str, content: bytes, content_type: str) -> None:
    found = kept(world, name, content)
    for url, headers in (
        (_address(world, found), {}),
        (reverse("api:deals-attachment", args=(found.record_id, found.pk)), world.token(world.everyone)),
    ):
        answer: Any = world.browser(world.everyone).get(url, headers=headers)
        assert answer.status_code == 200, url
        assert content_of(answer) == content
        assert answer["Content-Type"].split(";")[0] == content_type
        assert answer["Content-Disposition"].startswith("attachment; filename")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == DOWNLOAD_POLICY
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def _address(world: World, attachment: Attachment) -> str:
    return reverse("ui:deals-file", args=(world.records["deals"].pk, attachment.pk))


def test_the_content_decides_and_not_the_name() -> None:
    assert sniff_type("x.txt", PDF) == "application/pdf"
    for name, content in REFUSED.items():
        if content:
            with pytest.raises(FileRefusedError):
                sniff_type(name, content)


@pytest.mark.parametrize("kind", ["bomb", "nested", "laughs", "outside", "lie", "empty"])
def test_a_hostile_workbook_ends_in_a_refusal(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(bombs()[kind])
    with taking_at_most(ONE_WORKBOOK), pytest.raises(UnreadableFileError) as refusal:
        list(read_table(path))
    assert "root:" not in str(refusal.value)


def test_files_on_the_disk_are_the_servers_alone(world: World, folder: Path) -> None:
    found = kept(world, "mine.pdf", PDF)
    assert Path(found.file.path).stat().st_mode & 0o777 == 0o600
    assert settings.MEDIA_URL in ("", "/")  # nothing below it is served by address
