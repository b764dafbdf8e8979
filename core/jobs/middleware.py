"""A number for every request, in the log, in the answer and on error pages."""

import logging
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from core.jobs.logs import without_keys

log = logging.getLogger("onebook.request")
QUIET = ("/static/", "/healthz", "/readyz")


class RequestLogMiddleware:
    """Gives the request an id and logs one line when it has been answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.id)  # type: ignore[attr-defined]
        started = time.perf_counter()
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        if not request.path.startswith(QUIET):
            self._log(request, response, started)
        return response

    @staticmethod
    def _log(request: HttpRequest, response: HttpResponse, started: float) -> None:
        user = getattr(request, "_cached_user", None)
        company = getattr(request, "company", None)
        log.info(
            "%s %s",
            request.method,
            without_keys(request.path),
            extra={
                "status_code": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000, 1),
                "user": getattr(user, "pk", None),
                "company": getattr(company, "pk", None),
            },
        )
