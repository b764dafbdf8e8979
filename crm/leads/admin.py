"""Leads and capture forms in Django admin; leads are written by operations and only read here."""

from django.contrib import admin
from django.http import HttpRequest

from crm.leads.models import CaptureForm, Lead


@admin.register(CaptureForm)
class CaptureFormAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title", "slug", "assignment", "owner", "team", "active", "company")
    list_filter = ("company", "active")
    search_fields = ("title", "slug")
    raw_id_fields = ("company", "owner", "team", "created_by")
    readonly_fields = ("version", "created_at", "updated_at", "campaign_label", "campaign_id")


@admin.register(Lead)
class LeadAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "organisation_name", "email", "status", "score", "source", "owner", "company")
    list_filter = ("company", "status")
    search_fields = ("name", "organisation_name", "email", "external_id")
    list_select_related = ("owner", "company")
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Lead | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Lead | None = None) -> bool:
        return False
