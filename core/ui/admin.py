"""Django admin of what people set up for their screens; tokens are read and revoked there, never made."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.ui.models import ApiToken, ListChoice, SavedView


@admin.register(SavedView)
class SavedViewAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker alone
    list_display = ("name", "resource", "scope", "owner", "team", "is_default", "company")
    list_filter = ("scope", "resource", "company")
    search_fields = ("name", "owner__email")
    list_select_related = ("owner", "team", "company")
    readonly_fields = ("company", "resource", "owner", "params", "columns")


@admin.register(ListChoice)
class ListChoiceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("user", "resource", "company")
    list_filter = ("resource", "company")
    list_select_related = ("user", "company")
    readonly_fields = ("company", "user", "resource", "columns")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("prefix", "name", "user", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_filter = ("user",)
    search_fields = ("name", "prefix", "user__email")
    list_select_related = ("user",)
    exclude = ("digest",)
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Revoke the selected tokens"), permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        count = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        text = ngettext("%d token was revoked.", "%d tokens were revoked.", count) % count
        self.message_user(request, text, messages.SUCCESS)
