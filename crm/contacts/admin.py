"""Interactions, relationships and consent in Django admin; consent is a fact and only read."""

from django.contrib import admin
from django.http import HttpRequest

from crm.contacts.models import Consent, Interaction, Relationship


@admin.register(Interaction)
class InteractionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("subject", "kind", "party", "happened_at", "due_at", "done_at", "owner", "company")
    list_filter = ("company", "kind")
    search_fields = ("subject",)
    raw_id_fields = ("party", "owner", "company", "created_by")
    readonly_fields = ("version", "created_at", "updated_at", "about_label", "about_id", "done_at")
    date_hierarchy = "created_at"


@admin.register(Relationship)
class RelationshipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("party", "kind", "other", "company")
    list_filter = ("company", "kind")
    raw_id_fields = ("party", "other", "company", "created_by")
    readonly_fields = ("version", "created_at", "updated_at")


@admin.register(Consent)
class ConsentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("party", "channel", "purpose", "act", "given_at", "evidence", "company")
    list_filter = ("company", "channel", "act")
    search_fields = ("party__name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Consent | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Consent | None = None) -> bool:
        return False
