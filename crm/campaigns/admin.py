"""Marketing in Django admin. What was sent, what came of it and who said no is only read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from crm.campaigns.models import (
    Campaign,
    LeadAttribution,
    Mailing,
    MailingRecipient,
    Segment,
    SegmentMember,
    Suppression,
    Touch,
)

WRITTEN_BY_MACHINE = ("version", "external_id", "created_at", "created_by", "updated_at")


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker alone
    """Rows that operations write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "status", "start_date", "end_date", "owner", "company")
    list_filter = ("company", "status")
    search_fields = ("name", "code", "external_id")
    list_select_related = ("owner", "company")


class SegmentMemberInline(admin.TabularInline):  # type: ignore[type-arg]
    model = SegmentMember
    extra = 0
    fields = readonly_fields = ("party", "lead")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Segment)
class SegmentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "audience", "addressees", "ground", "company")
    list_filter = ("company", "audience", "ground")
    search_fields = ("name",)
    list_select_related = ("company",)
    raw_id_fields = ("group", "owned_by", "owned_by_team")
    readonly_fields = ("company", *WRITTEN_BY_MACHINE)
    inlines = (SegmentMemberInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Mailing)
class MailingAdmin(ReadOnlyAdmin):
    list_display = ("subject", "campaign", "segment", "status", "released_at", "finished_at", "company")
    list_filter = ("company", "status", "ground")
    search_fields = ("subject",)
    list_select_related = ("campaign", "segment", "company")
    date_hierarchy = "created_at"


@admin.register(MailingRecipient)
class MailingRecipientAdmin(ReadOnlyAdmin):
    list_display = ("email", "mailing", "party", "lead", "status", "reason", "sent_at", "company")
    list_filter = ("company", "status", "reason")
    search_fields = ("email",)
    list_select_related = ("mailing", "party", "lead", "company")


@admin.register(LeadAttribution)
class LeadAttributionAdmin(ReadOnlyAdmin):
    list_display = ("lead", "campaign", "by", "at", "company")
    list_filter = ("company", "by")
    search_fields = ("campaign__name",)
    list_select_related = ("lead", "campaign", "company")


@admin.register(Touch)
class TouchAdmin(ReadOnlyAdmin):
    list_display = ("kind", "campaign", "party", "lead", "at", "company")
    list_filter = ("company", "kind")
    search_fields = ("campaign__name", "party__name")
    list_select_related = ("campaign", "party", "lead", "company")


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    list_display = ("address_hash", "reason", "at", "company")
    list_filter = ("company", "reason")
    search_fields = ("address_hash",)
    list_select_related = ("company",)
