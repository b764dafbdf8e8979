"""Error pages: what happened, what to do, and the id under which an administrator finds it in the log."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from core.access import policies
from core.company.models import Company
from core.ui.api.problems import problem

API_PREFIX = "/api/"


def _context(request: HttpRequest, status: int, title: str, text: str, hint: str) -> dict[str, Any]:
    request_id = getattr(request, "id", "")
    return {
        "code": status,
        "title": title,
        "text": text,
        "hint": hint,
        "request_id": request_id,
        "error_id": request_id,
    }


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: seen, but not allowed."""
    if request.path.startswith(API_PREFIX):
        return problem(HTTPStatus.FORBIDDEN, code="not_allowed", title=_("Your role does not include this."))
    text = str(exception or "") or _("Your role does not include this.")
    hint = _("Ask an administrator if you need it; they can see on the access page why it is not yours.")
    return render(request, "403.html", _context(request, 403, _("Not allowed"), text, hint), status=403)


def bad_request(request: HttpRequest, title: str, hint: str) -> HttpResponse:
    """400: nothing that anybody could have meant."""
    if request.path.startswith(API_PREFIX):
        return problem(HTTPStatus.BAD_REQUEST, code="invalid", title=title, hint=hint)
    return render(request, "404.html", _context(request, 400, _("Not understood"), title, hint), status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form did not come from our own page, or from one that is out of date."""
    text = _("This form was sent from a page that is out of date, or from somewhere else. Nothing was saved.")
    hint = _("Reload the page and send it again. Cookies must be allowed.")
    return render(request, "403.html", _context(request, 403, _("Not sent"), text, hint), status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not in sight; which of the two is not said."""
    if request.path.startswith(API_PREFIX):
        hint = _("The schema at /api/v1/schema/ lists every address.")
        return problem(HTTPStatus.NOT_FOUND, code="not_found", title=_("There is nothing at this address."), hint=hint)
    text = _("There is nothing at this address, or it is not yours to see.")
    hint = _("Check the address, search for the record, or switch to its company.")
    context = _context(request, 404, _("Not found"), text, hint)
    home = company_of_record(request)
    if home is not None:
        context["title"] = _("In another company")
        context["text"] = _("This record belongs to %(company)s, where you work too.") % {"company": home}
        context["hint"] = _("Switch to it to open the record.")
        context["switch_company"] = home
    return render(request, "404.html", context, status=404)


def company_of_record(request: HttpRequest) -> Company | None:
    """Another company of the person in which they may see the record that this address names."""
    user, companies = getattr(request, "user", None), getattr(request, "companies", [])
    if user is None or not user.is_authenticated or len(companies) < 2:
        return None
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None
    resource = getattr(match.func, "view_initkwargs", {}).get("resource")
    pk = match.kwargs.get("pk")
    if resource is None or pk is None or policies.policy_of(resource.model).company != "company":
        return None
    record = policies.scoped(user, resource.model._default_manager.all()).filter(pk=pk).first()
    found = {company.pk: company for company in companies}
    return found.get(record.company_id) if record is not None else None


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Rendered without context processors, because the database may be what is broken."""
    if request.path.startswith(API_PREFIX):
        return problem(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            code="server_error",
            title=_("The server could not finish this."),
            hint=_("Nothing was saved. Try again; if it happens again, report the request id."),
            request_id=getattr(request, "id", ""),
        )
    text = _("The server could not finish this. Nothing was saved.")
    hint = _("Go back and try again. If it happens again, give the administrator the id below.")
    context = _context(request, 500, _("Something broke"), text, hint)
    return HttpResponse(render_to_string("500.html", context), status=500)
