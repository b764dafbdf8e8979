"""Writing a planned posting: facts in bulk, rows under lock by one statement a table."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from core.documents.references import RecordRef
from erp.inventory.costing import ItemStock, OpenLayer, unit_cost_of
from erp.inventory.enums import LayerKind, LocationKind
from erp.inventory.models import CostLayer, LayerConsumption, Reservation, StockMove, ValueEntry
from erp.inventory.posting.locks import Claim, LockedLevel
from erp.inventory.posting.plan import PlannedMove

if TYPE_CHECKING:
    from core.access.models import User

_LEVELS = """
    UPDATE inventory_stocklevel AS l SET on_hand = l.on_hand + d.on_hand, reserved = l.reserved + d.reserved
    FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS d (id, on_hand, reserved) WHERE l.id = d.id
"""
_VALUATIONS = """
    UPDATE inventory_itemvaluation AS v
    SET costing_method = d.method, quantity = d.quantity, value = d.value, last_unit_cost = d.cost
    FROM unnest(%s::bigint[], %s::text[], %s::numeric[], %s::numeric[], %s::numeric[])
        AS d (id, method, quantity, value, cost)
    WHERE v.id = d.id
"""
_LAYERS = """
    UPDATE inventory_costlayer AS l
    SET remaining_quantity = d.quantity, remaining_value = d.value, unit_cost = d.cost
    FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[]) AS d (id, quantity, value, cost)
    WHERE l.id = d.id
"""
_RESERVATIONS = """
    UPDATE inventory_reservation AS r SET quantity = r.quantity - d.used
    FROM unnest(%s::bigint[], %s::numeric[]) AS d (id, used) WHERE r.id = d.id
"""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Whose posting it is, and when."""

    company_id: int
    on: dt.date
    source: RecordRef
    source_number: str
    purpose: str
    user: "User | None"
    now: dt.datetime


def write_moves(planned: Sequence[PlannedMove], occasion: Occasion) -> list[StockMove]:
    return StockMove.objects.bulk_create(move_rows(planned, occasion))


def move_rows(planned: Sequence[PlannedMove], occasion: Occasion) -> list[StockMove]:
    return [
        StockMove(
            company_id=occasion.company_id,
            item_id=step.given.item_id,
            from_location_id=step.given.from_location_id,
            to_location_id=step.given.to_location_id,
            quantity=step.given.quantity,
            move_date=occasion.on,
            value=step.value,
            unit_cost=unit_cost_of(abs(step.value), step.given.quantity),
            source_label=occasion.source.label,
            source_id=occasion.source.id,
            source_number=occasion.source_number,
            purpose=occasion.purpose,
            position=position,
            line_label=step.given.line.label if step.given.line else "",
            line_id=step.given.line.id if step.given.line else None,
            returns_id=step.given.returns_move_id,
            posted_at=occasion.now,
            posted_by=occasion.user,
        )
        for position, step in enumerate(planned, start=1)
    ]


def write_values(
    planned: Sequence[PlannedMove], moves: Sequence[StockMove], kinds: Mapping[int, str], occasion: Occasion
) -> None:
    """New layers, what issues took from layers, and the value entries."""
    layers = _write_new_layers(planned, moves, kinds, occasion)
    consumptions = consumption_rows(planned, moves, layers, occasion)
    if consumptions:
        LayerConsumption.objects.bulk_create(consumptions)
    entries = value_rows(planned, moves, layers, occasion)
    if entries:
        ValueEntry.objects.bulk_create(entries)


def consumption_rows(
    planned: Sequence[PlannedMove], moves: Sequence[StockMove], layers: Mapping[int, int], occasion: Occasion
) -> list[LayerConsumption]:
    """What issues took from layers; `layers` are new ones, by their identity in memory."""
    return [
        LayerConsumption(
            company_id=occasion.company_id,
            move=move,
            layer_id=_layer_id(part.layer, layers),
            quantity=part.quantity,
            value=part.value,
        )
        for step, move in zip(planned, moves, strict=True)
        for part in step.parts
        if part.layer is not None
    ]


