"""Saved views and column choices: which ones a person sees, what they set, and how they are kept."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.access.enums import Role
from core.access.models import User
from core.access.policies import grants_of, roles_in
from core.errors import InvalidInputError, NotAllowedError
from core.ui import columns
from core.ui.enums import ViewScope
from core.ui.listing import OWN_PARAMETERS, clean_params, filter_names
from core.ui.models import ListChoice, SavedView
from core.ui.resource import Caller, PresetView, Resource
from core.whole_numbers import id_in

ALL = "all"
NAME_LENGTH = 80  # as the column of the table


def team_ids(caller: Caller) -> list[int]:
    """The caller's teams in the company they work in."""
    return [g.team_id for g in grants_of(caller.user) if g.company_id == caller.company_id and g.team_id is not None]


def visible_views(caller: Caller, resource: Resource) -> QuerySet[SavedView]:
    """Views of a list that the caller sees: their own, their teams', the company's."""
    mine = Q(owner=caller.user)
    shared = Q(scope=ViewScope.COMPANY) | Q(scope=ViewScope.TEAM, team_id__in=team_ids(caller))
    return SavedView.objects.filter(mine | shared, company_id=caller.company_id, resource=resource.slug)


@dataclass(frozen=True)
class StoredView:
    """What a list needs to know of a saved view."""

    pk: int
    name: str
    params: str
    columns: list[str]
    scope: str
    owner_id: int
    is_default: bool


SETUP_SECONDS = 300


def _version_key(company_id: int, slug: str) -> str:
    return f"list-version:{company_id}:{slug}"


def forget(company_id: int, slug: str) -> None:
    """Everybody's remembered set-up of a list is out of date from now on; and again once the change is committed, for
    those who read the old one meanwhile."""

    def renew() -> None:
        cache.set(_version_key(company_id, slug), uuid.uuid4().hex, None)

    renew()
    transaction.on_commit(renew)


def read_setup(resource: Resource, caller: Caller) -> tuple[list[StoredView], list[str]]:
    """The views a person sees and the columns they chose. Two queries, remembered until somebody changes something."""
    version_key = _version_key(caller.company_id, resource.slug)
    key = f"list-setup:{caller.company_id}:{caller.user.pk}:{resource.slug}:{'-'.join(map(str, team_ids(caller)))}"
    kept = cache.get_many([version_key, key])
    version = kept.get(version_key, "")
    if key in kept and kept[key][0] == version:
        return kept[key][1]  # type: ignore[no-any-return]
    names = [field.name for field in fields(StoredView)]
    views = [StoredView(*row) for row in visible_views(caller, resource).values_list(*names)]
    choice = ListChoice.objects.filter(user=caller.user, company_id=caller.company_id, resource=resource.slug)
    found = (views, list(choice.values_list("columns", flat=True).first() or ()))
    cache.set(key, (version, found), SETUP_SECONDS)
    return found


@dataclass(frozen=True)
class Tab:
    """A view as the list's tabs show it."""

    label: str
    url: str
    active: bool
    kind: str
    id: int | None
    edit_url: str = ""
    is_default: bool = False


