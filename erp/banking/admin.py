"""Payments in Django admin: to look, not to change; documents are changed by operations."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from erp.banking.models import CashAccount, Payment


@admin.register(CashAccount)
class CashAccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "company", "kind", "currency", "account", "is_default", "active")
    list_filter = ("kind", "company")
    list_select_related = ("company", "currency", "account")
    search_fields = ("name", "iban")
    show_full_result_count = False


@admin.register(Payment)
class PaymentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("__str__", "company", "kind", "party", "document_date", "amount", "currency", "status")
    list_filter = ("status", "kind", "company")
    list_select_related = ("company", "party", "currency")
    search_fields = ("number", "party__name", "reference")
    date_hierarchy = "document_date"
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
