"""The pipeline in Django admin; what happened to deals is only read."""

from django.contrib import admin
from django.http import HttpRequest

from crm.pipeline.models import CloseReason, Deal, DealLine, Pipeline, Stage, StageLog


class StageInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Stage
    extra = 0
    fields = ("name", "position", "probability", "days_to_rot")
    readonly_fields = fields
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Pipeline | None = None) -> bool:
        return False


class DealLineInline(admin.TabularInline):  # type: ignore[type-arg]
    model = DealLine
    extra = 0
    fields = ("position", "item", "description", "quantity", "unit_price", "discount_percent", "net_amount")
    readonly_fields = fields
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Deal | None = None) -> bool:
        return False


@admin.register(Pipeline)
class PipelineAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "position", "active", "company")
    list_filter = ("company", "active")
    raw_id_fields = ("company", "created_by")
    readonly_fields = ("version", "created_at", "updated_at")
    inlines = (StageInline,)


@admin.register(CloseReason)
class CloseReasonAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "kind", "active", "company")
    list_filter = ("company", "kind", "active")
    raw_id_fields = ("company", "created_by")
    readonly_fields = ("version", "created_at", "updated_at")


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What only operations write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(Deal)
class DealAdmin(ReadOnlyAdmin):
    list_display = ("title", "party", "stage", "status", "amount", "currency", "probability", "owner", "company")
    list_filter = ("company", "status", "pipeline")
    search_fields = ("title", "external_id")
    list_select_related = ("party", "stage", "owner", "company")
    inlines = (DealLineInline,)
    date_hierarchy = "opened_at"


@admin.register(StageLog)
class StageLogAdmin(ReadOnlyAdmin):
    list_display = ("deal", "from_stage", "to_stage", "status", "at", "by", "amount", "company")
    list_filter = ("company", "status")
    list_select_related = ("deal", "from_stage", "to_stage", "by", "company")
    date_hierarchy = "at"
