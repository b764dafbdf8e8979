"""The stock report as a page: filters, the table with its drill-down, XLSX, print."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.catalog.models import ItemCategory
from core.ui import formats
from core.ui.filters import DayField, DayWidget
from core.ui.forms import prepare_fields
from core.ui.resource import Caller
from core.whole_numbers import whole_number
from erp.inventory.models import StockLevel, Warehouse
from erp.inventory.queries import StockReport, low_stock, stock_report
from erp.inventory.reports import Asked, stock_table
from erp.ledger.reports.forms import presets
from erp.ledger.reports.table import Table
from erp.ledger.views import ReportView


class StockForm(forms.Form):
    """What the report covers. Without a day it is about now and shows what is reserved and on order, too."""

    as_of = DayField(label=_("As of"), widget=DayWidget(), required=False)
    warehouse = forms.ModelChoiceField(Warehouse.objects.all(), label=_("Warehouse"), required=False)
    category = forms.ModelChoiceField(ItemCategory.objects.all(), label=_("Category"), required=False)
    q = forms.CharField(label=_("Item"), required=False, max_length=100)
    low = forms.BooleanField(label=_("Only low stock"), required=False)

    def prepare(self, caller: Caller) -> None:
        prepare_fields(self, caller)
        for name, label in (("warehouse", _("All warehouses")), ("category", _("All categories"))):
            field: Any = self.fields[name]
            field.empty_label = label


class StockOnHandView(ReportView):
    """Whoever may see stock levels may see their sums."""

    form_class = StockForm
    model = StockLevel
    section = "stock"
    following = 0

    def title(self) -> str:
        return _t("Stock on hand")

    def refusal(self) -> str:
        return _t("Your role does not include stock.")

    def defaults(self) -> dict[str, Any]:
        return {}

    def days(self, asked: Mapping[str, Any]) -> list[tuple[str, str]]:
        day = formats.date(asked["as_of"]) if asked["as_of"] else _t("Now")
        said = [(_t("As of"), day), (_t("Warehouse"), str(asked["warehouse"] or _t("All warehouses")))]
        if asked["category"]:
            said.append((_t("Category"), str(asked["category"])))
        if asked["q"]:
            said.append((_t("Item"), asked["q"]))
        if asked["low"]:
            said.append((_t("Only"), _t("at or below the reorder point")))
        return said

    def tabs(self) -> list[dict[str, Any]]:
        """Now, and the ends of the last month and the last year."""
        _year, _quarter, _month, last_month, last_year = presets(self.today, self.this_year)
        days: list[tuple[str, dt.date | None]] = [
            (_t("Now"), None),
            (_t("End of last month"), last_month.date_to),
            (_t("End of last year"), last_year.date_to),
        ]
        current = self.form.data.get("as_of", "")
        return [
            {
                "label": label,
                "url": self.address(as_of=day.isoformat() if day else ""),
                "active": current == (day.isoformat() if day else ""),
            }
            for label, day in days
        ]

    def table(self, asked: Mapping[str, Any], *, limit: int) -> Table:
        warehouse, category = asked["warehouse"], asked["category"]
        report = stock_report(
            company_id=self.caller.company_id,
            as_of=asked["as_of"],
            warehouse_id=warehouse.pk if warehouse else None,
            category_id=category.pk if category else None,
            text=asked["q"],
            item_ids=[one.item_id for one in low_stock(company_id=self.caller.company_id)] if asked["low"] else None,
        )
        start = 0 if self.wants_file else self.start(report)
        self.following = start + limit if start + limit < len(report.rows) else 0
        currency = self.caller.company.currency_id
        about = Asked(asked["as_of"], warehouse.pk if warehouse else None)
        return stock_table(report, currency=currency, asked=about, start=start, limit=limit)

    def start(self, report: StockReport) -> int:
        """Where the page begins; what is no row of the report means the first page."""
        text = self.request.GET.get("start", "")
        start = whole_number(text) or 0
        return start if start < len(report.rows) else 0

    def next_url(self) -> str:
        return self.address(start=self.following) if self.following else ""
