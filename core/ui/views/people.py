"""Settings, People: who works in the company, with which roles and teams; inviting, closing and opening accounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import policies
from core.access.enums import MFA_ROLES, Role
from core.access.models import User
from core.audit import queries as audit_queries
from core.audit.acts import acting
from core.audit.queries import HistoryEntry
from core.company import operations
from core.company.models import Membership, Team
from core.errors import DomainError
from core.ui.forms import add_refusal, operation_values, with_helper
from core.ui.mailed_links import (
    is_invited,
    never_signed_in,
    send_invitation,
    send_password_link,
    sends_mail,
    set_password_url,
)
from core.ui.models import ApiToken
from core.ui.requests import redirect
from core.ui.step_up import require_step_up
from core.ui.submission import attempt
from core.ui.views.access import AccessBase
from core.ui.views.history import entry_context
from core.whole_numbers import id_in

PREFERENCES = frozenset({"theme", "density", "language", "time_zone", "shortcuts_enabled", "date_joined"})


def found_people(company_id: int, query: str = "", role: str = "", *, closed: bool = False) -> QuerySet[User]:
    """People with a role in the company, by what they are known as there: by name, and by address until they accept.
    Whose name or address holds `query`, who hold `role`."""
    held = Membership.objects.filter(company_id=company_id, user=OuterRef("pk"))
    by_name = When(Exists(held.filter(accepted_at__isnull=False)), then="name")
    found = User.objects.filter(Exists(held), is_active=not closed).annotate(
        known_as=Case(by_name, default="email", output_field=CharField())
    )
    if query:
        found = found.filter(Q(known_as__icontains=query) | Q(email__icontains=query))
    if role in Role.values:
        found = found.filter(Exists(held.filter(role=role)))
    return found.order_by("known_as", "email")


class PeopleBase(AccessBase):
    def may_manage(self) -> bool:
        return policies.may(self.caller.user, "create", Membership, self.caller.company_id)

    def require_manage(self) -> None:
        """:raises PermissionDenied: for whoever only sees the people. :raises ReauthenticationRequired: see step_up."""
        if not self.may_manage():
            raise PermissionDenied(_("Your role does not include managing people."))
        require_step_up(self.request)

    def person(self, pk: int) -> User:
        """:raises Http404: for somebody who does not belong to the company."""
        found = User.objects.filter(memberships__company_id=self.caller.company_id, pk=pk).distinct().first()
        if found is None:
            raise Http404
        return found

    def grantable(self) -> list[tuple[str, Any]]:
        return [
            (role.value, role.label)
            for role in Role
            if operations.may_grant(self.caller.user, role, self.caller.company_id)
        ]


class PeopleView(PeopleBase):
    def get(self, request: HttpRequest) -> HttpResponse:
        query, role, closed = (request.GET.get(name, "").strip() for name in ("q", "role", "closed"))
        people = found_people(self.caller.company_id, query, role, closed=bool(closed))
        shown = [self._row(user, request) for user in people]
        context = {
            "title": _("People"),
            "people": shown,
            "roles": Role.choices,
            "query": query,
            "role": role,
            "closed": closed,
            "create_url": reverse("ui:people-invite"),
            "create_label": _("Invite"),
            "can_create": self.may_manage(),
        }
        return render(request, "ui/people.html", context)

    def _row(self, user: User, request: HttpRequest) -> dict[str, Any]:
        held = self._memberships.get(user.pk, [])
        return {
            "user": user,
            "url": reverse("ui:person", args=(user.pk,)),
            "is_invited": is_invited(held),
            "roles": [one.get_role_display() for one in held],
            "teams": sorted({str(one.team) for one in held if one.team}),
            "has_factor": user.pk in self._factors,
            "needs_factor": any(one.role in MFA_ROLES for one in held) and not self.caller.company.is_demo,
        }

    @property
    def _memberships(self) -> dict[int, list[Membership]]:
        if not hasattr(self, "_held"):
            self._held: dict[int, list[Membership]] = {}
            rows = Membership.objects.filter(company_id=self.caller.company_id).select_related("team").order_by("role")
            for row in rows:
                self._held.setdefault(row.user_id, []).append(row)
        return self._held

    @property
    def _factors(self) -> set[int]:
        if not hasattr(self, "_with_factor"):
            self._with_factor = set(
                Authenticator.objects.filter(user__memberships__company_id=self.caller.company_id).values_list(
                    "user_id", flat=True
                )
            )
        return self._with_factor


class InviteForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("name"), max_length=150)
    email = forms.EmailField(label=gettext_lazy("mail address"))
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("roles"), widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("One or several.")
    )
    team = forms.ModelChoiceField(label=gettext_lazy("team"), queryset=Team.objects.none(), required=False)


class InviteView(PeopleBase):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.require_manage()
        return super().dispatch(request, *args, **kwargs)

    def build(self, data: Any = None) -> InviteForm:
        form = InviteForm(data)
        form.fields["roles"].choices = self.grantable()  # type: ignore[attr-defined]
        form.fields["team"].queryset = Team.objects.filter(company_id=self.caller.company_id)  # type: ignore[attr-defined]
        return form

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(self.build())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.build(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        caller = self.caller
        try:
            with acting(verb="people.invite"):
                person = attempt(
                    lambda: operations.invite_person(
                        company_id=caller.company_id, user=caller.user, now=caller.now, **operation_values(form)
                    )
                )
        except DomainError as refusal:
            add_refusal(form, str(refusal), refusal.field)
            return self.show(form, status=422)
        if not send_invitation(request, person, caller.company):
            said = _("%(person)s has the roles now.")
        elif sends_mail():
            said = _("%(person)s was invited by mail.")
        else:
            said = _("%(person)s is invited. This installation sends no mail, so tell them yourself.")
        messages.success(request, said % {"person": person.email})
        return redirect(request, None, reverse("ui:person", args=(person.pk,)))

    def show(self, form: InviteForm, status: int = 200) -> HttpResponse:
        context = {
            "title": _("Invite a person"),
            "form": with_helper(form),
            "errors": [str(error) for error in form.non_field_errors()],
            "submit_label": _("Send the invitation"),
            "cancel_url": reverse("ui:people"),
            "breadcrumbs": [{"label": _("People"), "url": reverse("ui:people")}],
        }
        return render(self.request, "ui/form.html", context, status=status)


class PersonView(PeopleBase):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self.person(pk))

    def show(self, person: User, refusal: str = "", status: int = 200) -> HttpResponse:
        caller = self.caller
        held = list(Membership.objects.filter(user=person, company=caller.company).select_related("team"))
        manages, is_self = self.may_manage(), person.pk == caller.user.pk
        waits = is_invited(held)
        rules_account = (
            manages and not is_self and not waits and operations.administers_all_companies_of(caller.user, person)
        )
        entries = [entry_context(entry) for entry in self._entries(person, waits=waits)]
        context = {
            "title": person.email if waits else str(person),
            "subtitle": "" if waits else person.email,
            "name": person.email if waits else person.name,
            "is_invited": waits,
            "breadcrumbs": [{"label": _("People"), "url": reverse("ui:people")}],
            "person": person,
            "held": held,
            "may_change_roles": manages and not is_self,
            "rules_account": rules_account,
            "is_self": is_self,
            "roles": self.grantable(),
            "teams": Team.objects.filter(company=caller.company),
            "refusal": refusal,
            "has_factor": Authenticator.objects.filter(user=person).exists(),
            "needs_factor": any(one.role in MFA_ROLES for one in held) and not caller.company.is_demo,
            "sessions": UserSession.objects.filter(user=person).count(),
            # Tokens reach every company of a person, so they are no business of one company's administrator alone.
            "tokens": ApiToken.objects.filter(user=person, revoked_at=None) if rules_account or is_self else (),
            "link": self._link(person, rules_account=rules_account),
            "why_url": f"{reverse('ui:access')}?person={person.pk}",
            "entries": sorted(entries, key=lambda entry: entry["at"], reverse=True)[:50],
        }
        return render(self.request, "ui/person.html", context, status=status)

    def _link(self, person: User, *, rules_account: bool) -> str:
        """To set a first password, where it could not be mailed: whoever sees it can take the account."""
        may_show = rules_account and person.is_active and never_signed_in(person) and not sends_mail()
        return set_password_url(self.request, person) if may_show else ""

    def _entries(self, person: User, *, waits: bool) -> list[HistoryEntry]:
        known_as = person.email if waits else ""
        roles = audit_queries.role_history(user_id=person.pk, company_id=self.caller.company_id, known_as=known_as)
        if waits:
            return list(roles)
        account = [without_preferences(entry) for entry in audit_queries.history(person, limit=50)]
        return [*(entry for entry in account if entry.changes), *roles]


Act = Callable[..., User]
ACTS: dict[str, tuple[Act, Any]] = {
    "deactivate": (operations.deactivate_person, gettext_lazy("The account is closed and every session ended.")),
    "reactivate": (operations.reactivate_person, gettext_lazy("The account is open again.")),
    "reset-factor": (operations.reset_second_factor, gettext_lazy("The second factor was reset.")),
    "sign-out": (operations.sign_out_everywhere, gettext_lazy("Every session was ended.")),
}


class PersonActView(PersonView):
    """What is done to a person: one POST an act, each after step-up."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        person = self.person(pk)
        self.require_manage()
        try:
            with acting(verb=f"people.{act}"):
                said = attempt(lambda: self._do(person, act))
        except DomainError as refusal:
            return self.show(person, str(refusal), status=refusal.status)
        messages.success(request, said)
        still_here = Membership.objects.filter(user=person, company=self.caller.company).exists()
        target = reverse("ui:person", args=(pk,)) if still_here else reverse("ui:people")
        return redirect(request, None, target)

    def _do(self, person: User, act: str) -> str:
        caller = self.caller
        common: dict[str, Any] = {
            "person_id": person.pk,
            "company_id": caller.company_id,
            "user": caller.user,
            "now": caller.now,
        }
        if act in ACTS:
            operation, said = ACTS[act]
            operation(**common)
            return str(said)
        if act == "link":
            if not send_invitation(self.request, person, caller.company):
                send_password_link(self.request, person, caller.company)
            if not sends_mail():
                return _("This installation sends no mail; the link was written to its folder for mails.")
            return _("A mail with a link was sent to %(address)s.") % {"address": person.email}
        role = self.request.POST.get("role", "")
        if act not in ("grant", "revoke") or role not in Role.values:
            raise Http404
        if act == "grant":
            team = self.request.POST.get("team", "")
            operations.grant_role(role=role, team_id=id_in(team), **common)
            return _("The role was given.")
        operations.revoke_role(role=role, **common)
        return _("The role was taken.")


def without_preferences(entry: HistoryEntry) -> HistoryEntry:
    """How somebody likes their pages is theirs alone."""
    return replace(entry, changes=tuple(change for change in entry.changes if change.field not in PREFERENCES))