def value_rows(
    planned: Sequence[PlannedMove], moves: Sequence[StockMove], layers: Mapping[int, int], occasion: Occasion
) -> list[ValueEntry]:
    """The value entries of a posting."""
    return [
        ValueEntry(
            company_id=occasion.company_id,
            item_id=move.item_id,
            move=move,
            layer_id=layers.get(id(step.layer)),
            cause=change.cause,
            entry_date=occasion.on,
            quantity=change.quantity,
            value=change.value,
            quantity_after=change.quantity_after,
            value_after=change.value_after,
            source_label=occasion.source.label,
            source_id=occasion.source.id,
            source_number=occasion.source_number,
        )
        for step, move in zip(planned, moves, strict=True)
        for change in step.changes
    ]


def _write_new_layers(
    planned: Sequence[PlannedMove], moves: Sequence[StockMove], kinds: Mapping[int, str], occasion: Occasion
) -> dict[int, int]:
    """:returns: identity of the layer in memory → its id."""
    fresh = [(step.layer, step, move) for step, move in zip(planned, moves, strict=True) if step.layer is not None]
    if not fresh:
        return {}
    rows = CostLayer.objects.bulk_create(
        CostLayer(
            company_id=occasion.company_id,
            item_id=move.item_id,
            move=move,
            kind=_layer_kind(move, kinds),
            layer_date=occasion.on,
            quantity=step.layer_quantity,
            unit_cost=layer.unit_cost,
            remaining_quantity=layer.quantity,
            remaining_value=layer.value,
        )
        for layer, step, move in fresh
    )
    return {id(layer): row.pk for (layer, _step, _move), row in zip(fresh, rows, strict=True)}


def _layer_kind(move: StockMove, kinds: Mapping[int, str]) -> str:
    if move.returns_id:
        return LayerKind.RETURN
    return LayerKind.RECEIPT if kinds[move.from_location_id] == LocationKind.SUPPLIER else LayerKind.ADJUSTMENT


def _layer_id(layer: OpenLayer, fresh: Mapping[int, int]) -> int:
    return layer.key if isinstance(layer.key, int) else fresh[id(layer)]


def update_levels(levels: Iterable[LockedLevel]) -> None:
    changed = [level for level in levels if level.on_hand_change or level.reserved_change]
    if changed:
        _execute(
            _LEVELS,
            [level.id for level in changed],
            [level.on_hand_change for level in changed],
            [level.reserved_change for level in changed],
        )


def update_valuations(stocks: Iterable[tuple[int, ItemStock]]) -> None:
    rows = list(stocks)
    if rows:
        _execute(
            _VALUATIONS,
            [pk for pk, _stock in rows],
            [str(stock.method) for _pk, stock in rows],
            [stock.quantity for _pk, stock in rows],
            [stock.value for _pk, stock in rows],
            [stock.last_unit_cost for _pk, stock in rows],
        )


def update_layers(touched: Iterable[OpenLayer]) -> None:
    """Write what is left of stored layers; new ones were written as they are."""
    rows = {layer.key: layer for layer in touched if isinstance(layer.key, int)}
    if rows:
        layers = list(rows.values())
        _execute(
            _LAYERS,
            list(rows),
            [layer.quantity for layer in layers],
            [layer.value for layer in layers],
            [layer.unit_cost for layer in layers],
        )


def update_claims(claims: Iterable[Claim]) -> None:
    """Shrink reservations by what was used; used-up ones go."""
    used = [claim for claim in claims if claim.used]
    gone = [claim.id for claim in used if claim.used == claim.quantity]
    left = [claim for claim in used if claim.used < claim.quantity]
    if gone:
        Reservation.objects.filter(pk__in=gone).delete()
    if left:
        _execute(_RESERVATIONS, [claim.id for claim in left], [claim.used for claim in left])


def _execute(statement: str, *columns: Sequence[Any]) -> None:
    values: list[Any] = list(columns)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
