"""The one writer of stock: moves, levels, claims, layers, value entries and the journal entry, in one transaction."""

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from core.catalog.enums import CostingMethod
from core.documents.references import RecordRef
from core.errors import InvalidInputError
from erp.inventory.costing import ZERO, ItemStock
from erp.inventory.models import StockMove
from erp.inventory.posting.clock import correct_snapshots, read_clock
from erp.inventory.posting.entries import post_value, value_lines
from erp.inventory.posting.inputs import KnownItem, MoveInput, Places, known_items, known_places, stocked_moves
from erp.inventory.posting.locks import lock_levels, lock_valuations, read_claims, read_layers
from erp.inventory.posting.past import read_past
from erp.inventory.posting.plan import Ground, PlannedMove, Returned, plan_moves
from erp.inventory.posting.writing import (
    Occasion,
    update_claims,
    update_layers,
    update_levels,
    update_valuations,
    write_moves,
    write_values,
)

if TYPE_CHECKING:
    from core.access.models import User

Rows = dict[int, tuple[int, ItemStock]]


def post_moves(
    *,
    company_id: int,
    move_date: dt.date,
    moves: Sequence[MoveInput],
    source: RecordRef,
    source_number: str | Callable[[], str] = "",
    purpose: str = "stock",
    user: "User | None",
    now: dt.datetime,
    consume_reservations: bool = False,
) -> list[StockMove]:
    """Move goods and value. The caller has locked the document `source`; the same source and purpose again answers the
    moves that exist. Services are left out.

    Every move carries its `value` (signed, company currency) and `unit_cost`.

    :param source_number: the document's number, or a function that draws it: it is called under the locks of stock, so
        that the number's own lock is short. Not called when there is nothing to move.
    :param consume_reservations: goods reserved for a move's `line` may be taken and their reservation shrinks.
    :raises InsufficientStockError: goods are not there or reserved for others.
    :raises NotInStockThenError: goods are there now, but had not come yet on the day they are to leave.
    :raises WorthLessThanNothingError: at their cost of that day, the stock of a later day would be.
    :raises ReturnExceedsIssueError: more is returned than was issued.
    :raises NotStockedError: a kit was given instead of its components.
    :raises PeriodClosedError: from the ledger, when value is moved in a closed period.
    """
    with transaction.atomic(savepoint=False):
        existing = posted_moves(source, purpose)
        if existing:
            return existing
        items = known_items(company_id, (move.item_id for move in moves))
        stocked = stocked_moves(moves, items)
        if not stocked:
            return []
        claims = {move.line for move in stocked if move.line} if consume_reservations else set()
        clock = read_clock(company_id)
        ground, rows = lock_ground(company_id, stocked, items, claims, since=move_date, minor_unit=clock.minor_unit)
        planned = plan_moves(stocked, ground, move_date)
        correct_snapshots(company_id, clock, move_date, ground.levels)
        number = source_number if isinstance(source_number, str) else source_number()
        return _write(planned, ground, rows, Occasion(company_id, move_date, source, number, purpose, user, now))


def posted_moves(source: RecordRef, purpose: str = "stock") -> list[StockMove]:
    """The moves that a document has posted, in their order."""
    rows = StockMove.objects.filter(source_label=source.label, source_id=source.id, purpose=purpose)
    return sorted(rows.order_by(), key=attrgetter("position"))


def lock_ground(
    company_id: int,
    moves: Sequence[MoveInput],
    items: dict[int, KnownItem],
    lines: set[RecordRef],
    *,
    since: dt.date,
    minor_unit: Decimal,
) -> tuple[Ground, Rows]:
    """Everything that the moves touch, locked in the suite's order, and the rows of the valuations.

    :param since: the first day of the moves.
    """
    places = known_places(company_id, moves)
    _require_own_side(moves, places)
    levels = lock_levels(company_id, _stock_pairs(moves, places))
    valued = _valued(moves, places)
    wanted = {move.item_id: items[move.item_id] for move in valued}
    rows = lock_valuations(company_id, wanted, minor_unit=minor_unit) if valued else {}
    stocks = {item: stock for item, (_pk, stock) in rows.items()}
    leaving = {move.item_id for move in valued if places.is_stock(move.from_location_id)}
    _give_layers(leaving, stocks)
    past = read_past(leaving, since)
    return Ground(items, places, levels, stocks, read_claims(lines), _returned(moves), past), rows


def _write(planned: Sequence[PlannedMove], ground: Ground, rows: Rows, occasion: Occasion) -> list[StockMove]:
    written = write_moves(planned, occasion)
    write_values(planned, written, ground.places.kinds, occasion)
    update_levels(ground.levels.values())
    update_valuations(rows.values())
    update_layers(part.layer for step in planned for part in step.parts if part.layer is not None)
    update_claims(ground.claims.values())
    post_value(value_lines(planned, ground.items, ground.places), occasion)
    return written


def _require_own_side(moves: Sequence[MoveInput], places: Places) -> None:
    for move in moves:
        if not places.is_stock(move.from_location_id) and not places.is_stock(move.to_location_id):
            raise InvalidInputError(
                _("One end of a move is a location of ours."), code="no_own_location", field="location"
            )
        if move.from_location_id == move.to_location_id:
            raise InvalidInputError(_("A move needs two locations."), code="same_location", field="location")


def _stock_pairs(moves: Sequence[MoveInput], places: Places) -> set[tuple[int, int]]:
    return {
        (move.item_id, place)
        for move in moves
        for place in (move.from_location_id, move.to_location_id)
        if places.is_stock(place)
    }


def _valued(moves: Sequence[MoveInput], places: Places) -> list[MoveInput]:
    """Moves that cross the border of our stock; within it value does not change."""
    return [m for m in moves if places.is_stock(m.from_location_id) != places.is_stock(m.to_location_id)]


def _give_layers(leaving: set[int], stocks: dict[int, ItemStock]) -> None:
    wanted = {item: stocks[item] for item in leaving if stocks[item].method == CostingMethod.FIFO}
    if wanted:
        read_layers(wanted)


def _returned(moves: Sequence[MoveInput]) -> dict[int, Returned]:
    """The issues that come back, with what came back of them before."""
    ids = {move.returns_move_id for move in moves if move.returns_move_id}
    if not ids:
        return {}
    before = StockMove.objects.filter(returns_id__in=ids).values_list("returns_id").order_by()
    back = {pk: sums for pk, *sums in before.annotate(Sum("quantity"), Sum("value"))}
    issues = StockMove.objects.filter(pk__in=ids).values_list("id", "quantity", "value")
    return {pk: Returned(quantity, -value, *back.get(pk, (ZERO, ZERO))) for pk, quantity, value in issues}
