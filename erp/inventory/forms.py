"""Forms of the documents of stock."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.catalog.enums import ItemKind
from core.ui.forms import RecordForm
from erp.inventory.enums import LocationKind
from erp.inventory.models import (
    StockAdjustment,
    StockAdjustmentLine,
    StockCount,
    StockCountLine,
    StockTransfer,
    StockTransferLine,
)


def only_own_places(form: forms.BaseForm, *names: str) -> None:
    """Offer locations where goods are ours."""
    for name in names:
        field: Any = form.fields[name]
        kinds = (LocationKind.INTERNAL, LocationKind.TRANSIT)
        field.queryset = field.queryset.filter(kind__in=kinds, active=True)


class StockedLineForm(RecordForm):
    """Base of lines: only what lies in stock."""

    def prepare(self, caller: Any, record: Any) -> None:
        field: Any = self.fields["item"]
        field.queryset = field.queryset.filter(kind=ItemKind.STOCKED)


class StockAdjustmentForm(RecordForm):
    groups = (
        (_("Adjustment"), ("kind", "reason", "location", "document_date")),
        (_("More"), ("note",)),
    )

    class Meta:
        model = StockAdjustment
        fields = ("kind", "reason", "location", "document_date", "note")

    def prepare(self, caller: Any, record: Any) -> None:
        only_own_places(self, "location")


class StockAdjustmentLineForm(StockedLineForm):
    class Meta:
        model = StockAdjustmentLine
        fields = ("item", "quantity", "unit_cost")


class StockCountForm(RecordForm):
    class Meta:
        model = StockCount
        fields = ("location", "document_date", "note")

    def prepare(self, caller: Any, record: Any) -> None:
        only_own_places(self, "location")


class StockCountLineForm(StockedLineForm):
    class Meta:
        model = StockCountLine
        fields = ("item", "counted_quantity")


class StockTransferForm(RecordForm):
    class Meta:
        model = StockTransfer
        fields = ("from_location", "to_location", "document_date", "note")

    def prepare(self, caller: Any, record: Any) -> None:
        only_own_places(self, "from_location", "to_location")


class StockTransferLineForm(StockedLineForm):
    class Meta:
        model = StockTransferLine
        fields = ("item", "quantity")
