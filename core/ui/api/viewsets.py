"""The REST API of a Resource: the same listing, forms, operations and policies as its screens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from core.access import policies
from core.access.middleware import zone_of
from core.access.policies import grants_of
from core.audit.acts import acting
from core.company.models import Company
from core.company.tenancy import use_companies
from core.errors import DomainError
from core.ui import registry, writing
from core.ui.actions import Action, call
from core.ui.api import listing, payload
from core.ui.api.authentication import TokenThrottle
from core.ui.api.problems import BadRequest
from core.ui.api.representation import represent
from core.ui.idempotency import once
from core.ui.resource import Caller, Resource
from core.ui.submission import attempt
from core.ui.tokens import allows, names
from core.ui.views.base import find_object
from core.whole_numbers import MOST_VERSION, id_in, whole_number

SAFE = ("GET", "HEAD", "OPTIONS")
KEY_HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"


class ExternalIdTakenError(DomainError):
    """Another record has this external id."""

    status = 409
    code = "external_id_taken"


class CompanyApi(ViewSet):
    """Base of API views: after the token is known, the rest of the request sees only its user's companies."""

    throttle_classes = [TokenThrottle]
    scope_name = ""
    caller: Caller

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with ExitStack() as self.stack:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        user: Any = request.user
        self.stack.enter_context(use_companies(sorted({grant.company_id for grant in grants_of(user)})))
        self.stack.enter_context(translation.override(user.language or None))
        verb = "read" if request.method in SAFE else "write"
        token: Any = request.auth
        if token is not None and not allows(token, self.scope_name, verb):
            raise PermissionDenied(_("The token's scopes do not include this."))
        company = chosen_company(request)
        if verb == "write":
            self.stack.enter_context(acting(user=user.pk, company=company.pk))
        self.stack.enter_context(timezone.override(zone_of(user, company) or None))
        self.caller = Caller(user=user, company=company, now=timezone.now())
        request._request.company = company  # type: ignore[attr-defined]
        request._request.user = user


def chosen_company(request: Request) -> Company:
    """The company that the request names by id or code, or the only one its user belongs to.

    :raises BadRequest: when it names none of the user's, or none although there are several.
    """
    own = {grant.company_id for grant in grants_of(request.user)}  # type: ignore[arg-type]
    companies = list(Company.objects.filter(pk__in=own).select_related("currency"))
    wanted = str(request.query_params.get("company") or request.headers.get("X-Company") or "")
    found = [company for company in companies if wanted in (str(company.pk), company.code)] if wanted else companies
    if len(found) == 1:
        return found[0]
    if wanted:
        message = _("You do not belong to this company.")
    else:
        message = _("You belong to several companies.") if found else _("You belong to no company.")
    raise BadRequest(
        message,
        code="unknown_company",
        field="company",
        hint=_("Give the id or code of one of your companies as ?company= or in X-Company."),
    )


