"""Whether goods that leave on a day of the past were there on that day and ever since. Stock that is there now may have
come later: taking it out before would leave a quantity and a value below zero on the days between."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import connection

from erp.inventory.costing import ZERO
from erp.inventory.errors import NotInStockThenError
from erp.inventory.posting.inputs import KnownItem, MoveInput, Places
from erp.inventory.posting.plan import Ground

# For each item the most that came, less what went, from any day after the given one until now: what must not be needed
# before it came. Goods that leave today find no later rows and cost one look into the index.
_CAME_LATER = """
    SELECT item_id, max(later) FROM (
        SELECT item_id, sum(sum(quantity)) OVER (PARTITION BY item_id ORDER BY entry_date DESC) AS later
        FROM inventory_valueentry WHERE item_id = ANY (%s) AND entry_date > %s GROUP BY item_id, entry_date
    ) days GROUP BY item_id
"""


def require_in_stock_then(on: dt.date, moves: Sequence[MoveInput], ground: Ground) -> None:
    """Call it after planning: the stock of the ground is what will be left.

    :raises NotInStockThenError: an item that leaves would have been below zero on a day since `on`.
    """
    leaving = _leaving(moves, ground.places)
    if not leaving:
        return
    with connection.cursor() as cursor:
        cursor.execute(_CAME_LATER, [leaving, on])
        later = dict(cursor.fetchall())
    for item_id in leaving:
        missing = later.get(item_id, ZERO) - ground.stocks[item_id].quantity
        if missing > 0:
            raise _refusal(ground.items, item_id, on, moves, missing)


def _leaving(moves: Sequence[MoveInput], places: Places) -> list[int]:
    return sorted(
        {
            move.item_id
            for move in moves
            if places.is_stock(move.from_location_id) and not places.is_stock(move.to_location_id)
        }
    )


def _refusal(
    items: Mapping[int, KnownItem], item_id: int, on: dt.date, moves: Sequence[MoveInput], missing: Decimal
) -> NotInStockThenError:
    wanted = sum((move.quantity for move in moves if move.item_id == item_id), ZERO)
    return NotInStockThenError(items[item_id].name, on, wanted=wanted, available=max(wanted - missing, ZERO))
