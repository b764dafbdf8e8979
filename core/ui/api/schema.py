"""What the OpenAPI schema says: input from the form's fields, output from the model's, errors as problems."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers

from core.ui.api.problems import CONTENT_TYPE
from core.ui.api.representation import HIDDEN_IN_LINES, output_names
from core.ui.choices import has_field
from core.ui.columns import bound_columns
from core.ui.listing import filter_names
from core.ui.resource import Resource

Field = serializers.Field[Any, Any, Any, Any]


class ProblemError(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """Every error of the API."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    field = serializers.CharField(required=False)
    hint = serializers.CharField(required=False)
    errors = ProblemError(many=True, required=False)  # type: ignore[assignment]
    params = serializers.DictField(required=False)


class MadeRecord(serializers.Serializer[Any]):
    """A record of another kind that a verb made."""

    type = serializers.CharField()
    id = serializers.IntegerField()
    title = serializers.CharField()


class AttachedFile(serializers.Serializer[Any]):
    """A file of a record."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()
    created_by = serializers.IntegerField(allow_null=True)


class AttachedFiles(serializers.Serializer[Any]):
    results = AttachedFile(many=True)


class FileUpload(serializers.Serializer[Any]):
    file = serializers.FileField()


class PaperStatus(serializers.Serializer[Any]):
    """A paper that is still being made."""

    status = serializers.CharField()


def _serializer(name: str, fields: dict[str, Field]) -> type[serializers.Serializer[Any]]:
    return type(name, (serializers.Serializer,), fields)


def input_field(field: forms.Field) -> Field:
    """A form field as JSON takes it."""
    common: dict[str, Any] = {"required": field.required, "help_text": str(field.help_text or "")}
    if not field.required:
        common["allow_null"] = True
    if isinstance(field, forms.ModelMultipleChoiceField):
        return serializers.ListField(child=serializers.IntegerField(), **common)
    if isinstance(field, forms.ModelChoiceField):
        target: Any = field.queryset
        integer = isinstance(target.model._meta.pk, models.AutoField | models.BigAutoField)
        return serializers.IntegerField(**common) if integer else serializers.CharField(**common)
    if isinstance(field, forms.MultipleChoiceField):
        return serializers.ListField(child=serializers.CharField(), **common)
    if isinstance(field, forms.ChoiceField):
        return _one_of([value for value, _label in _flat(field) if value != ""], common)
    for form_class, made in INPUTS:
        if isinstance(field, form_class):
            return cast(Field, made(field, common))
    return serializers.CharField(max_length=getattr(field, "max_length", None), **common)


def _one_of(values: list[Any], common: dict[str, Any]) -> Field:
    """A choice with its values in place: named enumerations of one field name would collide between models."""
    kind = "integer" if all(isinstance(value, int) for value in values) else "string"
    made = extend_schema_field({"type": kind, "enum": values})(type("ChoiceText", (serializers.CharField,), {}))
    return made(**common)  # type: ignore[no-any-return]


def _flat(field: Any) -> list[tuple[Any, str]]:
    return [(value, str(label)) for value, label in field.choices if not isinstance(label, list | tuple)]


def _decimal(field: Any, common: dict[str, Any]) -> Field:
    return serializers.DecimalField(max_digits=field.max_digits, decimal_places=field.decimal_places, **common)


INPUTS: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.BooleanField, lambda field, common: serializers.BooleanField(**{**common, "required": False})),
    (forms.DateTimeField, lambda field, common: serializers.DateTimeField(**common)),
    (forms.DateField, lambda field, common: serializers.DateField(**common)),
    (forms.TimeField, lambda field, common: serializers.TimeField(**common)),
    (forms.DecimalField, _decimal),
    (forms.IntegerField, lambda field, common: serializers.IntegerField(**common)),
    (forms.EmailField, lambda field, common: serializers.EmailField(**common)),
    (forms.FileField, lambda field, common: serializers.FileField(**common)),
)


def output_field(model: type[models.Model], name: str) -> Field:
    """A model field as JSON answers it; decimals are strings."""
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return serializers.CharField(read_only=True, allow_null=True)
    common: dict[str, Any] = {"read_only": True, "allow_null": bool(getattr(field, "null", False))}
    if field.many_to_many:
        return serializers.ListField(child=serializers.IntegerField(), read_only=True)
    if field.is_relation:
        field = field.target_field
    for field_class, made in OUTPUTS:
        if isinstance(field, field_class):
            return cast(Field, made(**common))
    return serializers.CharField(**common)


OUTPUTS: tuple[tuple[type[models.Field[Any, Any]], Any], ...] = (
    (models.BooleanField, serializers.BooleanField),
    (models.DateTimeField, serializers.DateTimeField),
    (models.DateField, serializers.DateField),
    (models.IntegerField, serializers.IntegerField),
)


def _is_reference(model: type[models.Model], name: str) -> bool:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return bool(field.many_to_one or field.one_to_one)


def _output(model: type[models.Model], names: tuple[str, ...]) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for name in names:
        fields[name] = output_field(model, name)
        if _is_reference(model, name):
            fields[f"{name}_label"] = serializers.CharField(read_only=True, allow_null=True)
    return fields


def _name(resource: Resource) -> str:
    return type(resource).__name__.removesuffix("Resource")


@lru_cache(maxsize=256)
def output_serializer(resource: Resource, *, with_lines: bool) -> type[serializers.Serializer[Any]]:
    fields = _output(resource.model, output_names(resource))
    fields["title"] = serializers.CharField(read_only=True)
    if with_lines and resource.answered_lines is not None:
        shown, accessor = resource.answered_lines
        relation: Any = resource.model._meta.get_field(accessor)
        line: Any = relation.related_model
        hidden = {*HIDDEN_IN_LINES, relation.field.name}
        names = tuple(field.name for field in line._meta.concrete_fields if field.name not in hidden)
        fields[shown] = _serializer(f"{_name(resource)}Line", _output(line, names))(many=True, read_only=True)
    return _serializer(f"{_name(resource)}{'' if with_lines else 'Row'}", fields)


@lru_cache(maxsize=256)
def line_input_serializer(resource: Resource) -> type[serializers.Serializer[Any]]:
    fields = getattr(resource.lines.form, "base_fields", {}) if resource.lines is not None else {}
    lines = {name: input_field(field) for name, field in fields.items()}
    return _serializer(f"{_name(resource)}LineInput", {"id": serializers.IntegerField(required=False), **lines})


@lru_cache(maxsize=256)
def input_serializer(resource: Resource, *, partial: bool) -> type[serializers.Serializer[Any]]:
    fields = {name: input_field(field) for name, field in getattr(resource.form, "base_fields", {}).items()}
    if partial:
        for field in fields.values():
            field.required = False
    if resource.lines is not None:
        required = resource.lines.min > 0 and not partial
        fields[resource.lines.name] = line_input_serializer(resource)(many=True, required=required)
    if has_field(resource.model, "version"):
        fields["version"] = serializers.IntegerField(required=False)
    if has_field(resource.model, "external_id"):
        fields["external_id"] = serializers.CharField(required=False, max_length=120)
    return _serializer(f"{_name(resource)}{'Change' if partial else 'Input'}", fields)


def _page(resource: Resource) -> type[serializers.Serializer[Any]]:
    fields: dict[str, Field] = {
        "count": serializers.IntegerField(),
        "count_is_estimate": serializers.BooleanField(),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": output_serializer(resource, with_lines=False)(many=True),
    }
    return _serializer(f"{_name(resource)}Page", fields)


def _query(resource: Resource) -> list[OpenApiParameter]:
    sortable = sorted(name for name, column in bound_columns(resource).items() if column.sort)
    order = [sign + name for name in sortable for sign in ("", "-")]
    found = [
        OpenApiParameter("limit", OpenApiTypes.INT, description="1 to 200"),
        OpenApiParameter("cursor", str),
        OpenApiParameter("ordering", str, enum=order),
        *([OpenApiParameter("q", str, description="search")] if resource.search else ()),
        OpenApiParameter("updated_since", OpenApiTypes.DATETIME),
        OpenApiParameter("external_id", str),
        COMPANY,
    ]
    return found + [OpenApiParameter(name, str) for name in sorted(filter_names(resource))]


COMPANY = OpenApiParameter("company", str, description="id or code; needed by users of several companies")
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="kept for seven days")
PK = OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)


def _answers(status: int, serializer: Any, *errors: int) -> dict[Any, Any]:
    problems = dict.fromkeys(((code, CONTENT_TYPE) for code in (401, 403, 429, *errors)), Problem)
    return {status: serializer, **problems}


def _copy(method: Any, name: str) -> Any:
    """A function of the class's own, because the schema is written onto it."""

    def own(self: Any, *args: Any, **kwargs: Any) -> Any:
        return method(self, *args, **kwargs)

    own.__doc__, own.__name__ = method.__doc__, name
    return own


