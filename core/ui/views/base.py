"""What every view of a Resource shares: who asks, what they may see, what they may do."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.views import View

from core.access import policies
from core.ui.logs import note_document
from core.ui.requests import caller_of
from core.ui.resource import Caller, Resource


class SignedInView(View):
    """A page for people who are signed in and belong to a company."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_login(request)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def caller(self) -> Caller:
        return caller_of(self.request)


class ResourceView(SignedInView):
    """Base of the generic views. `verb` is the policy verb on the model without which the page is forbidden."""

    resource: Resource = None  # type: ignore[assignment]  # given by as_view
    verb = "view"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.require(self.verb)
        return super().dispatch(request, *args, **kwargs)

    def require(self, verb: str, obj: Any = None) -> None:
        """:raises PermissionDenied: when the caller may not do `verb` on the record, or on any record of the model."""
        target = self.resource.model if obj is None else obj
        if not policies.may(self.caller.user, verb, target, self.caller.company_id):
            raise PermissionDenied(_("Your role does not include this."))

    def may(self, verb: str, obj: Any = None) -> bool:
        target = self.resource.model if obj is None else obj
        return policies.may(self.caller.user, verb, target, self.caller.company_id)

    def get_object(self, pk: int, *related: str) -> Any:
        """The record, within what the caller may see.

        :raises Http404: when it is out of sight; whether it exists is not said.
        """
        return find_object(self.resource, self.caller, pk, *related)


def find_object(resource: Resource, caller: Caller, pk: int, *related: str) -> Any:
    """The record `pk` of a resource in the caller's company and scope. :raises Http404: when there is none."""
    queryset = policies.scoped(caller.user, resource.queryset(), "view", caller.company_id)
    wanted = (*resource.select_related, *resource.detail_related, *related)
    found = (queryset.select_related(*wanted) if wanted else queryset).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such record, or it is not yours to see."))
    note_document(found)
    return found


def to_login(request: HttpRequest) -> HttpResponse:
    """The sign-in page, and back here afterwards. A fragment request moves the whole page there."""
    if request.headers.get("HX-Request") == "true":
        current = request.headers.get("HX-Current-URL", "")
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = redirect_to_login(_path_of(current)).url
        return answer
    return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))


def _path_of(address: str) -> str:
    """Path and query of an address that a browser sent; never another host."""
    tail = address.split("://", 1)[-1]
    return "/" + tail.split("/", 1)[1] if "/" in tail else "/"
