"""Twelve texts that would become markup if any page forgot to escape, and a reader that notices when one did.

Each carries the mark `zq`: as an element, as an attribute, or inside an address. A page is clean when the parser finds
the mark in text and values only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.db import models

MARK = "zq"
PAYLOADS = (
    "<script zq>zq()</script>",
    "<img zq src=x onerror=zq()>",
    "<svg/zq/onload=zq()>",
    "\"zq='1'onfocus=zq() autofocus x=\"",
    "'zq=\"1\"onfocus=zq() autofocus x='",
    '"><b zq>',
    "'><b zq>",
    "</textarea></title><b zq>",
    "--></style></script><b zq>",
    "javascript:zq()",
    "&lt;b zq&gt;{{7191*3}}{%zq%}",
    "\\u003cb zq\\u003e`${zq}`",
)
SOLVED = "21573"  # what a template engine would make of the sum above
ADDRESSES = (
    "href",
    "src",
    "action",
    "formaction",
    "data-href",
    "hx-get",
    "hx-post",
    "data-lookup",
    "xlink:href",
    "srcdoc",
)


def fitting(length: int | None, start: int = 0) -> list[str]:
    """The payloads packed into as few texts of at most `length` characters as it takes, beginning with the one at
    `start`. What no text of that length can hold is left out."""
    turned = [*PAYLOADS[start % 12 :], *PAYLOADS[: start % 12]]
    if length is None:
        return ["".join(turned)]
    texts: list[str] = []
    for payload in turned:
        if len(payload) > length:
            continue
        if texts and len(texts[-1]) + len(payload) <= length:
            texts[-1] += payload
        else:
            texts.append(payload)
    return texts


def is_text(model_field: models.Field[Any, Any]) -> bool:
    """A column that holds what a person or another program wrote."""
    written = isinstance(model_field, models.CharField | models.TextField) and not model_field.choices
    return written and not model_field.primary_key and not model_field.is_relation


@dataclass
class Findings:
    """:ivar markup: elements and attributes with the mark, handlers, styles, addresses that run.
    :ivar texts: how often the mark stood in text or in a value, where it may.
    """

    markup: list[str] = field(default_factory=list)
    texts: int = 0


class _Reader(HTMLParser):
    def __init__(self, refused: tuple[str, ...]) -> None:
        super().__init__(convert_charrefs=True)
        self.refused = refused
        self.found = Findings()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        wrong = [name for name in names if MARK in name or name.startswith("on") or name in self.refused]
        if MARK in tag or wrong:
            self.found.markup.append(f"<{tag} {' '.join(wrong)}>")
        if tag == "script" and not ("src" in names or ("type", "application/json") in attrs):
            self.found.markup.append("<script>")
        for name, value in attrs:
            text = (value or "").strip().lower()
            # The one data address of ours is the icon in the head.
            if name in ADDRESSES and tag != "link" and text.startswith(("javascript:", "data:", "vbscript:")):
                self.found.markup.append(f"{name}={text[:60]}")
            self.found.texts += text.count(MARK)

    def handle_data(self, data: str) -> None:
        self.found.texts += data.count(MARK)
        if SOLVED in data:
            self.found.markup.append("a template inside the text was run")

    def handle_comment(self, data: str) -> None:
        if MARK in data:
            self.found.markup.append(f"a comment: {data[:60]}")


def read(html: str, *, refused: tuple[str, ...] = ("style", "srcdoc")) -> Findings:
    """What stands in the HTML. Mail may have styles, because nothing runs in it and it has no sheet."""
    reader = _Reader(refused)
    reader.feed(html)
    reader.close()
    return reader.found


def with_payloads(value: Any, texts: Iterable[str]) -> Any:
    """The same structure with hostile text in place of every text."""
    text = "".join(texts)
    if isinstance(value, dict):
        return {key: with_payloads(item, texts) for key, item in value.items()}
    if isinstance(value, list):
        return [with_payloads(item, texts) for item in value]
    return text if isinstance(value, str) else value
