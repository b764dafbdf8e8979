"""The one module that makes PDFs. Nothing is fetched while a paper is made: no network, no files, only what the
template itself carries as data."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import HTML
from weasyprint.urls import URLFetcher


class ClosedFetcher(URLFetcher):
    """Refuses every address but `data:`."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols={"data"})


def render_pdf(template: str, data: dict[str, Any], *, language: str) -> bytes:
    """The PDF of a template under templates/pdf/, from plain data."""
    with translation.override(language):
        html = render_to_string(template, data)
    content: bytes = HTML(string=html, url_fetcher=ClosedFetcher()).write_pdf()
    return content