class ListSetup:
    """What a person set up for one list; asked by list, board, export and saving a view alike."""

    def __init__(self, resource: Resource, caller: Caller, asked: QueryDict) -> None:
        self.resource, self.caller, self.asked = resource, caller, asked

    @cached_property
    def _stored(self) -> tuple[list[StoredView], list[str]]:
        return read_setup(self.resource, self.caller)

    @property
    def saved(self) -> list[StoredView]:
        return self._stored[0]

    @cached_property
    def untouched(self) -> bool:
        """Whether the list was opened without asking for anything in particular."""
        meaningful = filter_names(self.resource) | set(OWN_PARAMETERS)
        return not any(name in meaningful for name in self.asked)

    @cached_property
    def default(self) -> StoredView | PresetView | None:
        """The view that opens first: one's own, else the company's, else the one that ships."""
        own: list[StoredView | PresetView]
        own = [view for view in self.saved if view.is_default and view.owner_id == self.caller.user.pk]
        own += [view for view in self.saved if view.is_default and view.scope == ViewScope.COMPANY]
        own += [view for view in self.resource.saved_views if view.default]
        return own[0] if own else None

    @cached_property
    def active(self) -> StoredView | PresetView | None:
        if self.untouched:
            return self.default
        name = str(self.asked.get("view", ""))
        if (key := id_in(name)) is not None:
            return next((view for view in self.saved if view.pk == key), None)
        return next((view for view in self.resource.saved_views if view.name == name), None)

    @cached_property
    def params(self) -> QueryDict:
        """The parameters in force."""
        if not self.untouched or self.active is None:
            return self.asked
        result = QueryDict(view_query(self.active), mutable=True)
        for name, values in self.asked.lists():
            result.setlist(name, values)
        return result

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """Columns of the active view, else the person's own choice, else none: the default ones."""
        if isinstance(self.active, StoredView) and self.active.columns:
            return tuple(self.active.columns)
        return tuple(self._stored[1])

    def tabs(self) -> list[Tab]:
        if not self.saved and not self.resource.saved_views:
            return []
        base = self.resource.url("list")
        everything = f"{base}?view={ALL}" if self.default is not None else base
        plain = self.active is None and not self.params.keys() - {"view", "page", "cursor", "sort"}
        found = [Tab(_("All"), everything, plain, ALL, None)]
        found += [self._tab(base, view) for view in self.resource.saved_views]
        found += [self._tab(base, view) for view in self.saved]
        return found

    def _tab(self, base: str, view: StoredView | PresetView) -> Tab:
        url, active = f"{base}?{view_query(view)}", view == self.active
        if isinstance(view, PresetView):
            return Tab(str(view.label), url, active, "preset", None)
        mine = view.owner_id == self.caller.user.pk
        edit_url = self.resource.url("view", view.pk) if mine else ""
        return Tab(view.name, url, active, view.scope, view.pk, edit_url, view.is_default)


def view_query(view: StoredView | SavedView | PresetView) -> str:
    """A view as a query string, with its own name so that its tab shows as active."""
    if not isinstance(view, PresetView):
        return "&".join(part for part in (view.params, urlencode({"view": view.pk})) if part)
    pairs = [(name, item) for name, value in view.params.items() for item in _items(value)]
    return urlencode([*pairs, ("view", view.name)])


