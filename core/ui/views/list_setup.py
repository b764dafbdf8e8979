"""Small POSTs around a list: save a view, change it, choose columns; and the lookup that fills record fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from core.access import policies
from core.errors import DomainError, NotAllowedError
from core.search import queries as search_queries
from core.ui import saved_views
from core.ui.models import SavedView
from core.ui.requests import redirect
from core.ui.resource import Resource, SearchIn
from core.ui.saved_views import ListSetup
from core.ui.searching import found_in
from core.ui.submission import attempt
from core.ui.views.base import ResourceView

LOOKUP_LIMIT = 20


class SaveViewView(ResourceView):
    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the list's parameters, given as `params`, under `name`."""
        params = QueryDict(request.POST.get("params", ""))
        setup = ListSetup(self.resource, self.caller, params)
        try:
            view = saved_views.save_view(
                self.resource,
                self.caller,
                name=request.POST.get("name", ""),
                params=params,
                scope=request.POST.get("scope", "private"),
                column_names=setup.column_names,
                is_default=request.POST.get("is_default") in ("1", "on", "true"),
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect(request, request.POST.get("next"), self.resource.url("list"))
        messages.success(request, _("The view %(name)s was saved.") % {"name": view.name})
        return redirect(request, None, f"{self.resource.url('list')}?{saved_views.view_query(view)}")


class ChangeViewView(ResourceView):
    def post(self, request: HttpRequest, view_id: int) -> HttpResponse:
        """`operation` is rename, share, default or delete."""
        visible = saved_views.visible_views(self.caller, self.resource)
        if not visible.filter(pk=view_id).exists():
            raise Http404
        try:
            view = attempt(lambda: self._change(request, view_id))
        except NotAllowedError as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect(request, request.POST.get("next"), self.resource.url("list"))
        home = self.resource.url("list")
        if view is None:
            messages.success(request, _("The view was deleted; the records stay."))
            return redirect(request, None, f"{home}?view=all")
        messages.success(request, _("The view %(name)s was saved.") % {"name": view.name})
        return redirect(request, None, f"{home}?{saved_views.view_query(view)}")

    def _change(self, request: HttpRequest, view_id: int) -> SavedView | None:
        operation = request.POST.get("operation", "")
        if operation == "rename":
            return saved_views.rename_view(view_id, name=request.POST.get("name", ""), caller=self.caller)
        if operation == "share":
            return saved_views.share_view(view_id, scope=request.POST.get("scope", ""), caller=self.caller)
        if operation == "default":
            return saved_views.make_default(view_id, caller=self.caller)
        if operation == "delete":
            saved_views.delete_view(view_id, caller=self.caller)
            return None
        raise Http404


class ColumnsView(ResourceView):
    def post(self, request: HttpRequest) -> HttpResponse:
        """`columns` repeated, in order; `reset` goes back to the default ones."""
        names = [] if request.POST.get("reset") else request.POST.getlist("columns")
        saved_views.choose_columns(self.resource, self.caller, names)
        return redirect(request, request.POST.get("next"), self.resource.url("list"))


class LookupView(ResourceView):
    """Records for a field that points here: best matches of `q`, or the first ones without it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:100]
        queryset = policies.scoped(self.caller.user, self.resource.queryset(), "view", self.caller.company_id)
        found = suggested(self.resource, queryset, self.caller.company_id, text)
        results = [
            {"value": record.pk, "text": str(record), "sub": self.resource.subtitle(record)}
            for record in found[:LOOKUP_LIMIT]
        ]
        return JsonResponse({"results": results})


def suggested(resource: Resource, queryset: QuerySet[Any], company_id: int, text: str) -> Sequence[Any]:
    """Records for what was typed so far; where the index of found things holds them, the best first."""
    if not text or not resource.search:
        return [record for record in queryset[: 500 if text else LOOKUP_LIMIT] if text.lower() in str(record).lower()]
    if isinstance(resource.search, SearchIn):
        return list(found_in(resource, queryset, company_id, text)[:LOOKUP_LIMIT])
    label = resource.model._meta.label_lower
    ids = search_queries.matching_ids(company_id, label, text, limit=LOOKUP_LIMIT * 3)
    place = {pk: index for index, pk in enumerate(ids)}
    return sorted(queryset.filter(pk__in=ids), key=lambda record: place[record.pk])
