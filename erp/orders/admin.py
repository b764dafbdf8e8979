"""Orders in Django admin: to look, not to change; documents are changed by operations."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from erp.orders.models import (
    Delivery,
    DeliveryLine,
    Quotation,
    QuotationLine,
    SalesOrder,
    SalesOrderLine,
    SalesReturn,
    SalesReturnLine,
)


class ReadOnly:
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LineInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    extra = 0


class QuotationLineInline(LineInline):
    model = QuotationLine
    fields = readonly_fields = ("position", "item", "description", "quantity", "unit", "unit_price", "net_amount")


class SalesOrderLineInline(LineInline):
    model = SalesOrderLine
    fields = readonly_fields = ("position", "item", "description", "quantity", "unit", "unit_price", "net_amount")


class DeliveryLineInline(LineInline):
    model = DeliveryLine
    fields = readonly_fields = (
        "position", "item", "quantity", "cost_amount", "invoiced_quantity", "returned_quantity",
    )  # fmt: skip


class SalesReturnLineInline(LineInline):
    model = SalesReturnLine
    fields = readonly_fields = (
        "position", "delivery_line", "quantity", "condition", "cost_amount", "invoiced_quantity",
    )  # fmt: skip


class DocumentAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_filter: ClassVar[Any] = ("company", "status")
    search_fields = ("number", "party__name")
    list_select_related: ClassVar[Any] = ("company", "party")
    list_display: Any = ("__str__", "company", "party", "document_date", "status", "total_amount")
    date_hierarchy = "document_date"


@admin.register(Quotation)
class QuotationAdmin(DocumentAdmin):
    inlines = (QuotationLineInline,)


@admin.register(SalesOrder)
class SalesOrderAdmin(DocumentAdmin):
    list_filter = ("company", "status", "delivery_state", "invoice_state")
    inlines = (SalesOrderLineInline,)


@admin.register(Delivery)
class DeliveryAdmin(DocumentAdmin):
    list_display = ("__str__", "company", "party", "order", "document_date", "status")
    list_select_related = ("company", "party", "order")
    inlines = (DeliveryLineInline,)


@admin.register(SalesReturn)
class SalesReturnAdmin(DocumentAdmin):
    list_display = ("__str__", "company", "party", "delivery", "document_date", "status")
    list_select_related = ("company", "party", "delivery")
    inlines = (SalesReturnLineInline,)
