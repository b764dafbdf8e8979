"""People of the company over the API: who works here with which roles, inviting, and what is done to an account, under
the rights of Settings → People. In place of the password that the pages ask for again, a token must name `people:write`
in its scopes; making such a token asked for it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import policies
from core.access.enums import Role
from core.access.models import User
from core.audit.acts import acting
from core.company import operations
from core.company.models import Membership
from core.errors import InvalidInputError
from core.ui.api.listing import DEFAULT_LIMIT, read_limit
from core.ui.api.payload import read_body
from core.ui.api.problems import BadRequest
from core.ui.api.schema import COMPANY
from core.ui.api.viewsets import KEY_HEADER, REPLAYED, CompanyApi
from core.ui.idempotency import once
from core.ui.mailed_links import is_invited, send_invitation
from core.ui.submission import attempt
from core.ui.tokens import PEOPLE
from core.ui.views.people import ACTS, found_people
from core.whole_numbers import MOST_VERSION, whole_number

ANSWER = {200: OpenApiTypes.OBJECT}
INVITATION = ("email", "name", "roles", "team")
KEY = OpenApiParameter(KEY_HEADER, str, OpenApiParameter.HEADER, description="The same key does it once.")
ROLE = OpenApiParameter("role", str, enum=list(Role.values))


class PeopleApi(CompanyApi):
    """List, read, invite, and one POST an act."""

    scope_name = PEOPLE

    def require(self, verb: str) -> None:
        if not policies.may(self.caller.user, verb, Membership, self.caller.company_id):
            raise PermissionDenied(_("Your role does not include managing people."))

    def people(self, query: str = "", role: str = "", *, closed: bool = False) -> QuerySet[User]:
        held = Membership.objects.filter(company_id=self.caller.company_id).select_related("team").order_by("role")
        found = found_people(self.caller.company_id, query, role, closed=closed)
        return found.prefetch_related(Prefetch("memberships", held, to_attr="held"))

    def person(self, pk: int) -> User:
        """:raises Http404: for somebody who does not belong to the company."""
        found = self.people().filter(pk=pk).first() or self.people(closed=True).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def body(self, request: Request, known: tuple[str, ...]) -> dict[str, Any]:
        given = read_body(request.data)
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise BadRequest(
                _("There is no field %(name)s here.") % {"name": unknown[0][:80]},
                code="unknown_field",
                field=unknown[0][:80],
                hint=_("Known fields: %(names)s.") % {"names": ", ".join(known)} if known else "",
            )
        return given

    @extend_schema(
        operation_id="people_list",
        parameters=[COMPANY, OpenApiParameter("q", str), ROLE, OpenApiParameter("closed", bool)],
        responses=ANSWER,
    )
    def list(self, request: Request) -> Response:
        """People with a role in the company, by name; `closed=true` lists closed accounts."""
        self.require("view")
        params = request.query_params
        role = params.get("role", "")
        if role and role not in Role.values:
            raise BadRequest(_("There is no such role."), code="invalid_filter", field="role")
        closed = params.get("closed", "").lower() in ("1", "true")
        found = self.people(params.get("q", "").replace("\x00", ""), role, closed=closed)
        limit = read_limit(params) if "limit" in params else DEFAULT_LIMIT
        after = params.get("cursor", "0")
        start = whole_number(after, most=MOST_VERSION) or 0
        rows, count = list(found[start : start + limit]), found.count()
        more = start + limit if start + limit < count else None
        return Response({"count": count, "next_cursor": more, "results": [represent(one) for one in rows]})

    @extend_schema(operation_id="people_retrieve", parameters=[COMPANY], responses=ANSWER)
    def retrieve(self, request: Request, pk: int) -> Response:
        """One person with their roles in the company."""
        self.require("view")
        return Response(represent(self.person(pk)))

    @extend_schema(
        operation_id="people_invite",
        parameters=[COMPANY, KEY],
        request=OpenApiTypes.OBJECT,
        responses={201: OpenApiTypes.OBJECT},
    )
    def invite(self, request: Request) -> Response:
        """Give somebody roles in the company and mail them where to set a password or to accept, if they have to."""
        self.require("create")
        given = self.body(request, INVITATION)
        values: dict[str, Any] = {
            "email": text_of(given, "email"),
            "name": text_of(given, "name"),
            "roles": roles_of(given),
            "team_id": number_of(given, "team"),
        }
        caller = self.caller

        def act() -> User:
            with acting(verb="people.invite"):
                return operations.invite_person(
                    company_id=caller.company_id, user=caller.user, now=caller.now, **values
                )

        person, was_there = self.do(request, "invite", values, act)
        if not was_there:
            send_invitation(request._request, person, caller.company)
        extra = {REPLAYED: "true"} if was_there else {}
        location = request.build_absolute_uri(f"{request.path.rstrip('/')}/{person.pk}/")
        return Response(represent(self.person(person.pk)), HTTPStatus.CREATED, headers={"Location": location, **extra})

    def do(self, request: Request, act_name: str, values: dict[str, Any], act: Callable[[], User]) -> tuple[User, bool]:
        key = request.headers.get(KEY_HEADER, "")
        if not key:
            return attempt(act), False
        scope = f"{PEOPLE}.{act_name}"
        found, was_there = attempt(lambda: once(self.caller, scope=scope, key=key, values=values, act=act))
        return User.objects.get(pk=found.pk), was_there

    @extend_schema(
        operation_id="people_act",
        parameters=[COMPANY, KEY, OpenApiParameter("act", str, OpenApiParameter.PATH, enum=["grant", "revoke", *ACTS])],
        request=OpenApiTypes.OBJECT,
        responses=ANSWER,
    )
    def perform(self, request: Request, pk: int, act: str) -> Response:
        """Do something to a person's account or roles; `grant` and `revoke` take a role, `grant` a team as well."""
        if act not in (*ACTS, "grant", "revoke"):
            raise Http404
        self.require("create")
        person, caller = self.person(pk), self.caller
        common = {"person_id": person.pk, "company_id": caller.company_id, "user": caller.user, "now": caller.now}
        values: dict[str, Any] = {}
        if act in ("grant", "revoke"):
            given = self.body(request, ("role", "team") if act == "grant" else ("role",))
            values["role"] = roles_of({"roles": [given.get("role")]}, field="role")[0]
            if act == "grant":
                values["team_id"] = number_of(given, "team")

        def run() -> User:
            with acting(verb=f"people.{act}"):
                operation: Any = {"grant": operations.grant_role, "revoke": operations.revoke_role}.get(act)
                (operation or ACTS[act][0])(**common, **values)
                return person

        _person, was_there = self.do(request, act, {**values, "person": person.pk}, run)
        changed = self.people().filter(pk=pk).first() or self.people(closed=True).filter(pk=pk).first()
        answer = represent(changed) if changed is not None else {"id": pk, "roles": []}
        return Response(answer, headers={REPLAYED: "true"} if was_there else None)