def described(viewset: Any, resource: Resource) -> Any:
    """Attach the schema to every method of a viewset class."""
    full, slug = output_serializer(resource, with_lines=True), resource.slug
    whole, part = input_serializer(resource, partial=False), input_serializer(resource, partial=True)

    def describe(name: str, operation: str, request: Any, responses: Any, parameters: list[Any]) -> None:
        method = getattr(viewset, name)
        own = _copy(method, name)
        setattr(
            viewset,
            name,
            extend_schema(
                operation_id=f"{slug}_{operation}",
                tags=[slug],
                request=request,
                responses=responses,
                parameters=[*parameters],
            )(own),
        )

    describe("list", "list", None, _answers(200, _page(resource), 400), _query(resource))
    describe("retrieve", "read", None, _answers(200, full, 404), [PK, COMPANY])
    describe("create", "create", whole, _answers(201, full, 400, 409, 422), [KEY, COMPANY])
    describe("update", "replace", whole, _answers(200, full, 400, 404, 409, 422), [PK, COMPANY])
    describe("partial_update", "change", part, _answers(200, full, 400, 404, 409, 422), [PK, COMPANY])
    describe("external_retrieve", "read_by_external_id", None, _answers(200, full, 404), [COMPANY])
    describe("external_upsert", "upsert", part, {**_answers(200, full, 400, 409, 422), 201: full}, [COMPANY])
    for action in resource.actions:
        if action.api:
            fields = {name: input_field(field) for name, field in getattr(action.form, "base_fields", {}).items()}
            body = (
                _serializer(f"{_name(resource)}{action.name.title().replace('_', '')}Input", fields) if fields else None
            )
            answer = _serializer(
                f"{_name(resource)}{action.name.title().replace('_', '')}Answer",
                {**full().get_fields(), "result": MadeRecord(required=False)},
            )
            describe(
                f"verb_{action.name}", action.name, body, _answers(200, answer, 400, 404, 409, 422), [PK, KEY, COMPANY]
            )
    return viewset


