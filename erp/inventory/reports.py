"""The stock report as a table of the suite's report pages."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from core.ui import formats
from erp.inventory.queries import StockReport, StockRow
from erp.ledger.reports.table import Cell, Column, QuantityCell, Row, Table, added

ORDERED = {"order__status": "confirmed"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the report was asked for; `as_of` None is now."""

    as_of: dt.date | None = None
    warehouse_id: int | None = None


def stock_table(report: StockReport, *, currency: str, asked: Asked, start: int = 0, limit: int | None = None) -> Table:
    """One row an item, each figure opening its rows, and the total value of all. `start` and `limit` cut a page out."""
    columns = [Column(_("SKU")), Column(_("Item")), Column(_("Unit")), Column(_("On hand"), "quantity")]
    if asked.as_of is None:
        labels = (_("Reserved"), _("Available"), _("On order"), _("Ordered by customers"))
        columns += [Column(label, "quantity") for label in labels]
    columns.append(Column(_("Value"), "money"))
    shown = report.rows[start:] if limit is None else report.rows[start : start + limit]
    rows = [_row(row, asked) for row in shown]
    if not rows:
        return Table(_("Stock on hand"), currency, tuple(columns), ())
    count = len(report.rows)
    total = [Cell(_("Total of %(count)s items") % {"count": formats.number(count)}), *(Cell() for _c in columns[1:-1])]
    # On one page of several the sum is that of all of them, which no formula over this page gives.
    adds = added(rows) if len(rows) == count else ()
    rows.append(Row((*total, Cell(report.value, _total_url(report, asked))), "total", adds))
    return Table(_("Stock on hand"), currency, tuple(columns), tuple(rows))


def _row(row: StockRow, asked: Asked) -> Row:
    entries, levels = _entries(row.item_id, asked), _levels(row.item_id, asked)
    is_now, everywhere = asked.as_of is None, asked.warehouse_id is None
    item = f"/items/{row.item_id}/"
    # Nobody keeps what lay where on a past day as rows: a warehouse's share of then opens nothing.
    whole = levels if is_now else entries if everywhere else ""
    worth = entries if everywhere else levels if is_now else ""
    cells: list[Cell] = [Cell(row.sku, item), Cell(row.name, item), Cell(row.unit), QuantityCell(row.on_hand, whole)]
    found = row.availability
    if found is not None:
        line = {"item": row.item_id, **ORDERED, "order__warehouse": asked.warehouse_id}
        cells += [
            QuantityCell(found.reserved, levels),
            QuantityCell(found.available, f"{levels}&location__is_pickable=1"),
            QuantityCell(found.incoming, _url("/purchase-order-lines/", **line)),
            QuantityCell(found.outgoing, _url("/sales-order-lines/", **{**line, "item": None, "goods": row.item_id})),
        ]
    cells.append(Cell(row.value, worth))
    return Row(tuple(cells))


def _levels(item_id: int | None, asked: Asked) -> str:
    """Where it lies now."""
    return _url("/stock-levels/", view="all", item=item_id, location__warehouse=asked.warehouse_id)


def _entries(item_id: int | None, asked: Asked) -> str:
    """How its quantity and value came about, up to the day."""
    return _url("/value-entries/", item=item_id, entry_date_to=asked.as_of)


def _total_url(report: StockReport, asked: Asked) -> str:
    """Behind the total, when the report covers everything; a part of it adds up on the page itself."""
    if report.is_partial:
        return ""
    if asked.warehouse_id is None:
        return _entries(None, asked)
    return _levels(None, asked) if asked.as_of is None else ""


def _url(path: str, **params: object) -> str:
    given = {name: str(value) for name, value in params.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else f"{path}?view=all"
