"""Stock in Django admin: to look. Places are kept on their screens, everything else is moved by operations only."""

from django.contrib import admin

from erp.inventory import models
from erp.ledger.admin import LineInline, ReadOnly


class AdjustmentLineInline(LineInline):
    model = models.StockAdjustmentLine
    fields = readonly_fields = ("position", "item", "quantity", "unit_cost")


class CountLineInline(LineInline):
    model = models.StockCountLine
    fields = readonly_fields = ("position", "item", "counted_quantity", "expected_quantity")


class TransferLineInline(LineInline):
    model = models.StockTransferLine
    fields = readonly_fields = ("position", "item", "quantity")


@admin.register(models.Warehouse)
class WarehouseAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker alone
    list_display = ("code", "name", "is_default", "active", "company")
    list_filter = ("active", "company")
    search_fields = ("code", "name")
    list_select_related = ("company",)


@admin.register(models.Location)
class LocationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "kind", "warehouse", "parent", "is_pickable", "active", "company")
    list_filter = ("kind", "active", "company")
    search_fields = ("name",)
    list_select_related = ("warehouse", "parent", "company")


@admin.register(models.StockLevel)
class StockLevelAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("item", "location", "on_hand", "reserved", "available", "company")
    list_filter = ("company",)
    search_fields = ("item__sku", "item__name")
    list_select_related = ("item", "location", "company")


@admin.register(models.Reservation)
class ReservationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("item", "location", "quantity", "line_label", "line_id", "reserved_at")
    search_fields = ("item__sku",)
    list_select_related = ("item", "location")


@admin.register(models.StockMove)
class StockMoveAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("move_date", "item", "from_location", "to_location", "quantity", "value", "source_number")
    list_filter = ("purpose", "company")
    search_fields = ("source_number", "item__sku")
    list_select_related = ("item", "from_location", "to_location")
    date_hierarchy = "move_date"


@admin.register(models.ItemValuation)
class ItemValuationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("item", "costing_method", "quantity", "value", "last_unit_cost")
    list_filter = ("costing_method", "company")
    search_fields = ("item__sku", "item__name")
    list_select_related = ("item",)


@admin.register(models.CostLayer)
class CostLayerAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("layer_date", "item", "kind", "quantity", "unit_cost", "remaining_quantity", "remaining_value")
    list_filter = ("kind", "company")
    search_fields = ("item__sku",)
    list_select_related = ("item",)


@admin.register(models.LayerConsumption)
class LayerConsumptionAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("move", "layer", "quantity", "value")
    list_select_related = ("move", "layer")


@admin.register(models.ValueEntry)
class ValueEntryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("entry_date", "item", "cause", "quantity", "value", "quantity_after", "value_after")
    list_filter = ("cause", "company")
    search_fields = ("item__sku", "source_number")
    list_select_related = ("item",)
    date_hierarchy = "entry_date"


@admin.register(models.StockSnapshot)
class StockSnapshotAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("date", "company")
    list_filter = ("company",)


@admin.register(models.SnapshotQuantity)
class SnapshotQuantityAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("snapshot", "item", "location", "quantity")
    list_select_related = ("snapshot", "item", "location")


@admin.register(models.StockClock)
class StockClockAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("company", "snapshot_date")


class StockDocumentAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Base of the documents of stock."""

    list_filter = ("status", "company")
    search_fields = ("number", "note")
    list_select_related = ("company",)


@admin.register(models.StockAdjustment)
class StockAdjustmentAdmin(StockDocumentAdmin):
    list_display = ("__str__", "document_date", "kind", "reason", "status", "company")
    inlines = (AdjustmentLineInline,)


@admin.register(models.StockCount)
class StockCountAdmin(StockDocumentAdmin):
    list_display = ("__str__", "document_date", "status", "company")
    inlines = (CountLineInline,)


@admin.register(models.StockTransfer)
class StockTransferAdmin(StockDocumentAdmin):
    list_display = ("__str__", "document_date", "status", "company")
    inlines = (TransferLineInline,)
