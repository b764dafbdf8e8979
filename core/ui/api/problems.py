"""Errors of the API: problem+json with a code, the field and what to do (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from core.errors import DomainError

CONTENT_TYPE = "application/problem+json"


def body(
    status: int, *, code: str, title: str, hint: str = "", field: str | None = None, **more: Any
) -> dict[str, Any]:
    """The members of a problem; empty ones are left out."""
    members = {
        "type": "about:blank",
        "title": title,
        "status": int(status),
        "code": code,
        "detail": f"{title} {hint}".strip(),
        "field": field,
        "hint": hint,
        **more,
    }
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}


def problem(status: int, *, code: str, title: str, **more: Any) -> HttpResponse:
    """A problem outside the API framework, for the error handlers."""
    return JsonResponse(body(status, code=code, title=title, **more), status=status, content_type=CONTENT_TYPE)


class InputProblem(exceptions.APIException):
    """The input has errors; `errors` names each with its field."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, errors: list[dict[str, Any]], code: str = "invalid") -> None:
        super().__init__(_("The input is not valid."), code)
        self.errors = errors
        self.code = code


class BadRequest(exceptions.APIException):
    """The request itself makes no sense: an unknown parameter, a malformed key."""

    status_code = HTTPStatus.BAD_REQUEST

    def __init__(self, message: str, *, code: str, field: str | None = None, hint: str = "") -> None:
        super().__init__(message, code)
        self.message, self.code, self.field, self.hint = message, code, field, hint


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every exception of an API view as a problem; None lets a bug reach the log and the 500 handler."""
    answer = _answer(error)
    if answer is None:
        return None
    response = Response(answer, status=answer["status"], content_type=CONTENT_TYPE)
    wait = getattr(error, "wait", None)
    if wait:
        response["Retry-After"] = str(int(wait))
    challenge = getattr(error, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    return response


def _answer(error: Exception) -> dict[str, Any] | None:
    return next((answer(error) for kind, answer in ANSWERS if isinstance(error, kind)), None)


def _refusal(error: DomainError) -> dict[str, Any]:
    params = {name: _plain(value) for name, value in error.params.items()}
    return body(
        error.status, code=error.code, title=str(error.message), hint=str(error.hint), field=error.field, params=params
    )


def _input(error: InputProblem) -> dict[str, Any]:
    first = error.errors[0] if error.errors else {}
    hint = _("Correct the fields named in errors and send the request again.")
    return body(422, code=error.code, title=str(error.detail), field=first.get("field"), errors=error.errors, hint=hint)


def _missing(error: Http404) -> dict[str, Any]:
    title = _("There is no such record, or it is not yours to see.")
    return body(404, code="not_found", title=title, hint=_("Check the id, and the company you ask for."))


def _forbidden(error: PermissionDenied) -> dict[str, Any]:
    title = str(error) or _("Your role does not include this.")
    return body(403, code="not_allowed", title=title, hint=_("Ask an administrator for the role or for a wider token."))


def _bad_request(error: BadRequest) -> dict[str, Any]:
    return body(400, code=error.code, title=error.message, field=error.field, hint=error.hint)


def _framework_answer(error: exceptions.APIException) -> dict[str, Any]:
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else error.default_code
    hints = {
        "not_authenticated": _("Send the header Authorization: Bearer with a token; manage.py api_token prints one."),
        "throttled": _("Wait as long as Retry-After says, then go on more slowly."),
        "parse_error": _("Send a JSON object in UTF-8."),
    }
    return body(error.status_code, code=str(code), title=str(error.detail), hint=hints.get(str(code), ""))


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | bool | type(None) | str) else str(value)


# The first kind that fits answers; the framework's own base class comes last.
ANSWERS: tuple[tuple[type[Exception], Callable[[Any], dict[str, Any]]], ...] = (
    (DomainError, _refusal),
    (InputProblem, _input),
    (BadRequest, _bad_request),
    (Http404, _missing),
    (PermissionDenied, _forbidden),
    (exceptions.APIException, _framework_answer),
)
