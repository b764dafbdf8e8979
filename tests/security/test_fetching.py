"""Nothing that people write makes the server ask another one (QUALITY 36)."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from weasyprint import HTML

from core.documents.pdf import ClosedFetcher

TRICKS = (
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://0.0.0.0:8000/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:ffff:7f00:1]/",
    "http://localhost/",
    "http://localhost.localdomain/",
    "http://LOCALHOST:5432/",
    "http://127.0.0.1.nip.example/",
    "http://evil.example@127.0.0.1/",
    "http://127.0.0.1#@books.example/",
    "http://127.0.0.1:80\\@books.example/",
    "http://books.example%2f@127.0.0.1/",
    "https://127.0.0.1/",
    "HTTP://127.0.0.1/",
    "//127.0.0.1/x.png",
    "\\\\127.0.0.1\\share\\x.png",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:6379/info",
    "ldap://127.0.0.1/",
    "tftp://127.0.0.1/x",
    "sftp://127.0.0.1/x",
    "jar:http://127.0.0.1!/x",
    "netdoc:///etc/passwd",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "file:/etc/passwd",
    "FILE:///etc/passwd",
    "/etc/passwd",
    "../../../../etc/passwd",
    "blob:http://127.0.0.1/x",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
)
ASKING = re.compile(
    r"^\s*(?:import|from)\s+(requests|httpx|urllib3|aiohttp|urllib\.request|http\.client|socket|ftplib|smtplib)\b",
    re.MULTILINE,
)
# Modules that open connections themselves, and to whom.
CONNECTING = {
    "core/embedded/ports.py": "asks this machine which ports are free",
    "core/embedded/run.py": "asks our own health page",
    "crm/campaigns/sending.py": "names the errors of the mail server that the settings name",
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every attempt to find or reach somebody; none gets through."""
    attempts: list[Any] = []

    def refuse(*target: Any, **more: Any) -> Any:
        attempts.append(target)
        raise OSError("no connections here")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    return attempts


def test_there_are_forty_tricks() -> None:
    assert len(set(TRICKS)) >= 40


@pytest.mark.parametrize("url", TRICKS)
def test_the_paper_printer_fetches_nothing(url: str, asked: list[Any]) -> None:
    with pytest.raises(Exception, match=r".") as refusal:
        ClosedFetcher().fetch(url)
    assert asked == []
    assert "root:" not in str(refusal.value)


def test_a_paper_full_of_addresses_is_printed_without_asking(asked: list[Any]) -> None:
    """Through every door of HTML and CSS at once."""
    links = "".join(
        f'<img src="{url}"><object data="{url}"></object><embed src="{url}"><link rel="stylesheet" href="{url}">'
        f'<link rel="attachment" href="{url}"><svg><image href="{url}"/><use href="{url}"/></svg>'
        f"<p style=\"background: url('{url}'); list-style-image: url({url})\">x</p>"
        for url in TRICKS
    )
    sheet = "".join(f"@import url('{url}'); @font-face {{ font-family: x; src: url('{url}') }}" for url in TRICKS)
    html = f"<style>{sheet}</style><body>{links}</body>"
    content = HTML(string=html, url_fetcher=ClosedFetcher()).write_pdf()
    assert content.startswith(b"%PDF-")
    assert b"root:" not in content
    assert b"/EmbeddedFile" not in content
    assert asked == []


def test_a_redirect_cannot_lead_anywhere(asked: list[Any]) -> None:
    assert ClosedFetcher().fetch("data:text/plain,hello").read() == b"hello"
    assert asked == []


def test_no_other_module_opens_connections() -> None:
    root, found = Path(settings.BASE_DIR), set()
    for folder in ("core", "crm", "erp", "integration", "reporting", "config"):
        for path in sorted((root / folder).rglob("*.py")):
            if ASKING.search(path.read_text(encoding="utf-8")):
                found.add(str(path.relative_to(root)))
    assert found == set(CONNECTING), "say in CONNECTING to whom it connects, and test what people can make it ask"


def test_papers_are_made_in_one_place() -> None:
    root = Path(settings.BASE_DIR)
    users = {
        str(path.relative_to(root))
        for folder in ("core", "crm", "erp", "integration", "reporting")
        for path in (root / folder).rglob("*.py")
        if re.search(r"^\s*(?:import|from)\s+weasyprint", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert users == {"core/documents/pdf.py"}
