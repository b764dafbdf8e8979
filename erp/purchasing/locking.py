"""Reading an order and what hangs on it for change. The order's row lock guards its lines and receipts, so every
operation on any of them takes it first."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from core.errors import ConflictError
from erp.purchasing.enums import ReceiptStatus
from erp.purchasing.models import PurchaseOrder, PurchaseOrderLine, ReceiptLine


def _for_change() -> QuerySet[PurchaseOrder]:
    return PurchaseOrder.objects.select_for_update(of=("self",))


def lock_order(purchase_order_id: int, *, expected_version: int | None = None) -> PurchaseOrder:
    """:raises ConflictError: when `expected_version` is given and is not the stored one."""
    order = _for_change().get(pk=purchase_order_id)
    if expected_version is not None and order.version != expected_version:
        raise ConflictError(current_version=order.version)
    return order


def lock_order_of_receipt(receipt_id: int) -> PurchaseOrder:
    """The order of a receipt, locked before the receipt itself is read."""
    return _for_change().get(receipts=receipt_id)


def lock_orders_of_lines(order_line_ids: Collection[int]) -> list[PurchaseOrder]:
    """The orders of these lines, locked in the order of their keys."""
    owners = PurchaseOrderLine.objects.filter(pk__in=order_line_ids).values("order_id")
    return list(_for_change().filter(pk__in=owners).order_by("pk"))


def order_lines(orders: Iterable[PurchaseOrder], *related: str) -> list[PurchaseOrderLine]:
    """All lines of locked orders, in their order."""
    rows = PurchaseOrderLine.objects.filter(order__in=[order.pk for order in orders])
    return list(rows.select_related("item", *related).order_by("order_id", "position", "id"))


def received_lines(order_line_ids: Collection[int]) -> dict[int, list[ReceiptLine]]:
    """Order line → its posted receipt lines, oldest first."""
    rows = ReceiptLine.objects.filter(order_line__in=order_line_ids, receipt__status=ReceiptStatus.POSTED)
    found: dict[int, list[ReceiptLine]] = {key: [] for key in order_line_ids}
    for row in rows.select_related("receipt").order_by("receipt__document_date", "receipt_id", "id"):
        found[row.order_line_id].append(row)
    return found
