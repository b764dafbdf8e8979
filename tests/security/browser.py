"""A client that asks thousands of times: like Django's, with one handler for all and without a copy of every rendered
context."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.client import ClientHandler


@lru_cache(maxsize=2)
def _handler(checks_csrf: bool) -> ClientHandler:
    return ClientHandler(enforce_csrf_checks=checks_csrf)


class Browser(RequestFactory):
    """Keeps cookies from answer to answer. With `checks_csrf` it gets no pass that a real browser would not get."""

    def __init__(self, signed_in: Client | None = None, *, checks_csrf: bool = False) -> None:
        super().__init__()
        self.handler = _handler(checks_csrf)
        if signed_in is not None:
            self.cookies = signed_in.cookies.copy()

    def request(self, **request: Any) -> HttpResponse:
        answer: HttpResponse = self.handler(self._base_environ(**request))
        if answer.cookies:
            self.cookies.update(answer.cookies)
        return answer

    def generic_request(self, method: str, url: str, headers: dict[str, str]) -> WSGIRequest:
        """The request alone, for a view that is called by itself."""
        environ = self._base_environ(
            PATH_INFO=url.partition("?")[0],
            QUERY_STRING=url.partition("?")[2],
            REQUEST_METHOD=method.upper(),
            CONTENT_TYPE="application/json",
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        )
        request = WSGIRequest(environ)
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return request

    def ask(self, method: str, url: str, data: Any = None, **headers: str) -> HttpResponse:
        """Any method; the API gets its data as JSON."""
        if url.startswith("/api/") and method != "get":
            body = json.dumps(data or {})
            return self.generic(method.upper(), url, body, "application/json", headers=headers)  # type: ignore[return-value]
        return getattr(self, method)(url, data, headers=headers)  # type: ignore[no-any-return]
