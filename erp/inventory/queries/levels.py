"""How much of an item is there, spoken for and free."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from erp.inventory import supply_points

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Availability:
    """Quantities of an item, in its unit.

    :ivar available: on hand where orders may ship from, less what is reserved.
    :ivar incoming: ordered from suppliers, not received.
    :ivar outgoing: ordered by customers, not shipped, whether reserved or not.
    """

    on_hand: Decimal = ZERO
    reserved: Decimal = ZERO
    available: Decimal = ZERO
    incoming: Decimal = ZERO
    outgoing: Decimal = ZERO


_LEVELS = """
    SELECT l.item_id, sum(l.on_hand), sum(l.reserved), sum(l.on_hand - l.reserved) FILTER (WHERE p.is_pickable)
    FROM inventory_stocklevel l JOIN inventory_location p ON p.id = l.location_id
    WHERE l.company_id = %(company)s
        AND (%(items)s::bigint[] IS NULL OR l.item_id = ANY (%(items)s::bigint[]))
        AND (%(warehouse)s::bigint IS NULL OR p.warehouse_id = %(warehouse)s)
    GROUP BY l.item_id
"""


def availability(
    *, company_id: int, item_ids: Sequence[int] | None = None, warehouse_id: int | None = None
) -> dict[int, Availability]:
    """Item → its availability, of one warehouse or of all. Items never stocked nor ordered are left out, unless asked
    for by id.

    Purchase and sales orders come from the providers of `supply_points`.
    """
    items = None if item_ids is None else list(item_ids)
    with connection.cursor() as cursor:
        cursor.execute(_LEVELS, {"company": company_id, "items": items, "warehouse": warehouse_id})
        levels = {row[0]: row[1:] for row in cursor.fetchall()}
    incoming = supply_points.quantities("incoming", company_id=company_id, item_ids=items, warehouse_id=warehouse_id)
    outgoing = supply_points.quantities("outgoing", company_id=company_id, item_ids=items, warehouse_id=warehouse_id)
    nothing = (ZERO, ZERO, ZERO)
    found = {}
    for item in items if items is not None else {*levels, *incoming, *outgoing}:
        on_hand, reserved, available = levels.get(item, nothing)
        found[item] = Availability(
            on_hand, reserved, available or ZERO, incoming.get(item, ZERO), outgoing.get(item, ZERO)
        )
    return found
