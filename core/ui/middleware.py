"""Headers of every answer: a content security policy without exceptions, and pages that no shared cache keeps."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.ui.views.errors import bad_request

GetResponse = Callable[[HttpRequest], HttpResponse]


# A file that somebody uploaded or exported: should a browser show it after all, then without scripts and origin.
DOWNLOAD_POLICY = "default-src 'none'; sandbox"


class ContentSecurityPolicyMiddleware:
    """Sends `settings.SECURE_CSP`, the setting that Django 6 reads itself. A download gets a policy of its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {' '.join(sources)}" for name, sources in settings.SECURE_CSP.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        is_download = headers.get("Content-Disposition", "").startswith("attachment")
        headers.setdefault("Content-Security-Policy", DOWNLOAD_POLICY if is_download else self.policy)
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            # "no-cache" and not "no-store": the browser may go back to a page at once, but never shows it unasked.
            headers.setdefault("Cache-Control", "private, no-cache")
        return response


class UnstorableTextMiddleware:
    """Text with a NUL character, which PostgreSQL cannot hold, is the sender's mistake: 400, and nothing is kept.

    Forms refuse it by themselves; this answers for every parameter that is read without one. An answer of 400 takes
    back what the request did (see CompanyMiddleware)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ValueError | DataError) or "NUL (0x00)" not in str(exception):
            return None
        return bad_request(
            request, _("The request holds a character that no text has."), _("Take it out and send the request again.")
        )
