"""Gives every recorded change its author and request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.audit.acts import acting

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


class HistoryMiddleware:
    """Stamps changes with the user, the company worked in, the page and the request id. What is known only later (the
    company of a token or of a public link) is added by a call of `pghistory.context` inside."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in UNSAFE:
            return self.get_response(request)
        with acting(
            user=request.user.pk if request.user.is_authenticated else None,
            company=getattr(getattr(request, "company", None), "pk", None),
            url=request.path,
            request_id=getattr(request, "id", ""),
        ):
            return self.get_response(request)
