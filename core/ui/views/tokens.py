"""My account, API tokens: made here and shown once, listed, revoked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import policies
from core.company.models import Membership
from core.errors import DomainError
from core.ui import registry
from core.ui.forms import add_refusal
from core.ui.models import ApiToken
from core.ui.requests import redirect
from core.ui.step_up import require_step_up
from core.ui.submission import attempt
from core.ui.tokens import PEOPLE, create_token, revoke_token
from core.ui.views.base import SignedInView

DAYS = (30, 90, 365)


class TokenForm(forms.Form):
    """What a new token may do and for how long."""

    name = forms.CharField(
        label=gettext_lazy("name"), max_length=80, help_text=gettext_lazy("What it is for, such as “Web shop”.")
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("expires"),
        coerce=int,
        empty_value=None,
        required=False,
        initial=90,
        choices=[
            *((days, gettext_lazy("in %(days)d days") % {"days": days}) for days in DAYS),
            ("", gettext_lazy("never")),
        ],
    )
    verb = forms.ChoiceField(
        label=gettext_lazy("may"),
        choices=[("read", gettext_lazy("read")), ("read write", gettext_lazy("read and write"))],
    )
    lists = forms.MultipleChoiceField(
        label=gettext_lazy("only these lists"),
        required=False,
        help_text=gettext_lazy("Nothing chosen: every list that your roles reach, but not people."),
    )

    def scopes(self) -> str:
        """`read write`, or either behind each chosen list."""
        verbs, lists = self.cleaned_data["verb"].split(), self.cleaned_data["lists"]
        return " ".join([f"{slug}:{verb}" for slug in lists for verb in verbs] or verbs)


class TokensView(SignedInView):
    """The list with the form for one more. The secret stands on the answer to the POST alone, never at an address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(self.build())

    def post(self, request: HttpRequest) -> HttpResponse:
        require_step_up(request)
        form = self.build(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        caller = self.caller
        try:
            token, secret = attempt(
                lambda: create_token(
                    user=caller.user,
                    now=caller.now,
                    name=form.cleaned_data["name"],
                    scopes=form.scopes(),
                    days=form.cleaned_data["days"],
                )
            )
        except DomainError as refusal:
            add_refusal(form, str(refusal), refusal.field)
            return self.show(form, status=422)
        answer = self.show(self.build(), made=token, secret=secret)
        answer["Cache-Control"] = "no-store"
        return answer

    def build(self, data: Any = None) -> TokenForm:
        form = TokenForm(data)
        names = sorted((one.slug, capfirst(str(one.plural))) for one in registry.all_resources() if one.api)
        if policies.may(self.caller.user, "view", Membership, self.caller.company_id):
            names.append((PEOPLE, _("People")))
        form.fields["lists"].choices = names  # type: ignore[attr-defined]
        return form

    def show(
        self, form: TokenForm, *, status: int = 200, made: ApiToken | None = None, secret: str = ""
    ) -> HttpResponse:
        now = self.caller.now
        tokens = ApiToken.objects.filter(user=self.caller.user)
        context = {
            "form": form,
            "rows": [{"token": token, "state": state_of(token, now)} for token in tokens],
            "made": made,
            "secret": secret,
        }
        return render(self.request, "account/tokens.html", context, status=status)


def state_of(token: ApiToken, now: dt.datetime) -> str:
    """live, expired or revoked."""
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at is not None and token.expires_at <= now else "live"


class RevokeTokenView(SignedInView):
    """Ending a token asks for nothing again: it must be quick when a secret has leaked."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        caller = self.caller
        if not ApiToken.objects.filter(pk=pk, user=caller.user).exists():
            raise Http404
        token = attempt(lambda: revoke_token(pk, user=caller.user, now=caller.now))
        messages.success(request, _("%(name)s was revoked; it opens nothing any more.") % {"name": token.name})
        return redirect(request, None, reverse("ui:tokens"))