def represent(person: User) -> dict[str, Any]:
    """A person as the company knows them: nothing of other companies, and until they accept only their address."""
    waits = is_invited(person.held)  # type: ignore[attr-defined]
    return {
        "id": person.pk,
        "name": "" if waits else person.name,
        "email": person.email,
        "is_active": person.is_active,
        "is_invited": waits,
        "last_sign_in": person.last_login.isoformat() if person.last_login and not waits else None,
        "roles": [{"role": one.role, "team": one.team_id} for one in person.held],  # type: ignore[attr-defined]
    }


def text_of(given: dict[str, Any], name: str) -> str:
    """:raises InvalidInputError: for what is no text."""
    value = given.get(name, "")
    if not isinstance(value, str) or "\x00" in value or len(value) > 254:
        raise InvalidInputError(_("This is a short text."), field=name)
    return value


def roles_of(given: dict[str, Any], field: str = "roles") -> list[str]:
    """:raises InvalidInputError: for what is no list of roles."""
    value = given.get("roles")
    if not isinstance(value, list) or not value or any(role not in Role.values for role in value):
        raise InvalidInputError(
            _("There is no such role."), field=field, hint=_("Roles: %(names)s.") % {"names": ", ".join(Role.values)}
        )
    return list(value)


def number_of(given: dict[str, Any], name: str) -> int | None:
    """:raises InvalidInputError: for what is no id."""
    value = given.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63):
        raise InvalidInputError(_("This is the id of a record."), field=name)
    return value


urlpatterns: list[URLPattern] = [
    path("people/", PeopleApi.as_view({"get": "list", "post": "invite"}), name="people"),
    path("people/<int:pk>/", PeopleApi.as_view({"get": "retrieve"}), name="person"),
    path("people/<int:pk>/<slug:act>/", PeopleApi.as_view({"post": "perform"}), name="person-act"),
]