def _items(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def save_view(
    resource: Resource,
    caller: Caller,
    *,
    name: str,
    params: QueryDict,
    scope: str,
    column_names: Iterable[str] = (),
    is_default: bool = False,
) -> SavedView:
    """Keep the list as it stands under a name; the same name again replaces one's own view of that name.

    :raises InvalidInputError: without a name, for an unknown scope, for a team view of somebody without a team, or
        for a default of the whole company from somebody who is not its administrator.
    """
    kept = clean_params(resource, params)
    kept.pop("view", None)
    teams = team_ids(caller)
    if not name.strip():
        raise InvalidInputError(_("A view needs a name."), field="name")
    if scope not in ViewScope.values or (scope == ViewScope.TEAM and not teams):
        raise InvalidInputError(_("You are in no team to share this with."), field="scope")
    if is_default:
        _require_default(scope, caller)
    known = columns.bound_columns(resource)
    with transaction.atomic():
        if is_default:
            _clear_defaults(resource.slug, caller)
        view, _created = SavedView.objects.update_or_create(
            company_id=caller.company_id,
            owner=caller.user,
            resource=resource.slug,
            name=name.strip()[:NAME_LENGTH],
            defaults={
                "params": kept.urlencode(),
                "scope": scope,
                "team_id": teams[0] if scope == ViewScope.TEAM else None,
                "columns": [item for item in column_names if item in known],
                "is_default": is_default,
            },
        )
        forget(caller.company_id, resource.slug)
    return view


def _require_default(scope: str, caller: Caller) -> None:
    if scope == ViewScope.COMPANY and Role.ADMINISTRATOR not in roles_in(caller.user, caller.company_id):
        raise InvalidInputError(
            _("Only an administrator decides what opens first for the whole company."),
            field="is_default",
            hint=_("Save a private view and have that open first for you."),
        )


def _clear_defaults(slug: str, caller: Caller) -> None:
    mine = SavedView.objects.filter(company_id=caller.company_id, owner=caller.user, resource=slug)
    mine.filter(is_default=True).update(is_default=False)


def own_view(view_id: int, *, user: User) -> SavedView:
    """One's own view, locked for a change.

    :raises NotAllowedError: for somebody else's view."""
    view = SavedView.objects.select_for_update().filter(pk=view_id).first()
    if view is None or view.owner_id != user.pk:
        raise NotAllowedError(_("Only the person who saved a view can change it."))
    forget(view.company_id, view.resource)
    return view


def make_default(view_id: int, *, caller: Caller) -> SavedView:
    """Open this view first from now on; a second time takes that back.

    :raises NotAllowedError: for somebody else's view.
    :raises InvalidInputError: the company's view, of somebody who is not its administrator.
    """
    with transaction.atomic():
        view = own_view(view_id, user=caller.user)
        wanted = not view.is_default
        if wanted:
            _require_default(view.scope, caller)
        _clear_defaults(view.resource, caller)
        view.is_default = wanted
        view.save(update_fields=["is_default"])
    return view


def rename_view(view_id: int, *, name: str, caller: Caller) -> SavedView:
    """Call a view of one's own otherwise; a name ends after as many characters as when a view is saved.

    :raises NotAllowedError: for somebody else's view.
    :raises InvalidInputError: without a name or for a taken one.
    """
    wanted = name.strip()[:NAME_LENGTH]
    with transaction.atomic():
        view = own_view(view_id, user=caller.user)
        others = SavedView.objects.filter(company_id=view.company_id, owner=caller.user, resource=view.resource)
        if not wanted or others.exclude(pk=view.pk).filter(name=wanted).exists():
            raise InvalidInputError(_("Give the view a name that none of your other views has."), field="name")
        view.name = wanted
        view.save(update_fields=["name"])
    return view


def share_view(view_id: int, *, scope: str, caller: Caller) -> SavedView:
    """Change who sees a view. What opened first for oneself does not thereby open first for others.

    :raises NotAllowedError: for somebody else's view.
    :raises InvalidInputError: for an unknown scope or without a team.
    """
    teams = team_ids(caller)
    if scope not in ViewScope.values or (scope == ViewScope.TEAM and not teams):
        raise InvalidInputError(_("You are in no team to share this with."), field="scope")
    with transaction.atomic():
        view = own_view(view_id, user=caller.user)
        before, view.scope, view.team_id = view.scope, scope, teams[0] if scope == ViewScope.TEAM else None
        view.is_default = view.is_default and scope == before
        view.save(update_fields=["scope", "team", "is_default"])
    return view


def delete_view(view_id: int, *, caller: Caller) -> None:
    """:raises NotAllowedError: for somebody else's view."""
    with transaction.atomic():
        own_view(view_id, user=caller.user).delete()


def choose_columns(resource: Resource, caller: Caller, names: Iterable[str]) -> None:
    """Keep the caller's columns of a list, in order; none at all means the default ones again."""
    known = columns.bound_columns(resource)
    chosen = [name for name in dict.fromkeys(names) if name in known]
    mine: dict[str, Any] = {"user": caller.user, "company_id": caller.company_id, "resource": resource.slug}
    with transaction.atomic():
        if chosen:
            ListChoice.objects.update_or_create(**mine, defaults={"columns": chosen})
        else:
            ListChoice.objects.filter(**mine).delete()
        forget(caller.company_id, resource.slug)
