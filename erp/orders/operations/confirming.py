"""Confirming an order, which reserves its goods; cancelling it, which gives them back."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from core.access.models import User
from core.documents.sequences import draw_number
from core.errors import InvalidInputError, WrongStateError
from core.events.outbox import record
from core.fields import ZERO
from erp.inventory.reservations import Want, release, reserve
from erp.invoicing.enums import InvoiceStatus
from erp.invoicing.models import SalesInvoiceLine
from erp.orders.enums import ORDER_STATES, DeliveryStatus, OrderStatus
from erp.orders.errors import DeliveryExistsError, InvoiceExistsError
from erp.orders.events import SalesOrderCancelled, SalesOrderConfirmed
from erp.orders.locking import lock_order, order_lines, require_version
from erp.orders.models import SalesOrder, SalesOrderLine
from erp.orders.numbers import SALES_ORDER
from erp.orders.parts import LINE, parts_to_deliver, ref, reserved_parts
from erp.orders.states import compute_states

CONFIRMED = (
    "number", "status", "delivery_state", "invoice_state", "confirmed_at", "confirmed_by", "version", "updated_at",
)  # fmt: skip


def confirm_sales_order(
    *, sales_order_id: int, user: User | None, now: dt.datetime, expected_version: int | None = None
) -> SalesOrder:
    """Take a draft order on: it gets its number and reserves what is in stock. What is not waits as backorder. A
    confirmed order stays as it is.

    :raises WrongStateError: it is cancelled.
    :raises InvalidInputError: it has no lines, or goods but no warehouse.
    :raises ConflictError: somebody else changed it.
    """
    with transaction.atomic():
        order = lock_order(sales_order_id)
        if order.status in (OrderStatus.CONFIRMED, OrderStatus.DONE):
            return order
        require_version(order, expected_version)
        ORDER_STATES.require(order, OrderStatus.CONFIRMED)
        lines = order_lines([order])
        require_complete(order, lines)
        reserve_lines(order, lines, now=now)
        order.status, order.confirmed_at, order.confirmed_by = OrderStatus.CONFIRMED, now, user
        compute_states(order, lines)
        order.version += 1
        order.number = draw_number(SALES_ORDER, company_id=order.company_id, on=order.document_date)
        order.save(update_fields=CONFIRMED)
        record(SalesOrderConfirmed(sales_order_id=order.pk), company_id=order.company_id)
    return order


def require_complete(order: SalesOrder, lines: Sequence[SalesOrderLine]) -> None:
    if not lines:
        raise InvalidInputError(
            _("The order has no lines."), code="no_lines", field="lines", hint=_("Add what was ordered.")
        )
    if order.warehouse_id is None and any(line.needs_delivery for line in lines):
        raise InvalidInputError(
            _("The order has goods but no warehouse to ship them from."),
            code="no_warehouse",
            field="warehouse",
            hint=_("Choose a warehouse, or create one under Stock, Warehouses."),
        )


def reserve_lines(order: SalesOrder, lines: Sequence[SalesOrderLine], *, now: dt.datetime) -> None:
    """Reserve for these lines what they still have to deliver and have not reserved yet, as far as it is free."""
    goods = [line for line in lines if line.to_deliver > 0]
    if not goods or order.warehouse_id is None:
        return
    reserved = {} if order.status == OrderStatus.DRAFT else reserved_parts(goods)
    wants = [
        Want(ref(line), item_id, quantity - reserved.get((line.pk, item_id), ZERO))
        for line, parts in parts_to_deliver(goods).items()
        for item_id, quantity in parts
        if quantity > reserved.get((line.pk, item_id), ZERO)
    ]
    if wants:
        reserve(company_id=order.company_id, warehouse_id=order.warehouse_id, wants=wants, now=now)


def reserve_sales_order(*, sales_order_id: int, user: User | None, now: dt.datetime) -> SalesOrder:
    """Reserve more of a confirmed order's backorder, as far as goods have come in.

    :raises WrongStateError: the order is not confirmed.
    """
    with transaction.atomic():
        order = lock_order(sales_order_id)
        require_confirmed(order)
        reserve_lines(order, order_lines([order]), now=now)
    return order


def require_confirmed(order: SalesOrder) -> None:
    """:raises WrongStateError: it is a draft or cancelled."""
    if order.status not in (OrderStatus.CONFIRMED, OrderStatus.DONE):
        raise WrongStateError(
            _("%(order)s is %(status)s.") % {"order": order, "status": order.get_status_display()},
            hint=_("Confirm the order first.") if order.status == OrderStatus.DRAFT else "",
        )


def cancel_sales_order(*, sales_order_id: int, user: User | None, now: dt.datetime, reason: str = "") -> SalesOrder:
    """Give an order up: its reservations and planned deliveries go. A cancelled order stays as it is.

    :raises DeliveryExistsError: goods have left.
    :raises InvoiceExistsError: it is on an invoice that is not cancelled.
    """
    with transaction.atomic():
        order = lock_order(sales_order_id)
        if order.status == OrderStatus.CANCELLED:
            return order
        lines = order_lines([order])
        _require_nothing_done(order, lines)
        ORDER_STATES.require(order, OrderStatus.CANCELLED)
        if order.status != OrderStatus.DRAFT:
            release(company_id=order.company_id, lines=[ref(line) for line in lines])
            order.deliveries.filter(status=DeliveryStatus.DRAFT).update(status=DeliveryStatus.CANCELLED)
        order.status, order.cancelled_at, order.cancel_reason = OrderStatus.CANCELLED, now, reason
        order.version += 1
        order.save()
        record(SalesOrderCancelled(sales_order_id=order.pk), company_id=order.company_id)
    return order


def _require_nothing_done(order: SalesOrder, lines: Sequence[SalesOrderLine]) -> None:
    if any(line.delivered_quantity for line in lines):
        raise DeliveryExistsError(
            _("Goods of %(order)s have been shipped.") % {"order": order},
            hint=_("Take them back by a return on the delivery."),
        )
    drafts = SalesInvoiceLine.objects.filter(source_label=LINE, source_id__in=[line.pk for line in lines])
    if any(line.invoiced_quantity for line in lines) or drafts.filter(invoice__status=InvoiceStatus.DRAFT).exists():
        raise InvoiceExistsError(
            _("%(order)s is on an invoice.") % {"order": order},
            hint=_("Cancel the draft invoice, or credit the posted one."),
        )
