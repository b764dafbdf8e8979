"""What is on order from suppliers, for the availability of stock."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import connection

_INCOMING = """
    SELECT l.item_id,
        sum(round(l.stock_quantity * greatest(l.quantity - l.received_quantity, 0) / l.quantity, 6))
    FROM purchasing_purchaseorderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
    WHERE l.company_id = %(company)s AND o.status = 'confirmed' AND l.needs_receipt
        AND l.received_quantity < l.quantity
        AND (%(items)s::bigint[] IS NULL OR l.item_id = ANY (%(items)s::bigint[]))
        AND (%(warehouse)s::bigint IS NULL OR o.warehouse_id = %(warehouse)s)
    GROUP BY l.item_id
"""


def incoming(*, company_id: int, item_ids: Sequence[int] | None, warehouse_id: int | None) -> dict[int, Decimal]:
    """Item → ordered and not yet received, in the item's unit."""
    items = None if item_ids is None else list(item_ids)
    with connection.cursor() as cursor:
        cursor.execute(_INCOMING, {"company": company_id, "items": items, "warehouse": warehouse_id})
        return dict(cursor.fetchall())