FILE = OpenApiParameter("file_id", OpenApiTypes.INT, OpenApiParameter.PATH)
PDF, BYTES = (200, "application/pdf"), (200, "application/octet-stream")
FILE_METHODS: dict[str, tuple[str, Any, dict[Any, Any], list[Any]]] = {
    "list_files": ("attachments_list", None, {200: AttachedFiles}, []),
    "attach": ("attachments_attach", {"multipart/form-data": FileUpload}, {201: AttachedFile}, []),
    "download": ("attachments_download", None, {BYTES: OpenApiTypes.BINARY}, [FILE]),
    "remove": ("attachments_remove", None, {200: AttachedFile}, [FILE]),
    "read_paper": (
        "paper_read",
        None,
        {PDF: OpenApiTypes.BINARY, (202, "application/json"): PaperStatus},
        [],
    ),
    "retry": ("paper_retry", None, {202: PaperStatus}, []),
}


def described_files(viewset: Any, resource: Resource) -> Any:
    """Attach the schema to every method of a viewset of files."""
    problems = dict.fromkeys(((code, CONTENT_TYPE) for code in (401, 403, 404, 409, 422, 429)), Problem)
    for name, (operation, request, responses, parameters) in FILE_METHODS.items():
        describe = extend_schema(
            operation_id=f"{resource.slug}_{operation}",
            tags=[resource.slug],
            request=request,
            responses={**responses, **problems},
            parameters=[PK, *parameters, COMPANY],
        )
        setattr(viewset, name, describe(_copy(getattr(viewset, name), name)))
    return viewset
