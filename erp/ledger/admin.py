"""The ledger in Django admin: to look. Entries are posted, periods closed and drafts changed by operations only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from erp.ledger import models


class ReadOnly:
    """Nothing is added, changed or deleted here."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LineInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    extra = 0


class JournalLineInline(LineInline):
    model = models.JournalLine
    fields = readonly_fields = ("position", "account", "party", "description", "debit", "credit", "tax", "tax_base")


class ManualEntryLineInline(LineInline):
    model = models.ManualEntryLine
    fields = readonly_fields = ("position", "account", "party", "description", "debit", "credit", "tax_set")


class AccountingPeriodInline(LineInline):
    model = models.AccountingPeriod
    fields = readonly_fields = ("number", "start_date", "end_date", "status")


@admin.register(models.Account)
class AccountAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name", "kind", "is_group", "is_control", "active", "company")
    list_filter = ("kind", "is_group", "is_control", "active")
    search_fields = ("code", "name")


@admin.register(models.Chart)
class ChartAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("company", "template")
    list_filter = ("template",)
    list_select_related = ("company",)


@admin.register(models.Journal)
class JournalAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name", "kind", "is_default", "active", "company")
    list_filter = ("kind", "active")


@admin.register(models.PostingRule)
class PostingRuleAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("key", "item_category", "account", "company")
    list_filter = ("key",)
    list_select_related = ("item_category", "account", "company")


@admin.register(models.TaxAccount)
class TaxAccountAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("tax", "account", "company")
    list_select_related = ("tax", "account", "company")


@admin.register(models.FiscalYear)
class FiscalYearAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("year", "start_date", "end_date", "company")
    inlines = (AccountingPeriodInline,)


@admin.register(models.AccountingPeriod)
class AccountingPeriodAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("start_date", "end_date", "status", "fiscal_year", "company")
    list_filter = ("status",)
    list_select_related = ("fiscal_year", "company")


@admin.register(models.PeriodChange)
class PeriodChangeAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("period", "status", "reason", "changed_at", "changed_by", "company")
    list_select_related = ("period", "changed_by", "company")


@admin.register(models.JournalEntry)
class JournalEntryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("number", "entry_date", "description", "source_number", "total_amount", "posted_at", "company")
    search_fields = ("=number", "=source_number")
    list_select_related = ("company",)
    inlines = (JournalLineInline,)


@admin.register(models.ManualEntry)
class ManualEntryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("__str__", "document_date", "description", "status", "total_amount", "company")
    list_filter = ("status",)
    search_fields = ("number", "description")
    list_select_related = ("company",)
    inlines = (ManualEntryLineInline,)
