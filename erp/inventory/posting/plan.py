"""What a posting will do, worked out in memory on locked rows: levels, costs and layers of every move in turn."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from erp.inventory.costing import ZERO, ItemStock, OpenLayer, Part, returned_value
from erp.inventory.enums import ValueCause
from erp.inventory.errors import InsufficientStockError, ReturnExceedsIssueError, Shortage
from erp.inventory.posting.inputs import KnownItem, MoveInput, Places
from erp.inventory.posting.locks import Claim, ClaimKey, LockedLevel, Pair
from erp.inventory.posting.past import Past, require_there_then, require_worth_something


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value entry to be written, with what the item's stock is behind it."""

    cause: str
    quantity: Decimal
    value: Decimal
    quantity_after: Decimal
    value_after: Decimal


@dataclass(slots=True)
class PlannedMove:
    """A move with its cost. `value` is signed; `layer` is the new FIFO layer, `parts` what an issue took."""

    given: MoveInput
    value: Decimal = ZERO
    layer: OpenLayer | None = None
    layer_quantity: Decimal = ZERO
    parts: list[Part] = field(default_factory=list)
    changes: list[ValueChange] = field(default_factory=list)


@dataclass(slots=True)
class Returned:
    """An issue that comes back, and what came back of it before."""

    quantity: Decimal
    value: Decimal
    back: Decimal
    back_value: Decimal


@dataclass(slots=True)
class Ground:
    """Everything a posting has locked and read."""

    items: Mapping[int, KnownItem]
    places: Places
    levels: Mapping[Pair, LockedLevel]
    stocks: Mapping[int, ItemStock]
    claims: Mapping[ClaimKey, Claim]
    issues: Mapping[int, Returned]
    past: Past


def plan_moves(moves: Sequence[MoveInput], ground: Ground, on: dt.date) -> list[PlannedMove]:
    """Work the moves of the day `on` out one after another.

    :raises InsufficientStockError: with every item that is short.
    :raises NotInStockThenError, WorthLessThanNothingError: when goods cannot leave on that day of the past.
    :raises ReturnExceedsIssueError: when more comes back than went out.
    """
    _require_stock(moves, ground)
    planned = []
    for move in moves:
        step = PlannedMove(move)
        _move_levels(move, ground)
        inward, outward = ground.places.is_stock(move.to_location_id), ground.places.is_stock(move.from_location_id)
        if inward and not outward:
            _value_receipt(step, ground, on)
        elif outward and not inward:
            _value_issue(step, ground, on)
        planned.append(step)
    return planned


def _require_stock(moves: Sequence[MoveInput], ground: Ground) -> None:
    """A first pass over the quantities alone, so that the refusal can name all that is short."""
    free = {pair: level.available for pair, level in ground.levels.items()}
    claims = {key: claim.quantity for key, claim in ground.claims.items()}
    shortages = []
    for move in moves:
        source, target = (move.item_id, move.from_location_id), (move.item_id, move.to_location_id)
        if source in free:
            reserved = ZERO
            if move.line is not None and (key := (move.line, *source)) in claims:
                reserved = min(claims[key], move.quantity)
                claims[key] -= reserved
            wanted = move.quantity - reserved
            if free[source] < wanted:
                name, place = ground.items[move.item_id].name, ground.places.names[move.from_location_id]
                shortages.append(Shortage(move.item_id, name, place, move.quantity, free[source] + reserved))
            free[source] -= wanted
        if target in free:
            free[target] += move.quantity
    if shortages:
        raise InsufficientStockError(shortages)


def _move_levels(move: MoveInput, ground: Ground) -> None:
    source = ground.levels.get((move.item_id, move.from_location_id))
    target = ground.levels.get((move.item_id, move.to_location_id))
    if source is not None:
        _use_reservation(move, source, ground)
        source.move(-move.quantity)
    if target is not None:
        target.move(move.quantity)


def _use_reservation(move: MoveInput, level: LockedLevel, ground: Ground) -> None:
    if move.line is None:
        return
    claim = ground.claims.get((move.line, move.item_id, move.from_location_id))
    if claim is not None:
        level.reserve(-claim.use(move.quantity))


def _value_receipt(step: PlannedMove, ground: Ground, on: dt.date) -> None:
    move, stock = step.given, ground.stocks[step.given.item_id]
    issue = ground.issues.get(move.returns_move_id) if move.returns_move_id else None
    cause = ValueCause.RETURN if issue else ValueCause.RECEIPT
    value = _value_of_return(move, issue, stock, ground) if issue else _value_of_receipt(move, stock, ground)
    step.value, step.layer_quantity = value, move.quantity
    step.layer = stock.put(move.quantity, value, step, on)
    step.changes.append(ValueChange(cause, move.quantity, value, stock.quantity, stock.value))


def _value_of_receipt(move: MoveInput, stock: ItemStock, ground: Ground) -> Decimal:
    if move.value is not None:
        return move.value
    if move.unit_cost is not None:
        return stock.amount(move.quantity, move.unit_cost)
    return stock.amount(move.quantity, stock.unit_cost or ground.items[move.item_id].cost)


def _value_of_return(move: MoveInput, issue: Returned, stock: ItemStock, ground: Ground) -> Decimal:
    if issue.back + move.quantity > issue.quantity:
        raise ReturnExceedsIssueError(
            _("%(item)s: more comes back than went out.") % {"item": ground.items[move.item_id].name}, field="quantity"
        )
    value = returned_value(
        issued=issue.quantity,
        issued_value=issue.value,
        back=issue.back,
        back_value=issue.back_value,
        quantity=move.quantity,
        minor_unit=stock.minor_unit,
    )
    issue.back += move.quantity
    issue.back_value += value
    return value


def _value_issue(step: PlannedMove, ground: Ground, on: dt.date) -> None:
    item, stock = ground.items[step.given.item_id], ground.stocks[step.given.item_id]
    later = ground.past.after(item.id, on)
    require_there_then(item, step.given.quantity, stock, later, on)
    before_quantity, before_value = stock.quantity, stock.value
    step.parts = stock.take(step.given.quantity, on, later[0])
    require_worth_something(item, stock, later, on)
    taken = sum((part.value for part in step.parts), ZERO)
    residue = sum((part.residue for part in step.parts), ZERO)
    step.value = -taken
    after = before_quantity - step.given.quantity
    goods = taken - residue
    step.changes.append(ValueChange(ValueCause.ISSUE, -step.given.quantity, -goods, after, before_value - goods))
    if residue:
        step.changes.append(ValueChange(ValueCause.ROUNDING, ZERO, -residue, stock.quantity, stock.value))
