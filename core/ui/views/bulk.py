"""Bulk actions from a list: confirm when the action asks something, then run."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import DomainError
from core.jobs.enums import JobStatus
from core.ui import bulk
from core.ui.actions import Action
from core.ui.forms import build_form, with_helper
from core.ui.requests import redirect
from core.ui.views.base import ResourceView

OWN_FIELDS = ("csrfmiddlewaretoken", "action", "ids", "all", "params", "confirmed", "next")


class BulkView(ResourceView):
    def post(self, request: HttpRequest) -> HttpResponse:
        """`action`, and `ids` repeated or `all=1` with the list's parameters in `params`."""
        action = self.resource.action(request.POST.get("action", ""))
        if action is None or not action.bulk:
            raise Http404
        if not self.may(action.permission):
            raise PermissionDenied(_("Your role does not include this."))
        try:
            ids = self._selection()
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect(request, request.POST.get("next"), self._back())
        return self._run(action, ids)

    def _selection(self) -> list[int]:
        post = self.request.POST
        return bulk.selection(
            self.resource,
            self.caller,
            ids=post.getlist("ids"),
            everything=post.get("all") == "1",
            params=QueryDict(post.get("params", "")),
        )

    def _back(self) -> str:
        query = self.request.POST.get("params", "")
        return f"{self.resource.url('list')}{'?' + query if query else ''}"

    def _run(self, action: Action, ids: list[int]) -> HttpResponse:
        confirmed = "confirmed" in self.request.POST
        form = (
            build_form(action.form, self.caller, data=self.request.POST if confirmed else None) if action.form else None
        )
        if action.asks and not confirmed:
            return self._confirm(action, ids, form, 200)
        if form is not None and not form.is_valid():
            return self._confirm(action, ids, form, 422)
        data = {name: values for name, values in self.request.POST.lists() if name not in OWN_FIELDS}
        run = bulk.start(self.resource, action, self.caller, ids=ids, form_data=data)
        if run.status == JobStatus.DONE and not run.failures:
            text = ngettext("%(action)s: %(count)s record.", "%(action)s: %(count)s records.", len(ids))
            messages.success(self.request, text % {"action": action.label, "count": len(ids)})
            return redirect(self.request, None, self._back())
        return redirect(self.request, None, reverse("ui:job", args=(run.pk,)))

    def _confirm(self, action: Action, ids: list[int], form: Any, status: int) -> HttpResponse:
        post = self.request.POST
        hidden = [("action", action.name), ("confirmed", "1"), ("params", post.get("params", ""))]
        hidden += [("all", "1")] if post.get("all") == "1" else [("ids", str(pk)) for pk in ids]
        text = ngettext("This concerns %(count)s record.", "This concerns %(count)s records.", len(ids))
        own = [] if callable(action.confirm) or action.confirm is None else [str(action.confirm)]
        context = {
            "resource": self.resource,
            "action": action,
            "title": action.label,
            "count": len(ids),
            "form": with_helper(form) if form is not None else None,
            "errors": [str(error) for error in form.non_field_errors()] if form is not None and form.is_bound else [],
            "consequences": [text % {"count": len(ids)}, *own],
            "hidden": hidden,
            "submit_url": self.resource.url("bulk"),
            "submit_label": action.submit_label or action.label,
            "cancel_url": self._back(),
        }
        return render(self.request, "ui/bulk_confirm.html", context, status=status)
