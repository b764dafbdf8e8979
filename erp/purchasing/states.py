"""States of a purchase order, computed from its lines. Nobody types them."""

from collections.abc import Sequence

from erp.purchasing.enums import PURCHASE_ORDER_STATES, InvoiceState, PurchaseOrderStatus, ReceiptState
from erp.purchasing.models import PurchaseOrder, PurchaseOrderLine

STATE_FIELDS = ("status", "receipt_state", "invoice_state", "version", "updated_at")


def receipt_state(lines: Sequence[PurchaseOrderLine]) -> ReceiptState:
    goods = [line for line in lines if line.needs_receipt]
    if not goods:
        return ReceiptState.NOTHING_TO_RECEIVE
    if all(line.received_quantity >= line.quantity for line in goods):
        return ReceiptState.FULL
    return ReceiptState.PARTIAL if any(line.received_quantity for line in goods) else ReceiptState.NONE


def invoice_state(lines: Sequence[PurchaseOrderLine]) -> InvoiceState:
    """Full when all that was ordered, and all that arrived beyond it, is on posted invoices."""
    if lines and all(line.invoiced_quantity >= max(line.quantity, line.received_quantity) for line in lines):
        return InvoiceState.FULL
    return InvoiceState.PARTIAL if any(line.invoiced_quantity for line in lines) else InvoiceState.NONE


def save_states(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> None:
    """Compute the states of a locked order and store what changed."""
    before = (order.status, order.receipt_state, order.invoice_state)
    order.receipt_state, order.invoice_state = receipt_state(lines), invoice_state(lines)
    if order.status in (PurchaseOrderStatus.CONFIRMED, PurchaseOrderStatus.DONE):
        is_received = order.receipt_state in (ReceiptState.FULL, ReceiptState.NOTHING_TO_RECEIVE)
        is_done = is_received and order.invoice_state == InvoiceState.FULL
        computed = PurchaseOrderStatus.DONE if is_done else PurchaseOrderStatus.CONFIRMED
        if order.status != computed:
            PURCHASE_ORDER_STATES.require(order, computed)
            order.status = computed
    if before != (order.status, order.receipt_state, order.invoice_state):
        order.version += 1
        order.save(update_fields=STATE_FIELDS)