class ResourceViewSet(CompanyApi):
    """List, read, create, change; business verbs are added per Action (see router.py)."""

    resource: Resource

    @property
    def scope_name(self) -> str:  # type: ignore[override]
        return self.resource.slug

    def require(self, verb: str, obj: Any = None) -> None:
        target = self.resource.model if obj is None else obj
        if not policies.may(self.caller.user, verb, target, self.caller.company_id):
            raise PermissionDenied(_("Your role does not include this."))

    def find(self, pk: str) -> Any:
        self.require("view")
        key = id_in(pk)
        if key is None:
            raise Http404
        return find_object(self.resource, self.caller, key)

    def body(self, request: Request) -> dict[str, Any]:
        found = payload.read_body(request.data)
        company = found.pop("company", None)
        if company is not None and company not in (self.caller.company_id, self.caller.company.code):
            raise BadRequest(
                _("The record would belong to another company."),
                code="wrong_company",
                field="company",
                hint=_("Choose the company by ?company= or X-Company, not in the body."),
            )
        return found

    def list(self, request: Request) -> Response:
        """Records in pages, filtered, searched and ordered as on the screen."""
        self.require("view")
        return Response(listing.answer(self.resource, self.caller, request))

    def retrieve(self, request: Request, pk: str) -> Response:
        """One record with its lines."""
        return self.answer(self.find(pk))

    def answer(self, record: Any, status: int = 200, **headers: str) -> Response:
        return Response(represent(self.resource, record, with_lines=True), status=status, headers=headers or None)

    def again(self, record: Any) -> Any:
        """The record as it reads now, with its annotations."""
        found = self.resource.queryset().filter(pk=record.pk).first()
        return record if found is None else found

    def create(self, request: Request) -> Response:
        """Create a record; with an Idempotency-Key at most once."""
        self.require("create")
        if not self.resource.can_create:
            self.http_method_not_allowed(request)
        body = self.body(request)
        external_id = read_external_id(body)
        values, lines = payload.read_record(self.resource, self.caller, body)
        key = request.headers.get(KEY_HEADER, "")
        if external_id and not key:
            self._refuse_taken(external_id)
        record, was_there = writing.create(self.resource, self.caller, values, lines, key=key, external_id=external_id)
        extra = {REPLAYED: "true"} if was_there else {}
        location = request.build_absolute_uri(f"{request.path.rstrip('/')}/{record.pk}/")
        return self.answer(self.again(record), HTTPStatus.CREATED, Location=location, **extra)

    def _refuse_taken(self, external_id: str) -> None:
        other = self.by_external_id(external_id)
        if other is not None:
            raise ExternalIdTakenError(
                _("There is a record with this external id already."),
                field="external_id",
                hint=_("Change it with PUT on by-external-id."),
                params={"record_id": other.pk},
            )

    def by_external_id(self, external_id: str) -> Any:
        queryset = policies.scoped(self.caller.user, self.resource.queryset(), "view", self.caller.company_id)
        return queryset.filter(external_id=external_id).first() if external_id else None

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the given fields; lines only when they are given, then all of them."""
        record = self.find(pk)
        return self.answer(self.again(self._change(record, request, self.body(request), partial=True)))

    def update(self, request: Request, pk: str) -> Response:
        """Replace the record's fields and lines; what is left out takes its default."""
        record = self.find(pk)
        return self.answer(self.again(self._change(record, request, self.body(request), partial=False)))

    def _change(self, record: Any, request: Request, body: dict[str, Any], *, partial: bool) -> Any:
        self.require("change", record)
        if not self.resource.can_update:
            self.http_method_not_allowed(request)
        version = read_version(request, body)
        values, lines = payload.read_record(self.resource, self.caller, body, record=record, partial=partial)
        return writing.update(self.resource, self.caller, record, values, lines, expected_version=version)

    def external_retrieve(self, request: Request, external_id: str) -> Response:
        """The record of this name in another system."""
        self.require("view")
        record = self.by_external_id(external_id)
        if record is None:
            raise Http404
        return self.answer(record)

    def external_upsert(self, request: Request, external_id: str) -> Response:
        """Create the record of this name, or change it."""
        self.require("view")
        body = self.body(request)
        record = self.by_external_id(external_id)
        if record is not None:
            body.pop("external_id", None)
            return self.answer(self.again(self._change(record, request, body, partial=True)))
        self.require("create")
        if not self.resource.can_create:
            self.http_method_not_allowed(request)
        values, lines = payload.read_record(self.resource, self.caller, {**body, "external_id": external_id})
        try:
            created, _was = writing.create(
                self.resource, self.caller, values, lines, external_id=read_external_id({"external_id": external_id})
            )
        except DomainError as refusal:
            # Somebody created it in between: then this is a change.
            record = self.by_external_id(external_id) if refusal.field == "external_id" else None
            if record is None:
                raise
            return self.answer(self.again(self._change(record, request, body, partial=True)))
        return self.answer(self.again(created), HTTPStatus.CREATED)

    def perform(self, request: Request, pk: str, action: Action) -> Response:
        """A business verb on a record."""
        record = self.find(pk)
        self.require(action.permission, record)
        token: Any = request.auth
        if action.step_up and not names(token, self.resource.slug, "write"):
            raise PermissionDenied(
                _("This needs a token whose scopes name %(scope)s.") % {"scope": f"{self.resource.slug}:write"}
            )
        body = self.body(request)
        initial = action.initial(record) if action.initial else {}
        values = payload.read_action(action.form, self.caller, body, record=record, initial=initial)
        version = read_version(request, body)
        result, was_there = self._perform(action, record, values, version, request.headers.get(KEY_HEADER, ""))
        answer = represent(self.resource, self.again(record), with_lines=True)
        if isinstance(result, Model) and type(result) is not type(record):
            answer["result"] = reference(result)
        return Response(answer, headers={REPLAYED: "true"} if was_there else None)

    def _perform(
        self, action: Action, record: Any, values: Mapping[str, Any], version: int | None, key: str
    ) -> tuple[Any, bool]:
        def act() -> Any:
            return call(
                action.operation,
                caller=self.caller,
                values=values,
                record=record,
                id_name=action.id_name,
                expected_version=version,
                verb=f"{self.resource.slug}.{action.name}",
            )

        if not key:
            return attempt(act), False
        meaning = {**values, "record": record.pk}
        scope = f"{self.resource.slug}.{action.name}"
        return attempt(lambda: once(self.caller, scope=scope, key=key, values=meaning, act=_record_of(act, record)))


def _record_of(act: Callable[[], Any], record: Model) -> Callable[[], Model]:
    """What the key remembers: the new document, or the record itself for a verb that makes none."""

    def run() -> Model:
        result = act()
        return result if isinstance(result, Model) else record

    return run


def reference(record: Model) -> dict[str, Any]:
    """A record of another kind that a verb made: where to read it."""
    resource = registry.for_model(type(record))
    kind = resource.slug if resource is not None else record._meta.label_lower
    return {"type": kind, "id": record.pk, "title": str(record)}


def read_external_id(body: Mapping[str, Any]) -> str:
    """:raises BadRequest: for one that is no short text."""
    value = body.get("external_id") or ""
    if not isinstance(value, str) or len(value) > 120 or "\x00" in value:
        raise BadRequest(_("An external id is a text of at most 120 characters."), code="invalid", field="external_id")
    return value


def read_version(request: Request, body: Mapping[str, Any]) -> int | None:
    """The row version that the change builds on, from the body or If-Match; None means whatever is stored.

    :raises BadRequest: when it is not a number.
    """
    given = body.get("version", request.headers.get("If-Match", "").strip('"W/ ') or None)
    if given is None:
        return None
    version = whole_number(given, most=MOST_VERSION)
    if version is None:
        raise BadRequest(_("The version is a whole number."), code="invalid", field="version")
    return version
