"""All Resources of the suite, by slug and by model. Filled while Django starts, never changed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model

from core.ui.resource import Column, PresetView, Resource

if TYPE_CHECKING:
    from django_filters import Filter

    from core.ui.actions import Action
    from core.ui.panels import Panel

R = TypeVar("R", bound=type[Resource])

_by_slug: dict[str, Resource] = {}
_by_model: dict[type[Model], Resource] = {}
_waiting: dict[str, list[Callable[[Resource], None]]] = {}


def _concrete(model: type[Model]) -> type[Model]:
    return model._meta.concrete_model or model


def register(declaration: R) -> R:
    """Class decorator: make the Resource known under its slug and as the home of its model.

    A second Resource of a model is allowed; the first one is its home.

    :raises ImproperlyConfigured: when the slug is taken.
    """
    slug = declaration.slug
    if slug in _by_slug:
        raise ImproperlyConfigured(f"two Resources are called {slug!r}")
    resource = declaration()
    _by_slug[slug] = resource
    _by_model.setdefault(_concrete(declaration.model), resource)
    for change in _waiting.pop(slug, []):
        change(resource)
    return declaration


def all_resources() -> Iterator[Resource]:
    return iter(_by_slug.values())


def get(slug: str) -> Resource:
    """:raises KeyError: for an unknown slug."""
    return _by_slug[slug]


def find(slug: str) -> Resource | None:
    return _by_slug.get(slug)


def for_model(model: type[Model]) -> Resource | None:
    """The home of a model, or None when it has no screens of its own."""
    return _by_model.get(_concrete(model))


def for_label(label: str) -> Resource | None:
    """The home of a model by its label, such as `parties.Party`."""
    wanted = label.lower()
    return next((found for model, found in _by_model.items() if model._meta.label_lower == wanted), None)


def url_for(obj: Model) -> str:
    """The record's page, or an empty string when its model has no screens."""
    resource = for_model(type(obj))
    return resource.detail_url(obj.pk) if resource and obj.pk else ""


class Extension:
    """Additions that an upper app makes to a lower app's Resource. They wait until the Resource is registered."""

    def __init__(self, slug: str) -> None:
        self.slug = slug

    def _apply(self, change: Callable[[Resource], None]) -> Extension:
        resource = _by_slug.get(self.slug)
        if resource is None:
            _waiting.setdefault(self.slug, []).append(change)
        else:
            change(resource)
        return self

    def add_panel(self, panel: Panel, *, after: str | None = None) -> Extension:
        """Add a panel, behind the one named `after` or at the end."""

        def change(resource: Resource) -> None:
            panels = list(resource.panels)
            names = [existing.name for existing in panels]
            panels.insert(names.index(after) + 1 if after in names else len(panels), panel)
            resource.panels = tuple(panels)

        return self._apply(change)

    def add_action(self, action: Action) -> Extension:
        def change(resource: Resource) -> None:
            resource.actions = (*resource.actions, action)

        return self._apply(change)

    def add_column(self, column: str | Column, *, default: bool = False) -> Extension:
        """Offer one more column; `default` shows it without being asked for."""

        def change(resource: Resource) -> None:
            if default:
                resource.columns = (*resource.columns, column)
            else:
                resource.more_columns = (*resource.more_columns, column)

        return self._apply(change)

    def add_filter(self, name: str, item: Filter) -> Extension:
        """Offer one more filter on the list and in the API."""

        def change(resource: Resource) -> None:
            resource.more_filters = {**resource.more_filters, name: item}

        return self._apply(change)

    def add_saved_view(self, view: PresetView) -> Extension:
        def change(resource: Resource) -> None:
            resource.saved_views = (*resource.saved_views, view)

        return self._apply(change)

    def set_stepper(self, stepper: Callable[..., object]) -> Extension:
        """Show the chain of documents on top of the record."""

        def change(resource: Resource) -> None:
            resource.stepper = stepper  # type: ignore[assignment]

        return self._apply(change)


def extend(slug: str) -> Extension:
    """Additions from above: `extend("parties").add_panel(OpenDealsPanel())`."""
    return Extension(slug)


def waiting_slugs() -> list[str]:
    """Slugs that were extended but never registered; a system check reports them."""
    return sorted(_waiting)
