"""Tickets in Django admin: categories are kept here, tickets and what is said in them are only read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from crm.tickets.models import AnswerMail, Ticket, TicketCategory, TicketMessage


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Written by operations, so nothing is written here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(TicketCategory)
class TicketCategoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "active", "company")
    list_filter = ("company", "active")
    search_fields = ("name",)
    raw_id_fields = ("company", "created_by")
    readonly_fields = ("version", "created_at", "updated_at")


class TicketMessageInline(admin.TabularInline):  # type: ignore[type-arg]
    model = TicketMessage
    fields = ("at", "kind", "author", "sender", "channel", "text")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = ("number", "subject", "party", "status", "priority", "assignee", "opened_at", "company")
    list_filter = ("company", "status", "priority", "channel")
    search_fields = ("number", "subject", "external_id")
    list_select_related = ("party", "assignee", "company")
    date_hierarchy = "opened_at"
    inlines = (TicketMessageInline,)


@admin.register(TicketMessage)
class TicketMessageAdmin(ReadOnlyAdmin):
    list_display = ("at", "ticket", "kind", "author", "sender", "company")
    list_filter = ("company", "kind")
    search_fields = ("ticket__number", "external_id")
    list_select_related = ("ticket", "author", "sender", "company")
    date_hierarchy = "at"


@admin.register(AnswerMail)
class AnswerMailAdmin(ReadOnlyAdmin):
    list_display = ("message", "address", "status", "attempts", "next_try_at", "sent_at", "error", "company")
    list_filter = ("company", "status")
    search_fields = ("address", "message__ticket__number")
    list_select_related = ("message__ticket", "company")
