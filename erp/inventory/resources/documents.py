"""Adjustments, counts and transfers: drafts that people write and post."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.company.queries import local_date
from core.documents.references import RecordRef
from core.ui.actions import Action
from core.ui.panels import AttributesPanel, LinesPanel, TablePanel
from core.ui.registry import register
from core.ui.resource import Caller, Column, LineForm, Menu, PresetView, Resource
from erp.inventory import forms, operations
from erp.inventory.enums import StockDocumentStatus
from erp.inventory.models import StockAdjustment, StockCount, StockMove, StockTransfer, Warehouse
from erp.inventory.models.documents import StockDocument
from erp.inventory.resources.levels import in_company_currency

DRAFTS = (PresetView("drafts", _("Drafts"), {"status": StockDocumentStatus.DRAFT}),)


def is_draft(document: StockDocument) -> bool:
    return bool(document.status == StockDocumentStatus.DRAFT)


def consequences(document: Any) -> list[str]:
    """What posting will do, for the question before it."""
    count = document.lines.count()
    return [
        _t("%(count)s lines move stock on %(date)s.") % {"count": count, "date": document.document_date},
        _t("Posted moves cannot be changed; a correction is a new document."),
    ]


def post_action(operation: Any) -> Action:
    return Action(
        "post", label=_("Post"), operation=operation, when=is_draft, confirm=consequences, style="primary",
        icon="check", bulk=True,
    )  # fmt: skip


def cancel_action(operation: Any) -> Action:
    return Action(
        "cancel", label=_("Cancel"), operation=operation, when=is_draft, confirm=_("The draft is set aside for good."),
        style="danger", icon="ban",
    )  # fmt: skip


class MovesPanel(TablePanel):
    """The moves that the document has posted."""

    name = "moves"
    title = _("Stock moves")
    side = "main"
    lazy = True
    limit = 100
    columns = ("item", "from_location", "to_location", "quantity", in_company_currency("value"))

    def applies(self, caller: Caller, obj: StockDocument) -> bool:
        return bool(obj.status == StockDocumentStatus.POSTED)

    def rows(self, caller: Caller, obj: StockDocument) -> QuerySet[StockMove]:
        source = RecordRef.of(obj)
        return StockMove.objects.filter(source_label=source.label, source_id=source.id).order_by("position")


def today_in_default_place(caller: Caller) -> Mapping[str, Any]:
    place = Warehouse.objects.filter(company_id=caller.company_id, is_default=True)
    found = place.values_list("stock_location_id", flat=True).first()
    return {"document_date": local_date(caller.company, caller.now), "location": found, "from_location": found}


class StockDocumentResource(Resource):
    """What the three share."""

    ordering = "-id"
    search = True
    saved_views = DRAFTS
    defaults = staticmethod(today_in_default_place)
    select_related = ("company",)

    def editable(self, obj: StockDocument) -> bool:
        return is_draft(obj)


@register
class StockAdjustmentResource(StockDocumentResource):
    model = StockAdjustment
    slug = "stock-adjustments"
    menu = Menu("stock", order=40, icon="scale")
    columns = ("number", "document_date", "kind", "reason", "location", "status")
    more_columns = ("note", "posted_at", "posted_by", "owner")
    filters = ("status", "kind", "reason", "location", "document_date")
    form = forms.StockAdjustmentForm
    lines = LineForm(forms.StockAdjustmentLineForm, min=1)
    create = operations.create_stock_adjustment
    update = operations.update_stock_adjustment
    actions = (
        post_action(operations.post_stock_adjustment),
        cancel_action(operations.cancel_stock_adjustment),
    )
    panels = (
        AttributesPanel(fields=("kind", "reason", "location", "document_date", "note", "posted_at", "posted_by")),
        LinesPanel(columns=("item", "quantity", "unit_cost")),
        MovesPanel(),
    )


@register
class StockCountResource(StockDocumentResource):
    model = StockCount
    slug = "stock-counts"
    menu = Menu("stock", order=50, icon="clipboard-list")
    columns = ("number", "document_date", "location", "status")
    more_columns = ("note", "posted_at", "posted_by", "owner")
    filters = ("status", "location", "document_date")
    form = forms.StockCountForm
    lines = LineForm(forms.StockCountLineForm, min=1)
    create = operations.create_stock_count
    update = operations.update_stock_count
    actions = (post_action(operations.post_stock_count), cancel_action(operations.cancel_stock_count))
    panels = (
        AttributesPanel(fields=("location", "document_date", "note", "posted_at", "posted_by")),
        LinesPanel(
            columns=(
                "item",
                "counted_quantity",
                "expected_quantity",
                Column("difference", label=_("Difference"), kind="quantity", value=lambda line: line.difference),
            )
        ),
        MovesPanel(),
    )


@register
class StockTransferResource(StockDocumentResource):
    model = StockTransfer
    slug = "stock-transfers"
    menu = Menu("stock", order=60, icon="arrows-exchange")
    columns = ("number", "document_date", "from_location", "to_location", "status")
    more_columns = ("note", "posted_at", "posted_by", "owner")
    filters = ("status", "from_location", "to_location", "document_date")
    form = forms.StockTransferForm
    lines = LineForm(forms.StockTransferLineForm, min=1)
    create = operations.create_stock_transfer
    update = operations.update_stock_transfer
    actions = (post_action(operations.post_stock_transfer), cancel_action(operations.cancel_stock_transfer))
    panels = (
        AttributesPanel(fields=("from_location", "to_location", "document_date", "note", "posted_at", "posted_by")),
        LinesPanel(columns=("item", "quantity")),
        MovesPanel(),
    )
