"""Purchasing in Django admin: to look. Orders and receipts are changed by operations only."""

from django.contrib import admin

from erp.ledger.admin import LineInline, ReadOnly
from erp.purchasing import models


class PurchaseOrderLineInline(LineInline):
    model = models.PurchaseOrderLine
    fields = readonly_fields = (
        "position",
        "item",
        "description",
        "quantity",
        "unit_price",
        "net_amount",
        "received_quantity",
        "invoiced_quantity",
    )


class ReceiptLineInline(LineInline):
    model = models.ReceiptLine
    fields = readonly_fields = ("position", "item", "quantity", "value", "invoiced_quantity", "invoiced_value", "move")


@admin.register(models.PurchaseOrder)
class PurchaseOrderAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker alone
    list_display = ("__str__", "party", "document_date", "total_amount", "currency", "status", "company")
    list_filter = ("status", "receipt_state", "invoice_state", "company")
    search_fields = ("number", "reference", "party__name")
    list_select_related = ("party", "currency", "company")
    inlines = (PurchaseOrderLineInline,)


@admin.register(models.Receipt)
class ReceiptAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("__str__", "party", "order", "document_date", "status", "company")
    list_filter = ("status", "company")
    search_fields = ("number", "reference", "party__name")
    list_select_related = ("party", "order", "company")
    inlines = (ReceiptLineInline,)
