"""What every template must keep: nothing that the content policy refuses, table heads that say what they head, and no
word that a translator cannot reach."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "templates", *sorted(ROOT.glob("core/*/templates")), *sorted(ROOT.glob("[cei]*/*/templates"))]
# Paper carries its own sheet, and mail has no policy: neither is a page.
NOT_PAGES = ("pdf", "mail")

COMMENT = re.compile(r"{%\s*comment\b.*?%}.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->", re.DOTALL)
TRANSLATED = re.compile(r"{%\s*blocktrans(?:late)?\b.*?%}.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
CLASS_BLOCK = re.compile(r"{%\s*block\s+(?:main_class|layout|mark)\s*%}.*?{%\s*endblock", re.DOTALL)
# A sentence as a plain default or argument inside a tag never reaches the translator; `_("…")` does.
PLAIN_WORDS = re.compile(r"(?<!_\()\"[A-Z][a-z]+(?: [a-z]+)*\"")
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{2,}")
# Names and keys that are the same in every language, and units of a format.
SAME_EVERYWHERE = {"Onebook", "Ctrl", "Esc", "PDF", "XLSX", "CSV"}

FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an htmx handler": re.compile(r"\b(?:data-)?hx-on", re.IGNORECASE),
    "an htmx expression": re.compile(
        r"hx-(?:vals|headers|vars)\s*=\s*[\"'](?:js|javascript):|hx-trigger\s*=\s*[\"'][^\"']*\[", re.IGNORECASE
    ),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script with code": re.compile(r"<script\b(?![^>]*\b(?:src=|type=\"application/json\"))", re.IGNORECASE),
    "another host": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}
SPOKEN = ("title", "aria-label", "placeholder", "alt", "label")


def templates() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted(folder.rglob("*.html"))


def pages() -> list[Path]:
    return [path for path in templates() if not set(path.parts) & set(NOT_PAGES)]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def source_of(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


class Words(HTMLParser):
    """Collects the words that people read: text, and the attributes that are read out."""

    SILENT = ("script", "style", "kbd", "code", "title")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        for name, value in attrs:
            if name in SPOKEN and value:
                self.keep(value)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not set(self.open) & set(self.SILENT):
            self.keep(data)

    def keep(self, text: str) -> None:
        self.found += [word for word in WORD.findall(text) if word not in SAME_EVERYWHERE]


def test_templates_exist() -> None:
    assert len(pages()) > 30


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_page_keeps_the_content_policy(path: Path) -> None:
    source = source_of(path)
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(source)] == []


@pytest.mark.parametrize("path", list(templates()), ids=name_of)
def test_table_heads_have_a_scope(path: Path) -> None:
    heads = re.findall(r"<th\b[^>]*>", TAG.sub("", source_of(path)))
    assert [head for head in heads if "scope=" not in head] == []


@pytest.mark.parametrize("path", list(templates()), ids=name_of)
def test_every_word_can_be_translated(path: Path) -> None:
    words = Words()
    source = TRANSLATED.sub("", source_of(path))
    words.feed(TAG.sub("", CLASS_BLOCK.sub("", source)))
    assert words.found == []
    outputs = re.findall(r"{{.*?}}|{%\s*(?:include|with)\b.*?%}", source, re.DOTALL)
    assert [
        text for output in outputs for text in PLAIN_WORDS.findall(output) if text.strip('"') not in SAME_EVERYWHERE
    ] == []


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_pictures_and_buttons_have_a_name(path: Path) -> None:
    source = source_of(path)
    assert [tag for tag in re.findall(r"<img\b[^>]*>", source) if "alt=" not in tag] == []
    icon_buttons = re.findall(
        r"<(?:button|a)\b[^>]*class=\"[^\"]*icon-btn[^\"]*\"[^>]*>.*?</(?:button|a)>", source, re.DOTALL
    )
    assert [tag for tag in icon_buttons if "aria-label=" not in tag and "visually-hidden" not in tag] == []


def test_every_icon_in_use_is_in_the_sprite() -> None:
    listed = {
        line.split("#")[0].strip() for line in (ROOT / "static" / "icons.txt").read_text(encoding="utf-8").splitlines()
    }
    named = re.compile(
        r"""(?:{% icon |\bicon\()"([a-z0-9-]+)"|icon(?:\|default:|=)"([a-z0-9-]+)"|iconElement\("([a-z0-9-]+)\""""
    )
    sources = [*templates(), *ROOT.glob("static/js/*.js"), *ROOT.glob("core/**/*.py"), *ROOT.glob("[cei]*/*/*.py")]
    sources += [*ROOT.glob("reporting/**/*.py"), *ROOT.glob("integration/**/*.py")]
    used = {
        name for path in sources for found in named.findall(path.read_text(encoding="utf-8")) for name in found if name
    }
    assert used - listed == set()
