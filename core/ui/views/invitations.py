"""What companies offer the person who is signed in: look at it, accept it, decline it. Who belongs to no company yet
sees this page, too."""

from __future__ import annotations

from itertools import groupby
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from core.access.models import User
from core.access.sessions import renew_session
from core.audit.acts import acting
from core.company import invitations
from core.errors import DomainError
from core.ui.requests import redirect
from core.ui.submission import attempt
from core.ui.views.base import to_login


class OwnInvitations(View):
    """For everybody who is signed in."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs) if request.user.is_authenticated else to_login(request)

    @property
    def person(self) -> User:
        return cast(User, self.request.user)

    def show(self, refusal: str = "", status: int = 200) -> HttpResponse:
        rows = invitations.invitations_of(self.person)
        offers = [
            {
                "company": company,
                "roles": (held := list(offered)),
                "said": ", ".join(one.get_role_display() for one in held),
            }
            for company, offered in groupby(rows, key=lambda row: row.company)
        ]
        context = {"title": _("Invitations"), "offers": offers, "refusal": refusal, "address": self.person.email}
        return render(self.request, "ui/invitations.html", context, status=status)


class InvitationsView(OwnInvitations):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()


class AnswerInvitationView(OwnInvitations):
    """One POST an answer."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, company_id: int, answer: str) -> HttpResponse:
        answers = {"accept": self.accept, "decline": self.decline}
        if answer not in answers:
            raise Http404
        try:
            with acting(verb=f"people.{answer}"):
                return answers[answer](company_id)
        except DomainError as refusal:
            return self.show(str(refusal), refusal.status)

    def accept(self, company_id: int) -> HttpResponse:
        request = self.request
        values: dict[str, Any] = {"roles": request.POST.getlist("roles"), "session": request.session.session_key or ""}
        company = attempt(
            lambda: invitations.accept_invitation(company_id=company_id, user=self.person, now=timezone.now(), **values)
        )
        renew_session(request)
        request.session["company_id"] = company.pk
        messages.success(request, _("You now work in %(company)s, too.") % {"company": company})
        return redirect(request, None, "/")

    def decline(self, company_id: int) -> HttpResponse:
        company = attempt(
            lambda: invitations.decline_invitation(company_id=company_id, user=self.person, now=timezone.now())
        )
        messages.success(self.request, _("You declined the invitation of %(company)s.") % {"company": company})
        return redirect(self.request, None, reverse("ui:invitations"))
