"""Invoices and open items in Django admin: to look, not to change; documents are changed by operations."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from erp.invoicing.models import (
    Allocation,
    OpenItem,
    SalesInvoice,
    SalesInvoiceLine,
    SalesInvoiceLineTax,
    SupplierInvoice,
    SupplierInvoiceLine,
    SupplierInvoiceLineTax,
)

LINE = ("position", "item", "description", "quantity", "unit_price", "net_amount", "tax_amount")


class ReadOnly:
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SalesInvoiceLineInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = SalesInvoiceLine
    fields = readonly_fields = LINE
    extra = 0


class SupplierInvoiceLineInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = SupplierInvoiceLine
    fields = readonly_fields = LINE
    extra = 0


class InvoiceAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("__str__", "company", "kind", "party", "document_date", "due_date", "status", "total_amount")
    list_filter = ("status", "kind", "company")
    list_select_related = ("company", "party")
    search_fields = ("number", "party__name", "reference")
    date_hierarchy = "document_date"
    show_full_result_count = False


@admin.register(SalesInvoice)
class SalesInvoiceAdmin(InvoiceAdmin):
    inlines = (SalesInvoiceLineInline,)


@admin.register(SupplierInvoice)
class SupplierInvoiceAdmin(InvoiceAdmin):
    search_fields = ("number", "supplier_number", "party__name", "reference")  # type: ignore[assignment]
    inlines = (SupplierInvoiceLineInline,)


@admin.register(SalesInvoiceLine, SupplierInvoiceLine)
class InvoiceLineAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("invoice", *LINE)
    list_select_related = ("invoice", "item")
    search_fields = ("invoice__number", "description")
    show_full_result_count = False


@admin.register(SalesInvoiceLineTax, SupplierInvoiceLineTax)
class InvoiceLineTaxAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("line", "code", "rate", "base_amount", "tax_amount")
    list_select_related = ("line",)
    search_fields = ("code", "line__invoice__number")
    show_full_result_count = False


@admin.register(OpenItem)
class OpenItemAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "document_number", "instalment", "company", "side", "party", "document_date", "due_date", "currency",
        "currency_amount", "open_currency_amount", "settled_date",
    )  # fmt: skip
    list_filter = ("side", "company")
    list_select_related = ("company", "party", "currency")
    search_fields = ("document_number", "party__name")
    show_full_result_count = False


@admin.register(Allocation)
class AllocationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "effective_date", "company", "debit_item", "credit_item", "currency_amount", "debit_amount", "credit_amount",
        "reverses",
    )  # fmt: skip
    list_select_related = ("company", "debit_item", "credit_item", "reverses")
    date_hierarchy = "effective_date"
    show_full_result_count = False
