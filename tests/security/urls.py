"""Every address of the suite, read from the URLconf, so that no list of ours can be out of date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.views import View

from core.ui.api.files import RecordFilesViewSet
from core.ui.api.viewsets import ResourceViewSet
from core.ui.resource import Resource

MADE = (ResourceViewSet, RecordFilesViewSet)
UNSAFE = ("post", "put", "patch", "delete")


@dataclass(frozen=True)
class Address:
    """One pattern of the URLconf.

    :ivar name: with its namespaces, as `reverse` takes it.
    :ivar parameters: what the route takes, in order.
    """

    route: str
    name: str
    parameters: tuple[str, ...]
    callback: Any

    @cached_property
    def view(self) -> Any:
        """The view class, or the function."""
        return getattr(self.callback, "view_class", None) or getattr(self.callback, "cls", None) or self.callback

    @property
    def label(self) -> str:
        """Dotted name of the view; the viewsets that are made from Resources have the name of their base."""
        view = self.view
        made = (base for base in MADE if isinstance(view, type) and issubclass(view, base))
        view = next(made, view)
        return f"{view.__module__}.{view.__qualname__}"

    @property
    def resource(self) -> Resource | None:
        """The Resource whose page or API this is."""
        given = getattr(self.callback, "view_initkwargs", {}).get("resource")
        return given or getattr(self.view, "resource", None)

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """The HTTP methods that the view answers, as far as it says; a function may answer to any. HEAD is GET."""
        actions = getattr(self.callback, "actions", None)
        if actions is not None:
            return tuple(method for method in actions if method != "head")
        if isinstance(self.view, type) and issubclass(self.view, View):
            return tuple(
                m
                for m in self.view.http_method_names
                if m not in ("head", "options", "trace") and hasattr(self.view, m)
            )
        return ("get", "post")

    @property
    def unsafe(self) -> tuple[str, ...]:
        return tuple(method for method in self.methods if method in UNSAFE)

    def __str__(self) -> str:
        return f"{self.name or '(no name)'} /{self.route} ({self.label})"


def _walk(resolver: Any, prefix: str, namespaces: tuple[str, ...]) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern, route, inner)
        elif isinstance(pattern, URLPattern):
            parameters = (*_parameters(resolver), *_parameters(pattern))
            yield Address(route, ":".join((*namespaces, pattern.name or "")), parameters, pattern.callback)


def _parameters(pattern: Any) -> tuple[str, ...]:
    found = pattern.pattern
    return tuple(found.converters) or tuple(found.regex.groupindex)


@lru_cache(maxsize=1)
def addresses() -> tuple[Address, ...]:
    return tuple(_walk(get_resolver(), "", ()))
