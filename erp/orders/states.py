"""States of an order, computed from its lines. Nobody types them."""

from collections.abc import Sequence

from erp.orders.enums import ORDER_STATES, DeliveryState, InvoiceState, OrderStatus
from erp.orders.models import SalesOrder, SalesOrderLine


def delivery_state(lines: Sequence[SalesOrderLine]) -> DeliveryState:
    """How much of what needs delivery has left. A delivered part stays delivered when it comes back."""
    goods = [line for line in lines if line.needs_delivery]
    if not goods:
        return DeliveryState.NOTHING_TO_DELIVER
    if all(line.delivered_quantity >= line.quantity for line in goods):
        return DeliveryState.FULL
    return DeliveryState.PARTIAL if any(line.delivered_quantity for line in goods) else DeliveryState.NONE


def invoice_state(lines: Sequence[SalesOrderLine]) -> InvoiceState:
    """How much of what was ordered, less what came back before it was invoiced, is on posted invoices."""
    if lines and all(line.to_invoice_ordered <= 0 for line in lines):
        return InvoiceState.FULL
    return InvoiceState.PARTIAL if any(line.invoiced_quantity for line in lines) else InvoiceState.NONE


def compute_states(order: SalesOrder, lines: Sequence[SalesOrderLine]) -> None:
    """Write the computed states onto the order, in memory: done when all is delivered and invoiced."""
    order.delivery_state, order.invoice_state = delivery_state(lines), invoice_state(lines)
    if order.status not in (OrderStatus.CONFIRMED, OrderStatus.DONE):
        return
    is_delivered = order.delivery_state in (DeliveryState.FULL, DeliveryState.NOTHING_TO_DELIVER)
    is_done = is_delivered and order.invoice_state == InvoiceState.FULL
    computed = OrderStatus.DONE if is_done else OrderStatus.CONFIRMED
    if order.status != computed:
        ORDER_STATES.require(order, computed)
        order.status = computed
