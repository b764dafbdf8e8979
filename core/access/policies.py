"""Policies: one declaration an object says which role may do what, and how far. Lists, records, search, export and the
API all ask here, so they cannot disagree.

A grant is written `"view:team create:own win:own"`: verbs with the scope they reach. `*` stands for every verb.
Scopes turn into SQL conditions over the object's own columns, so a list costs no query more than without a policy.
"""

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from django.db.models import Model, Q, QuerySet

from core.access.enums import Role, Scope

if TYPE_CHECKING:
    from core.access.models import User

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Grant:
    """One membership of a person: a role in a company, with the team through which "team" reaches."""

    company_id: int
    role: Role
    team_id: int | None


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may do what with one model.

    :ivar verbs: role → verb → scope.
    :ivar owner: column path to the user who owns a record, or "" where nobody does.
    :ivar team: column path to the team of a record, or "".
    :ivar company: column path to the company of a record; "" for the company itself.
    """

    model: type[Model]
    verbs: Mapping[Role, Mapping[str, Scope]]
    owner: str = ""
    team: str = ""
    company: str = "company"
    known: frozenset[str] = field(default_factory=frozenset)

    @property
    def company_column(self) -> str:
        return f"{self.company}_id" if self.company else "pk"

    def scope(self, role: Role, verb: str) -> Scope:
        granted = self.verbs.get(role, {})
        return max(granted.get(verb, Scope.NONE), granted.get("*", Scope.NONE))


_policies: dict[type[Model], Policy] = {}


def parse_grants(text: str) -> dict[str, Scope]:
    """`"view:team win:own"` → `{"view": Scope.TEAM, "win": Scope.OWN}`."""
    pairs = (word.split(":") for word in text.split())
    return {verb: Scope[scope.upper()] for verb, scope in pairs}


def register(
    model: type[Model],
    *,
    grants: Mapping[Role, str],
    owner: str = "",
    team: str = "",
    company: str = "company",
) -> None:
    """Declare the policy of a model. Each model has exactly one."""
    if model in _policies:
        raise ValueError(f"{model.__name__} has a policy already")
    verbs = {role: parse_grants(text) for role, text in grants.items()}
    known = frozenset(verb for granted in verbs.values() for verb in granted)
    _policies[model] = Policy(model, verbs, owner, team, company, known)


def policy_of(model: type[Model]) -> Policy:
    """:raises LookupError: when the model has no policy: nothing is shown without one."""
    for cls in model.__mro__:
        if cls in _policies:
            return _policies[cls]
    raise LookupError(f"{model.__name__} has no policy; register one in its app's policies.py")


def all_policies() -> Iterable[Policy]:
    return _policies.values()


def grants_of(user: "User") -> tuple[Grant, ...]:
    """The memberships that the person accepted, read once per user object. (`memberships` comes from core.company.)"""
    return _memberships_of(user)[0]


def has_invitations(user: "User") -> bool:
    """Whether a company offers the person a role that they have not accepted."""
    return _memberships_of(user)[1]


def _memberships_of(user: "User") -> tuple[tuple[Grant, ...], bool]:
    cached: tuple[tuple[Grant, ...], bool] | None = getattr(user, "_grants", None)
    if cached is None:
        names = ("company_id", "role", "team_id", "accepted_at")
        rows = list(user.memberships.order_by("id").values_list(*names)) if user.pk else []
        held = tuple(Grant(company_id, Role(role), team_id) for company_id, role, team_id, accepted in rows if accepted)
        cached = held, len(held) < len(rows)
        user._grants = cached  # type: ignore[attr-defined]
    return cached


def roles_in(user: "User", company_id: int) -> frozenset[Role]:
    return frozenset(grant.role for grant in grants_of(user) if grant.company_id == company_id)


def condition(user: "User", policy: Policy, verb: str, company_id: int | None = None) -> Q | None:
    """The SQL condition under which the person may do `verb`; `None` when under none at all.

    Kept as plain as it can be, for PostgreSQL walks an index by a bare condition and not by a chain of ORs: whole
    companies stand as one term, and a narrower grant in such a company adds nothing.
    """
    grants = [
        (grant, reach_of(policy, grant, verb))
        for grant in grants_of(user)
        if company_id is None or grant.company_id == company_id
    ]
    whole = sorted({grant.company_id for grant, scope in grants if scope >= Scope.COMPANY})
    parts = [_within(policy, whole)] if whole else []
    for grant, scope in grants:
        if Scope.NONE < scope < Scope.COMPANY and grant.company_id not in whole:
            part = _partly(user, policy, grant, scope)
            if part not in parts:
                parts.append(part)
    return functools.reduce(operator.or_, parts) if parts else None


def reach_of(policy: Policy, grant: Grant, verb: str) -> Scope:
    """How far one membership's `verb` goes. A team's reach without a team is one's own, and where nobody owns a record
    whoever sees one sees all."""
    scope = policy.scope(grant.role, verb)
    if scope > Scope.NONE and not policy.owner:
        return Scope.COMPANY
    return Scope.OWN if scope == Scope.TEAM and not (policy.team and grant.team_id) else scope


def _within(policy: Policy, companies: Sequence[int]) -> Q:
    column = policy.company_column
    return Q(**{column: companies[0]}) if len(companies) == 1 else Q(**{f"{column}__in": companies})


def _partly(user: "User", policy: Policy, grant: Grant, scope: Scope) -> Q:
    reached = Q(**{policy.owner: user.pk})
    if scope == Scope.TEAM:
        reached |= Q(**{policy.team: grant.team_id})
    return Q(**{policy.company_column: grant.company_id}) & reached


def scoped(user: "User", queryset: QuerySet[M], verb: str = "view", company_id: int | None = None) -> QuerySet[M]:
    """The part of `queryset` on which the person may do `verb`."""
    allowed = condition(user, policy_of(queryset.model), verb, company_id)
    return queryset.none() if allowed is None else queryset.filter(allowed)


def may(user: "User", verb: str, target: Model | type[Model], company_id: int | None = None) -> bool:
    """Whether the person may do `verb` on the record, or, given a model, on some record of it in the company."""
    policy = policy_of(target if isinstance(target, type) else type(target))
    if isinstance(target, type):
        grants = (g for g in grants_of(user) if company_id is None or g.company_id == company_id)
        return any(policy.scope(grant.role, verb) > Scope.NONE for grant in grants)
    return any(reason.reaches for reason in reasons(user, verb, target))


def reach(user: "User", verb: str, model: type[Model], company_id: int) -> Scope:
    """How far the person's `verb` goes in the company."""
    policy = policy_of(model)
    own = (reach_of(policy, grant, verb) for grant in grants_of(user) if grant.company_id == company_id)
    return max(own, default=Scope.NONE)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one membership does or does not let the person do something; shown on the access page.

    :ivar by: what lets the record lie within the scope; empty when it does not.
    """

    grant: Grant
    scope: Scope
    by: Literal["", "company", "owner", "team"]

    @property
    def reaches(self) -> bool:
        return bool(self.by)


def reasons(user: "User", verb: str, record: Model) -> list[Reason]:
    """Every membership in the record's company with the scope it gives and whether the record lies within it."""
    policy = policy_of(type(record))
    company_id = value_at(record, policy.company_column)
    found = []
    for grant in grants_of(user):
        if grant.company_id != company_id:
            continue
        scope = policy.scope(grant.role, verb)
        found.append(Reason(grant, scope, _lies_within(user, policy, grant, scope, record)))
    return found


def _lies_within(
    user: "User", policy: Policy, grant: Grant, scope: Scope, record: Model
) -> Literal["", "company", "owner", "team"]:
    if scope == Scope.NONE:
        return ""
    if scope >= Scope.COMPANY or not policy.owner:
        return "company"
    if value_at(record, policy.owner) == user.pk:
        return "owner"
    if scope != Scope.TEAM or not policy.team or grant.team_id is None:
        return ""
    return "team" if value_at(record, policy.team) == grant.team_id else ""


def value_at(record: Any, path: str) -> Any:
    """The key stored at a path such as `owner` or `order__owner`."""
    *steps, last = path.split("__")
    for step in steps:
        record = getattr(record, step)
    value = getattr(record, last)
    return value.pk if isinstance(value, Model) else value
