"""What the templates of a dashboard are given: a chart with its table, and a list of what needs doing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.ui import formats
from erp.ledger.reports import table as reports


@dataclass(frozen=True, slots=True)
class Series:
    """Figures of one name, in the order of the categories, and what each opens.

    :ivar total: what the foot of the table says, and `total_url` the rows behind it; None for no foot.
    """

    name: str
    values: Sequence[Decimal]
    urls: Sequence[str]
    total: Decimal | None = None
    total_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture and the table behind it, drawn from the same figures.

    :ivar kind: bar, stacked, line or funnel.
    :ivar currency: empty for plain numbers.
    :ivar foot: what the sums are called; they may count more than what is drawn, such as all customers.
    :ivar empty: what to say, and do, where there is nothing to draw yet.
    """

    id: str
    title: str
    kind: str
    heading: str
    categories: Sequence[str]
    series: Sequence[Series]
    currency: str = ""
    foot: str = ""
    url: str = ""
    note: str = ""
    wide: bool = False
    horizontal: bool = False
    empty: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(value for series in self.series for value in series.values)

    @property
    def data(self) -> dict[str, Any]:
        """For the script that draws it."""
        return {
            "type": self.kind,
            "unit": self.currency,
            "categories": list(self.categories),
            "series": [
                {"name": one.name, "values": [str(value) for value in one.values], "urls": list(one.urls)}
                for one in self.series
            ],
            "horizontal": self.horizontal,
        }

    @property
    def table(self) -> dict[str, Any]:
        """For the template of the table beside it."""
        drawn = self.as_table()
        rows = [{"cells": self._cells(row)} for row in drawn.rows if row.style == "row"]
        foot = [self._cells(row) for row in drawn.rows if row.style != "row"]
        columns = [{"label": column.label, "num": column.kind != "text"} for column in drawn.columns]
        return {"columns": columns, "rows": rows, "totals": foot[0] if foot else []}

    def _cells(self, row: reports.Row) -> list[dict[str, Any]]:
        kinds = [False, *(True for _series in self.series)]
        return [
            {"value": cell.text(self.currency), "url": cell.url, "num": number}
            for number, cell in zip(kinds, row.cells, strict=True)
        ]

    def as_table(self) -> reports.Table:
        """As one of the suite's report tables, for files and the API."""
        kind = "money" if self.currency else "quantity"
        cell = reports.Cell if self.currency else reports.QuantityCell
        columns = (reports.Column(self.heading), *(reports.Column(one.name, kind) for one in self.series))
        rows = [
            reports.Row((reports.Cell(name), *(cell(one.values[number], one.urls[number]) for one in self.series)))
            for number, name in enumerate(self.categories)
        ]
        if rows and all(one.total is not None for one in self.series):
            total = (cell(one.total, one.total_url) for one in self.series)
            rows.append(reports.Row((reports.Cell(self.foot or _("Total")), *total), "total"))
        return reports.Table(self.title, self.currency, columns, tuple(rows))


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do."""

    url: str
    title: str
    subtitle: str = ""
    value: str = ""
    badge: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class TodoList:
    """What needs doing, the most urgent first.

    :ivar total: how many there are in all; `more_url` shows every one of them.
    """

    title: str
    rows: list[Row] = field(default_factory=list)
    more_url: str = ""
    total: int = 0
    empty: str = ""

    @property
    def count(self) -> str:
        return formats.number(self.total) if self.total else ""
