"""Django admin of Onebook: every table to look at, for administrators of the companies it belongs to.

Documents and facts are written by operations, people are managed under Settings: so what is shown here is read. Only
the installation's keeper (a superuser) may change the few tables whose own admin allows it, and only after step-up."""

from __future__ import annotations

from collections.abc import Iterable
from functools import wraps
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from pghistory.models import Event

from core.access.enums import Role
from core.access.models import User
from core.access.policies import grants_of
from core.company.models import Company, Membership
from core.company.tenancy import use_companies
from core.ui.models import ApiToken
from core.ui.step_up import require_step_up

ROOTS = ("core", "crm", "erp", "integration", "reporting")
SECRETS = ("password", "digest")
MOST_COLUMNS = 8
NAMES = ("number", "code", "name", "title", "subject", "sku", "label", "email", "key", "kind", "description")
DULL = ("id", "version", "external_id", "created_at", "created_by", "updated_at", *SECRETS)
LONG = (models.TextField, models.JSONField, models.BinaryField, models.GeneratedField)
# Tables without a company of their own, and how they hang on one; everything else is behind the database's wall.
OWNERS: dict[type[Model], str] = {
    User: "memberships__company",
    Company: "pk",
    Membership: "company",
    ApiToken: "user__memberships__company",
}


def administered(request: HttpRequest) -> list[int]:
    """The companies that the person administers; the keeper administers all they belong to."""
    user: Any = request.user
    held = grants_of(user) if user.is_authenticated else ()
    return sorted({grant.company_id for grant in held if grant.role == Role.ADMINISTRATOR or user.is_superuser})


class ViewedByAdministrators:
    """In front of any admin class: whoever may enter may read. Adding and changing stay with the class itself."""

    admin_site: OnebookAdminSite

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)


class TidyAdmin(ViewedByAdministrators):
    """What every list of ours has, unless its own class says otherwise: search, related rows read at once, and people
    of the administered companies only."""

    model: type[Model]
    opts: Any
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        path = OWNERS.get(self.model)
        if path is None or getattr(request.user, "is_superuser", False):
            return queryset
        owned: dict[str, Any] = {f"{path}__in": administered(request)}
        if path.endswith("company"):  # nothing of who was invited and has not accepted
            owned[f"{path.removesuffix('company')}accepted_at__isnull"] = False
        return queryset.filter(**owned).distinct()

    def get_search_fields(self, request: HttpRequest) -> Any:
        return super().get_search_fields(request) or searched(self.model)  # type: ignore[misc]

    def get_list_select_related(self, request: HttpRequest) -> Any:
        own = super().get_list_select_related(request) or ()  # type: ignore[misc]
        named = related(self.model, super().get_list_display(request))  # type: ignore[misc]
        return True if own is True else tuple(dict.fromkeys((*own, *named))) or False

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = [field.name for field in self.opts.fields if field.name in SECRETS]
        return [*(super().get_exclude(request, obj) or ()), *hidden]  # type: ignore[misc]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[type[Any]]:
        own = super().get_inlines(request, obj)  # type: ignore[misc]
        return [type(one.__name__, (ViewedByAdministrators, one), {"__module__": one.__module__}) for one in own]


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker alone
    """For tables that have no admin class of their own."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OnebookAdminSite(admin.AdminSite):
    site_header = _("Onebook administration")
    site_title = _("Onebook administration")
    index_title = _("Records")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        found = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        for model in found:
            base = admin_class or admin.ModelAdmin
            if is_ours(model):
                base = type(base.__name__, (TidyAdmin, base), {"__module__": base.__module__})
            super().register(model, base, **options)

    def complete(self) -> None:
        """Give every table of ours that no admin.py names a list of its own, to look at."""
        for model in listed_models():
            if not self.is_registered(model):
                self.register(model, generated(model))

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        may_enter = user.is_active and user.is_staff
        return bool(may_enter and (user.is_superuser or administered(request)))

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Everybody signs in on the same page, with the same second factor."""
        if request.user.is_authenticated:
            raise PermissionDenied(_("Django admin is for administrators."))
        return redirect_to_login(request.GET.get("next") or request.get_full_path())

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def walled(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and self.has_permission(request):
                require_step_up(request)
            # Of the person's companies only those they administer; the page is written within the wall, too.
            with use_companies(administered(request)):
                response: HttpResponse = inner(request, *args, **kwargs)
                return response.render() if isinstance(response, TemplateResponse) else response

        return walled


def is_ours(model: type[Model]) -> bool:
    return model.__module__.partition(".")[0] in ROOTS


def listed_models() -> list[type[Model]]:
    """Every table of ours but the copies that the history keeps, which are read on the record they belong to."""
    return [
        model
        for model in apps.get_models()
        if is_ours(model) and not model._meta.proxy and not issubclass(model, Event)
    ]


def generated(model: type[Model]) -> type[admin.ModelAdmin[Any]]:
    """A read-only list of a model's plain fields, its name first and its company last."""
    fields = [field for field in model._meta.concrete_fields if field.name not in DULL and not isinstance(field, LONG)]
    rank = {name: place for place, name in enumerate(NAMES)}
    names = sorted((field.name for field in fields), key=lambda name: (name == "company", rank.get(name, len(rank))))
    shown = [name for name in names if name != "company"][:MOST_COLUMNS]
    key = model._meta.pk.name
    choices = (field.name for field in fields if field.choices or isinstance(field, models.BooleanField))
    members = {
        "list_display": (*([] if key in shown else [key]), *shown, *(["company"] if "company" in names else [])),
        "list_filter": tuple(choices),
        "__module__": __name__,
    }
    return type(f"{model.__name__}Admin", (ReadOnlyAdmin,), members)


def searched(model: type[Model]) -> tuple[str, ...]:
    """Text fields by which one looks for a row; else the names of what it points at."""
    texts = {field.name for field in model._meta.concrete_fields if isinstance(field, models.CharField)}
    own = tuple(name for name in NAMES if name in texts)
    return own or tuple(sorted(texts - {"status", "external_id"}))[:3] or _searched_through(model) or ("=id",)


def _searched_through(model: type[Model]) -> tuple[str, ...]:
    found: list[str] = []
    for field in model._meta.concrete_fields:
        target: Any = field.related_model
        if target is None or field.name in ("company", "created_by"):
            continue
        texts = {other.name for other in target._meta.concrete_fields if isinstance(other, models.CharField)}
        found += [f"{field.name}__{name}" for name in NAMES if name in texts][:1]
    return tuple(found[:3])


def related(model: type[Model], columns: Iterable[Any]) -> tuple[str, ...]:
    """The foreign keys among the columns of a list, and what a line of a document needs to name itself."""
    keys = {field.name: field for field in model._meta.concrete_fields if field.many_to_one or field.one_to_one}
    found = []
    for name in columns:
        if isinstance(name, str) and name in keys:
            found.append(name)
            found += [f"{name}__{owner}" for owner in _owners(keys[name].related_model)]
    return tuple(found)


def _owners(target: Any) -> list[str]:
    """The documents of a table of lines."""
    fields = {field.name: field for field in target._meta.concrete_fields}
    if "position" not in fields:
        return []
    return [name for name, field in fields.items() if field.many_to_one and name not in ("company", "created_by")]
