"""The stock report as a table of the suite's report pages."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from core.ui import formats
from erp.inventory.queries import StockReport, StockRow
from erp.ledger.reports.table import Cell, Column, Row, Table


@dataclass(frozen=True, slots=True)
class QuantityCell(Cell):
    """A quantity; zero is an en dash like an amount of zero."""

    def text(self, currency: str) -> str:
        return formats.quantity(self.value) if isinstance(self.value, Decimal) and self.value else formats.NOTHING


def stock_table(
    report: StockReport, *, currency: str, as_of: dt.date | None, start: int = 0, limit: int | None = None
) -> Table:
    """One row an item, drilling to its moves, and the total value of all rows. `start` and `limit` cut a page out."""
    columns = [Column(_("SKU")), Column(_("Item")), Column(_("Unit")), Column(_("On hand"), "quantity")]
    if as_of is None:
        columns += [Column(label, "quantity") for label in (_("Reserved"), _("Available"), _("On order"), _("Ordered"))]
    columns.append(Column(_("Value"), "money"))
    shown = report.rows[start:] if limit is None else report.rows[start : start + limit]
    rows = [_row(row, as_of) for row in shown]
    total = [Cell(_("Total of %(count)s items") % {"count": len(report.rows)})]
    total += [Cell() for _column in columns[1:-1]]
    rows.append(Row((*total, Cell(report.value, _tie_out_url(as_of))), "total"))
    return Table(_("Stock on hand"), currency, tuple(columns), tuple(rows))


def _row(row: StockRow, as_of: dt.date | None) -> Row:
    moves = _url("/stock-moves/", item=row.item_id, move_date_to=as_of)
    levels = _url("/stock-levels/", item=row.item_id, view="all")
    cells: list[Cell] = [
        Cell(row.sku, f"/items/{row.item_id}/"),
        Cell(row.name, f"/items/{row.item_id}/"),
        Cell(row.unit),
        QuantityCell(row.on_hand, moves if as_of else levels),
    ]
    found = row.availability
    if found is not None:
        quantities: Sequence[Decimal] = (found.reserved, found.available, found.incoming, found.outgoing)
        cells += [QuantityCell(quantity, levels) for quantity in quantities[:2]]
        cells += [QuantityCell(quantity) for quantity in quantities[2:]]
    cells.append(Cell(row.value, moves))
    return Row(tuple(cells))


def _tie_out_url(as_of: dt.date | None) -> str:
    return _url("/stock-moves/", move_date_to=as_of)


def _url(path: str, **params: object) -> str:
    given = {name: str(value) for name, value in params.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path
