"""Bulk actions from a list: confirm when the action asks something or concerns all that match, then run."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import DomainError
from core.jobs.enums import JobStatus
from core.jobs.models import JobRun
from core.ui import bulk
from core.ui.actions import Action
from core.ui.forms import KEY_FIELD, build_form, new_key, with_helper
from core.ui.idempotency import MAX_KEY, fingerprint, once
from core.ui.requests import redirect
from core.ui.submission import attempt
from core.ui.views.base import ResourceView

OWN_FIELDS = ("csrfmiddlewaretoken", "action", "ids", "all", "params", "confirmed", "next", KEY_FIELD)


class BulkView(ResourceView):
    """A page carries a key, so that what is sent twice is begun once."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """`action`, and `ids` repeated or `all=1` with the list's parameters in `params`."""
        action = self.resource.action(request.POST.get("action", ""))
        if action is None or not action.bulk:
            raise Http404
        if not self.may(action.permission):
            raise PermissionDenied(_("Your role does not include this."))
        try:
            return self._run(action)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect(request, request.POST.get("next"), self._back())

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

    def _run(self, action: Action) -> HttpResponse:
        confirmed = "confirmed" in self.request.POST
        form = (
            build_form(action.form, self.caller, data=self.request.POST if confirmed else None) if action.form else None
        )
        everything = self.request.POST.get("all") == "1"  # more than the page shows, so the figure is told before
        if (action.asks or everything) and not confirmed:
            return self._confirm(action, self._selection(), form, 200)
        if form is not None and not form.is_valid():
            return self._confirm(action, self._selection(), form, 422)
        run, was_there = self._started(action)
        if was_there:
            messages.info(self.request, _("This page had asked for it already. To do it again, load the list anew."))
        if run.status == JobStatus.DONE and not run.failures:
            if not was_there:
                text = ngettext("%(action)s: %(count)s record.", "%(action)s: %(count)s records.", run.total)
                messages.success(self.request, text % {"action": action.label, "count": run.total})
            return redirect(self.request, None, self._back())
        return redirect(self.request, None, reverse("ui:job", args=(run.pk,)))

    def _started(self, action: Action) -> tuple[JobRun, bool]:
        """The run of this request, and whether the same request had begun it before: a double click, a retry."""
        post = self.request.POST
        data = {name: values for name, values in post.lists() if name not in OWN_FIELDS}

        def act() -> JobRun:
            return bulk.start(self.resource, action, self.caller, ids=self._selection(), form_data=data)

        key = post.get(KEY_FIELD, "")[:MAX_KEY]
        if not key:
            return act(), False
        # What was asked, not whom it concerns: the first time may have moved records out of "all that match".
        asked = {name: post.getlist(name) for name in ("ids", "all", "params")} | data
        # A page that one comes back to has the key still, and may ask for something else with it.
        key = fingerprint({"key": key, **asked})
        scope = f"{self.resource.slug}.bulk.{action.name}"
        run, was_there = attempt(lambda: once(self.caller, scope=scope, key=key, values=asked, act=act))
        return cast(JobRun, run), was_there

    def _confirm(self, action: Action, ids: list[int], form: Any, status: int) -> HttpResponse:
        post = self.request.POST
        key = post.get(KEY_FIELD, "")[:MAX_KEY] or new_key()
        hidden = [("action", action.name), ("confirmed", "1"), ("params", post.get("params", "")), (KEY_FIELD, key)]
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
