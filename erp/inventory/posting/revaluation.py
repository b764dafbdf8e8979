"""A cost that turns out different after the goods came in: what is still there takes its share, the rest was issued."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from core.catalog.enums import CostingMethod
from core.catalog.pricing.rounding import ENGINE_CONTEXT, rounded
from core.documents.references import RecordRef
from erp.inventory.costing import ZERO, ItemStock, OpenLayer
from erp.inventory.enums import ValueCause
from erp.inventory.models import CostLayer, StockMove, ValueEntry
from erp.inventory.posting.clock import read_clock
from erp.inventory.posting.inputs import known_items
from erp.inventory.posting.locks import lock_valuations
from erp.inventory.posting.writing import Occasion, update_layers, update_valuations

if TYPE_CHECKING:
    from core.access.models import User


@dataclass(frozen=True, slots=True)
class CostChange:
    """What a receipt cost more (or less, negative) than it was posted at, in the company's currency."""

    move_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AbsorbedCost:
    """How a cost change was split. `stock` + `issued` is the change; the caller books both."""

    move_id: int
    item_id: int
    category_id: int | None
    stock: Decimal
    issued: Decimal


def absorb_cost(
    *,
    company_id: int,
    on: dt.date,
    changes: Sequence[CostChange],
    source: RecordRef,
    source_number: str = "",
    cause: ValueCause = ValueCause.PRICE_DIFFERENCE,
    user: "User | None",
    now: dt.datetime,
) -> list[AbsorbedCost]:
    """Change the value of stock by the on-hand share of each cost change (P2), one value entry each.

    The ledger is the caller's: Dr Inventory `stock`, Dr price difference `issued`. FIFO: the share is what is left of
    the receipt's layer. Moving average: what is left of the item, up to what the receipt brought. Value never falls
    below zero; what would is counted as issued. One change a move; the caller adds up.
    """
    occasion = Occasion(company_id, on, source, source_number, cause, user, now)
    with transaction.atomic(savepoint=False):
        moves = StockMove.objects.in_bulk([change.move_id for change in changes])
        items = known_items(company_id, {move.item_id for move in moves.values()})
        rows = lock_valuations(company_id, items, minor_unit=read_clock(company_id).minor_unit)
        layers = _layers(list(moves))
        absorbed, entries = [], []
        for change in changes:
            move = moves[change.move_id]
            stock, layer = rows[move.item_id][1], layers.get(move.pk)
            share = _share_on_hand(change.amount, move, stock, layer)
            if share:
                stock.revalue(layer if stock.method == CostingMethod.FIFO else None, share)
                entries.append(_entry(move, layer, share, stock, occasion))
            category = items[move.item_id].category_id
            absorbed.append(AbsorbedCost(move.pk, move.item_id, category, share, change.amount - share))
        update_valuations(rows.values())
        update_layers(layers.values())
        ValueEntry.objects.bulk_create(entries)
    return absorbed


def _layers(move_ids: Sequence[int]) -> Mapping[int, OpenLayer]:
    rows = CostLayer.objects.filter(move_id__in=move_ids, remaining_quantity__gt=0)
    fields = ("move_id", "id", "unit_cost", "remaining_quantity", "remaining_value")
    return {
        move: OpenLayer(unit_cost, quantity, value, pk)
        for move, pk, unit_cost, quantity, value in rows.values_list(*fields)
    }


def _share_on_hand(amount: Decimal, move: StockMove, stock: ItemStock, layer: OpenLayer | None) -> Decimal:
    if stock.method == CostingMethod.AVERAGE:
        left, worth = min(stock.quantity, move.quantity), stock.value
    else:
        left, worth = (layer.quantity, layer.value) if layer else (ZERO, ZERO)
    part = ENGINE_CONTEXT.divide(ENGINE_CONTEXT.multiply(amount, left), move.quantity)
    return max(rounded(part, stock.minor_unit), -worth)


def _entry(
    move: StockMove, layer: OpenLayer | None, value: Decimal, stock: ItemStock, occasion: Occasion
) -> ValueEntry:
    return ValueEntry(
        company_id=move.company_id,
        item_id=move.item_id,
        move=move,
        layer_id=layer.key if layer is not None and isinstance(layer.key, int) else None,
        cause=occasion.purpose,
        entry_date=occasion.on,
        value=value,
        quantity_after=stock.quantity,
        value_after=stock.value,
        source_label=occasion.source.label,
        source_id=occasion.source.id,
        source_number=occasion.source_number,
    )
