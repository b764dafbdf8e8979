"""From Resources to API addresses: a viewset a Resource, with a method a business verb, and the schema of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.urls import URLPattern, path
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.documents.models import Document
from core.ui.actions import Action
from core.ui.api import schema
from core.ui.api.files import RecordFilesViewSet
from core.ui.api.parsers import FiniteJSONParser
from core.ui.api.viewsets import ResourceViewSet
from core.ui.choices import has_field
from core.ui.record_files import keeps_files
from core.ui.resource import Resource

Methods = Any  # HTTP method → method of the viewset; the stubs know no public type for it


def _verb(action: Action) -> Callable[..., Response]:
    def method(self: ResourceViewSet, request: Request, pk: str) -> Response:
        return self.perform(request, pk, action)

    method.__name__ = method_name(action)
    method.__doc__ = str(action.label)
    return method


def method_name(action: Action) -> str:
    """Never the bare name: `post` would be taken for the HTTP method."""
    return f"verb_{action.name}"


def verbs(resource: Resource) -> list[Action]:
    return [action for action in resource.actions if action.api]


def viewset_of(resource: Resource) -> type[ResourceViewSet]:
    """The viewset class of one Resource, described for the schema."""
    members: dict[str, Any] = {method_name(action): _verb(action) for action in verbs(resource)}
    made: type[ResourceViewSet] = type(f"{type(resource).__name__}ViewSet", (ResourceViewSet,), members)
    made.resource = resource
    if any(isinstance(field, forms.FileField) for field in getattr(resource.form, "base_fields", {}).values()):
        made.parser_classes = [FiniteJSONParser, MultiPartParser]
    return cast(type[ResourceViewSet], schema.described(made, resource))


def urls_of(resource: Resource) -> list[URLPattern]:
    """List and record, the record by its external id, and a path a verb."""
    viewset, slug = viewset_of(resource), resource.slug
    one: Methods = {"get": "retrieve"}
    many: Methods = {"get": "list"}
    if resource.can_create:
        many["post"] = "create"
    if resource.can_update:
        one |= {"put": "update", "patch": "partial_update"}
    found = [
        path(f"{slug}/", viewset.as_view(many), name=f"{slug}-list"),
        path(f"{slug}/<str:pk>/", viewset.as_view(one), name=f"{slug}-detail"),
    ]
    if has_field(resource.model, "external_id"):
        named: Methods = {"get": "external_retrieve"}
        if resource.can_create and resource.can_update:
            named["put"] = "external_upsert"
        found.append(path(f"{slug}/by-external-id/<str:external_id>/", viewset.as_view(named), name=f"{slug}-external"))
    for action in verbs(resource):
        route = f"{slug}/<str:pk>/{action.name.replace('_', '-')}/"
        found.append(path(route, viewset.as_view({"post": method_name(action)}), name=f"{slug}-{action.name}"))
    return [*found, *(file_urls(resource) if keeps_files(resource) else ())]


def file_urls(resource: Resource) -> list[URLPattern]:
    """Files and the paper of a record."""
    made: Any = type(f"{type(resource).__name__}FilesViewSet", (RecordFilesViewSet,), {"resource": resource})
    viewset = schema.described_files(made, resource)
    routes: dict[str, tuple[str, Methods]] = {
        "attachments": ("attachments/", {"get": "list_files", "post": "attach"}),
        "attachment": ("attachments/<int:file_id>/", {"get": "download"}),
        "attachment-remove": ("attachments/<int:file_id>/remove/", {"post": "remove"}),
    }
    if issubclass(resource.model, Document):
        routes |= {"paper": ("paper/", {"get": "read_paper"}), "paper-retry": ("paper/retry/", {"post": "retry"})}
    return [
        path(f"{resource.slug}/<str:pk>/{route}", viewset.as_view(methods), name=f"{resource.slug}-{name}")
        for name, (route, methods) in routes.items()
    ]
