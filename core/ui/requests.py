"""From a request to its Caller, and the small decisions every view shares."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from core.company.models import Company
from core.ui.resource import Caller


def caller_of(request: HttpRequest) -> Caller:
    """The caller of this request; made once, so the whole request shares one moment.

    :raises PermissionDenied: when the user belongs to no company.
    """
    known = getattr(request, "_caller", None)
    if known is None:
        company = company_of(request)
        if company is None:
            raise PermissionDenied(_("You do not belong to any company yet. Ask an administrator to add you to one."))
        known = Caller(user=cast(Any, request.user), company=company, now=timezone.now())
        request._caller = known  # type: ignore[attr-defined]
    return cast(Caller, known)


def company_of(request: HttpRequest) -> Company | None:
    return cast("Company | None", getattr(request, "company", None))


def is_htmx(request: HttpRequest) -> bool:
    """A request for a fragment. A boosted page change wants the whole page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def safe_url(request: HttpRequest, url: str | None, default: str) -> str:
    """`url` when it stays on this host, else `default`."""
    allowed = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if url and allowed else default


def redirect(request: HttpRequest, url: str | None, default: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(safe_url(request, url, default))
