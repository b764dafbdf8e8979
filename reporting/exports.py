"""A dashboard as tables: its figures, then what its pictures show, as far as the person may take rows away."""

from django.utils.translation import gettext as _

from core.ui import formats
from erp.ledger.reports.table import Cell, Column, QuantityCell, Row, Table
from reporting.board import Board, Tile
from reporting.metrics.definition import Unit


def tables(board: Board) -> list[Table]:
    """The figures and the pictures; none at all where the reader sees no figure."""
    if not board.tiles:
        return []
    about = about_board(board)
    found = [_figures(board, board.tiles), *(chart.as_table() for chart in board.charts if chart.categories)]
    return [Table(one.title, one.currency, one.columns, one.rows, about) for one in found]


def about_board(board: Board) -> tuple[tuple[str, str], ...]:
    """What every sheet says about itself."""
    reader = board.reader
    period = reader.period
    return (
        (_("Company"), str(reader.caller.company)),
        (_("Currency"), reader.caller.company.currency_id),
        (_("Dashboard"), str(board.dashboard.label)),
        (_("From"), formats.date(period.date_from)),
        (_("To"), formats.date(period.date_to)),
        (_("As of"), formats.moment(reader.caller.now)),
    )


def _figures(board: Board, tiles: list[Tile]) -> Table:
    before = board.reader.period.previous
    compared = f"{formats.date(before.date_from)} – {formats.date(before.date_to)}"
    columns = (
        Column(_("Figure")),
        Column(_("Value"), "figure"),
        Column(_("Unit")),
        Column(_("Before (%(days)s)") % {"days": compared}, "figure"),
        Column(_("When")),
        Column(_("Whose")),
    )
    currency = board.reader.caller.company.currency_id
    return Table(_("Figures"), currency, columns, tuple(_row(tile) for tile in tiles))


def _row(tile: Tile) -> Row:
    cell = Cell if tile.metric.unit == Unit.MONEY else QuantityCell
    unit = {Unit.MONEY: tile.currency, Unit.PERCENT: "%"}.get(tile.metric.unit, "")
    return Row(
        (
            Cell(tile.label, tile.url),
            cell(tile.reading.value, tile.url),
            Cell(unit),
            cell(tile.reading.before) if tile.reading.before is not None else Cell(),
            Cell(tile.when or _("in this time")),
            Cell(tile.reach or _("everybody's")),
        )
    )
