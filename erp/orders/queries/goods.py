"""What is still to leave, and what stock says of the lines of an offer or order."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from core.fields import ZERO
from erp.inventory.queries import Availability, availability
from erp.inventory.reservations import Pick
from erp.orders.enums import DeliveryStatus
from erp.orders.models import DeliveryLine, SalesOrder, SalesOrderLine
from erp.orders.models.base import SaleDocument, SaleLine
from erp.orders.parts import covered, parts_to_deliver, reserved_parts, sums_of

_OUTGOING = """
    WITH goods AS (
        SELECT l.item_id, l.stock_quantity * (l.quantity - l.delivered_quantity) / l.quantity AS left_over
        FROM orders_salesorderline l JOIN orders_salesorder o ON o.id = l.order_id
        WHERE o.company_id = %(company)s AND o.status = 'confirmed' AND l.needs_delivery
            AND l.delivered_quantity < l.quantity
            AND (%(warehouse)s::bigint IS NULL OR o.warehouse_id = %(warehouse)s)
    ), parts AS (
        SELECT coalesce(k.item_id, g.item_id) AS item_id, g.left_over * coalesce(k.quantity, 1) AS left_over
        FROM goods g LEFT JOIN catalog_kitcomponent k ON k.kit_id = g.item_id
    )
    SELECT item_id, sum(round(left_over, 6)) FROM parts
    WHERE %(items)s::bigint[] IS NULL OR item_id = ANY (%(items)s::bigint[])
    GROUP BY item_id
"""


def outgoing_quantities(
    *, company_id: int, item_ids: Sequence[int] | None = None, warehouse_id: int | None = None
) -> dict[int, Decimal]:
    """Item → quantity on confirmed orders that has not left yet, in the item's unit, kits by their components."""
    values = {"company": company_id, "warehouse": warehouse_id, "items": None if item_ids is None else list(item_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_OUTGOING, values)
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class LineStock:
    """A line with what stock says of its item."""

    line: SaleLine
    stock: Availability | None


def stock_of_lines(document: SaleDocument, lines: Sequence[SaleLine]) -> list[LineStock]:
    """Each line with its item's availability at the document's warehouse, or at all when it names none."""
    items = sorted({line.item_id for line in lines if line.item_id is not None})
    if not items:
        return [LineStock(line, None) for line in lines]
    found = availability(company_id=document.company_id, item_ids=items, warehouse_id=document.warehouse_id)
    return [LineStock(line, found.get(line.item_id) if line.item_id else None) for line in lines]


def planned_quantities(order: SalesOrder) -> dict[int, Decimal]:
    """Order line → quantity on deliveries that are planned and not shipped."""
    planned = DeliveryLine.objects.filter(delivery__order=order, delivery__status=DeliveryStatus.DRAFT)
    return dict(planned.order_by().values_list("order_line").annotate(quantity=Sum("quantity")))


@dataclass(frozen=True, slots=True)
class ToDeliver:
    """What is left of an order line that no planned delivery takes, and how much of it is reserved."""

    line: SalesOrderLine
    left: Decimal
    reserved: Decimal


def to_deliver(
    order: SalesOrder, lines: Sequence[SalesOrderLine], claims: Sequence[Pick] | None = None
) -> list[ToDeliver]:
    """The lines of which something is left to plan, in their units.

    :param claims: the lines' reservations, where the caller has read them already.
    """
    goods = [line for line in lines if line.to_deliver > 0]
    if not goods:
        return []
    planned, needed = planned_quantities(order), parts_to_deliver(goods)
    reserved = reserved_parts(goods) if claims is None else sums_of(claims)
    found = []
    for line in goods:
        taken = planned.get(line.pk, ZERO)
        left = line.to_deliver - taken
        if left > 0:
            ready = covered(line, needed[line], reserved) - taken
            found.append(ToDeliver(line, left, min(left, max(ready, ZERO))))
    return found
