"""An action on a record: its page when it asks something, and the POST that does it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from core.errors import ConflictError, DomainError
from core.ui.actions import Action, call
from core.ui.forms import (
    KEY_FIELD,
    VERSION_FIELD,
    add_refusal,
    build_form,
    hidden_inputs,
    new_key,
    operation_values,
    with_helper,
)
from core.ui.idempotency import once
from core.ui.registry import url_for
from core.ui.requests import redirect, safe_url
from core.ui.step_up import require_step_up
from core.ui.submission import attempt
from core.ui.views.base import ResourceView
from core.whole_numbers import MOST_VERSION, whole_number


class ActionView(ResourceView):
    """Permission → form → one operation call → refusal on the page with 422, or message and redirect. The page carries
    a key, so that sent twice it acts once: a payment entered by a double click is one payment.

    Whether the state allows it is for the operation to say: an action that is hidden now but idempotent answers a
    double click with the same result, and any other refuses.
    """

    action: Action
    record: Any
    refused = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = self.resource.action(kwargs["name"])
        if found is None:
            raise Http404
        self.action = found
        if request.user.is_authenticated:
            self.record = self.get_object(kwargs["pk"])
            self.require(found.permission, self.record)
            if found.step_up:
                require_step_up(request)
        return super().dispatch(request, *args, **kwargs)

    def build(self, data: Any = None) -> Any:
        if self.action.form is None:
            return None
        initial = self.action.initial(self.record) if self.action.initial else {}
        files = self.request.FILES if data is not None else None
        return build_form(self.action.form, self.caller, data=data, files=files, record=self.record, initial=initial)

    def get(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        return self.show(self.build())

    def post(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        form = self.build(request.POST)
        if form is not None and not form.is_valid():
            return self.show(form, status=422)
        values = operation_values(form) if form is not None else {}
        try:
            result, was_there = self._act(values)
        except ConflictError as conflict:
            return self.show(form, [str(conflict)], status=409)
        except DomainError as refusal:
            self.refused = True
            if form is not None:
                add_refusal(form, str(refusal), refusal.field)
            return self.show(form, [] if form is not None else [str(refusal)], status=422)
        if not was_there:
            messages.success(request, self.action.message(result))
        return redirect(request, request.POST.get("next"), self.after(result))

    def _act(self, values: dict[str, Any]) -> tuple[Any, bool]:
        """The operation's answer, or what it answered to the same page before."""
        key = self.request.POST.get(KEY_FIELD, "")[:120]
        if not key:
            return attempt(lambda: self._call(values)), False
        found: list[Any] = []

        def act() -> Model:
            found.append(self._call(values))
            return found[-1] if isinstance(found[-1], Model) else self.record

        scope, meaning = f"{self.resource.slug}.{self.action.name}", {**values, "record": self.record.pk}
        record, was_there = attempt(lambda: once(self.caller, scope=scope, key=key, values=meaning, act=act))
        return (record if was_there else found[-1]), was_there

    def _call(self, values: dict[str, Any]) -> Any:
        posted = self.request.POST.get(VERSION_FIELD, "")
        version = whole_number(posted, most=MOST_VERSION)
        return call(
            self.action.operation,
            caller=self.caller,
            values=values,
            record=self.record,
            id_name=self.action.id_name,
            expected_version=version,
            verb=f"{self.resource.slug}.{self.action.name}",
        )

    def _key(self) -> str:
        posted = "" if self.refused else self.request.POST.get(KEY_FIELD, "")[:120]
        return posted or new_key()

    def after(self, result: Any) -> str:
        """The new document where the action made one, else the record again."""
        target = url_for(result) if self.action.follow and isinstance(result, Model) else ""
        return target or self.resource.detail_url(self.record.pk)

    def show(self, form: Any, errors: list[str] | None = None, status: int = 200) -> HttpResponse:
        stored = getattr(self.record, "version", None)
        version = {VERSION_FIELD: stored} if stored is not None else {}
        found = list(errors or [])
        if form is not None and form.is_bound:
            found += [str(error) for error in form.non_field_errors()]
        context = {
            "resource": self.resource,
            "object": self.record,
            "action": self.action,
            "title": self.action.label,
            "form": with_helper(form) if form is not None else None,
            "consequences": self.action.consequences(self.record),
            "errors": found,
            "submit_label": self.action.submit_label or self.action.label,
            "cancel_url": safe_url(
                self.request, self.request.GET.get("next"), self.resource.detail_url(self.record.pk)
            ),
            "hidden_fields": hidden_inputs({KEY_FIELD: self._key(), **version}),
            "submit_url": self.request.path,
        }
        return render(self.request, "ui/action.html", context, status=status)
