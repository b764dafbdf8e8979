"""Rights as people read them: the whole matrix of roles, and why one person may or may not do something.

Nothing is decided here. Every answer comes from core.access.policies, the same functions that lists, records, exports
and the API ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access.enums import Role, Scope
from core.access.models import User
from core.access.policies import Policy, Reason, all_policies, grants_of, may, policy_of, reasons, value_at
from core.company.models import Team
from core.ui import registry

STANDARD = ("view", "create", "change", "delete", "export")
LABELS = {
    "*": gettext_lazy("Anything else"),
    "view": gettext_lazy("See"),
    "create": gettext_lazy("Create"),
    "change": gettext_lazy("Change"),
    "delete": gettext_lazy("Delete"),
    "export": gettext_lazy("Export"),
    "log": gettext_lazy("Log interactions"),  # a note, a call, a meeting: three buttons for one right
}
SCOPES = {
    Scope.NONE: "",
    Scope.OWN: gettext_lazy("own"),
    Scope.TEAM: gettext_lazy("team"),
    Scope.COMPANY: gettext_lazy("company"),
    Scope.ALL: gettext_lazy("all"),
}


@dataclass(frozen=True)
class MatrixRow:
    """One act on one kind of object: how far each role may go."""

    model: type[Model]
    verb: str
    scopes: dict[Role, Scope]

    @property
    def object_label(self) -> str:
        return capfirst(str(self.model._meta.verbose_name_plural))

    @property
    def verb_label(self) -> str:
        return verb_label(self.model, self.verb)


def verbs_of(model: type[Model]) -> list[str]:
    """Every act that the model's policy or one of its screens knows, the standard ones first."""
    named = set(policy_of(model).known)
    for resource in registry.all_resources():
        if resource.model is model:
            named |= {action.permission for action in resource.actions}
    own = sorted(named.difference(STANDARD, "*"))
    return [*STANDARD, *own, *(["*"] if "*" in named else [])]


def verb_label(model: type[Model], verb: str) -> str:
    """As its button calls it; where the model has none, as the button of the document that it belongs to."""
    if verb in LABELS:
        return str(LABELS[verb])
    resources = sorted(registry.all_resources(), key=lambda resource: resource.model is not model)
    buttons = (action for resource in resources for action in resource.actions if action.permission == verb)
    button = next(buttons, None)
    return str(button.label) if button is not None else capfirst(verb.replace("_", " "))


def policies_by_label() -> list[Policy]:
    return sorted(all_policies(), key=lambda policy: policy.model._meta.label)


def matrix() -> Iterator[MatrixRow]:
    """Role × object × act × scope, all of it."""
    for policy in policies_by_label():
        for verb in verbs_of(policy.model):
            yield MatrixRow(policy.model, verb, {role: policy.scope(role, verb) for role in Role})


def matrix_table() -> list[list[str]]:
    """The matrix in plain words that no language changes: what the test compares and the export writes."""
    head = ["object", "action", *(role.value for role in Role)]
    rows = [
        [row.model._meta.label, row.verb, *(scope.name.lower() if scope else "" for scope in row.scopes.values())]
        for row in matrix()
    ]
    return [head, *rows]


@dataclass(frozen=True)
class Why:
    """One membership's say about one act."""

    role: str
    team: str
    scope: str
    reaches: bool
    text: str


@dataclass(frozen=True)
class Verdict:
    """One act: whether the person may, and what each membership says to it."""

    verb: str
    label: str
    allowed: bool
    whys: list[Why]


def verdicts(person: User, model: type[Model], company_id: int, record: Any = None) -> list[Verdict]:
    """Every act on the record, or on the kind of record, and why."""
    teams = dict(Team.objects.filter(company_id=company_id).values_list("pk", "name"))
    found = []
    for verb in verbs_of(model):
        target = model if record is None else record
        whys = (
            [_why_some(model, grant, verb, teams) for grant in grants_of(person) if grant.company_id == company_id]
            if record is None
            else [_why(reason, record, teams) for reason in reasons(person, verb, record)]
        )
        allowed = person.is_active and may(person, verb, target, company_id)
        found.append(Verdict(verb, verb_label(model, verb), allowed, whys))
    return found


def _why_some(model: type[Model], grant: Any, verb: str, teams: dict[int, str]) -> Why:
    """Without a record only the scope can be told."""
    policy = policy_of(model)
    scope = policy.scope(grant.role, verb)
    team = teams.get(grant.team_id, "")
    texts = {
        Scope.NONE: _("This role does not include it."),
        Scope.OWN: _("Records the person owns."),
        Scope.TEAM: _("Records the person owns or that belong to the team %(team)s.") % {"team": team or "–"},
    }
    text = texts.get(scope, _("Every record of the company."))
    if scope and not policy.owner:
        text = _("Every record of the company.")
    return Why(str(grant.role.label), team, str(SCOPES[scope]), scope > Scope.NONE, text)


def _why(reason: Reason, record: Any, teams: dict[int, str]) -> Why:
    team = teams.get(reason.grant.team_id, "") if reason.grant.team_id else ""
    return Why(
        str(reason.grant.role.label), team, str(SCOPES[reason.scope]), reason.reaches, _text(reason, record, team)
    )


def _text(reason: Reason, record: Any, team: str) -> str:
    if reason.by == "company":
        return _("Every record of the company.")
    if reason.by == "owner":
        return _("The person owns this record.")
    if reason.by == "team":
        return _("The record belongs to the team %(team)s.") % {"team": team}
    if reason.scope == Scope.NONE:
        return _("This role does not include it.")
    owner = _owner(record)
    if reason.scope == Scope.OWN:
        return _("Only own records; this one belongs to %(owner)s.") % {"owner": owner}
    return _("Only own records and those of the team %(team)s; this one belongs to %(owner)s.") % {
        "team": team or _("(none)"),
        "owner": owner,
    }


def _owner(record: Any) -> str:
    """Who owns the record and which team it belongs to, in words."""
    policy = policy_of(type(record))
    owner = User.objects.filter(pk=value_at(record, policy.owner)).first() if policy.owner else None
    team = Team.objects.filter(pk=value_at(record, policy.team)).first() if policy.team else None
    named = [str(owner) if owner else _("nobody"), *([_("team %(team)s") % {"team": team}] if team else [])]
    return ", ".join(named)
