"""Planning what leaves, and shipping it (P3: goods delivered, not invoiced, against inventory)."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.access.models import User
from core.documents.references import RecordRef
from core.events.outbox import record
from core.fields import ZERO
from erp.inventory.enums import LocationKind
from erp.inventory.errors import plain
from erp.inventory.models import StockMove
from erp.inventory.posting import MoveInput, post_moves
from erp.inventory.reservations import Pick
from erp.inventory.setup import location
from erp.ledger.enums import AccountKey
from erp.orders.cogs import post_cogs
from erp.orders.enums import DELIVERY_STATES, DeliveryStatus
from erp.orders.errors import QuantityExceededError
from erp.orders.events import DeliveryShipped
from erp.orders.locking import lock_order, lock_order_of_delivery, order_lines, save_rows, shipped_lines
from erp.orders.matching import Matched, ahead, match
from erp.orders.models import Delivery, DeliveryLine, SalesOrder, SalesOrderLine
from erp.orders.operations.planning import plan_delivery, reservations
from erp.orders.operations.quantities import Given
from erp.orders.papers import freeze_delivery_note
from erp.orders.parts import category_of, kits_of, ref, stock_parts
from erp.orders.states import compute_states

COSTS = ("cost_amount", "invoiced_quantity", "invoiced_cost")
SHIPPED = ("document_date", "status", "shipped_at", "shipped_by", "version", "updated_at")


def create_delivery(
    *,
    sales_order_id: int,
    user: User | None,
    now: dt.datetime,
    lines: Given | None = None,
    document_date: dt.date | None = None,
    carrier: str = "",
    tracking_number: str = "",
    external_id: str = "",
) -> Delivery:
    """Plan a delivery of a confirmed order. Without `lines`, of everything that is reserved and not planned yet; more
    is reserved first where goods have come in since.

    :param lines: `(order_line_id, quantity)` pairs or mappings with these names, in the order line's unit.
    :raises WrongStateError: the order is not confirmed.
    :raises NothingToDeliverError: nothing is left, or nothing of it is in stock.
    :raises QuantityExceededError: more than what is left and not planned in another delivery.
    """
    with transaction.atomic():
        order = lock_order(sales_order_id, "company", "warehouse", "party")
        plan = plan_delivery(order, order_lines([order], "unit"), lines, document_date, user=user, now=now)
        delivery = plan.delivery
        delivery.carrier, delivery.tracking_number, delivery.external_id = carrier, tracking_number, external_id
        delivery.save(force_insert=True)
        DeliveryLine.objects.bulk_create(plan.lines)
    return delivery


def deliver_sales_order(
    *,
    sales_order_id: int,
    user: User | None,
    now: dt.datetime,
    lines: Given | None = None,
    ship_date: dt.date | None = None,
    carrier: str = "",
    tracking_number: str = "",
    external_id: str = "",
) -> Delivery:
    """Plan a delivery and ship it in one act, for who packs at the counter and for imports.

    :raises DomainError: as `create_delivery` and `ship_delivery`.
    """
    with transaction.atomic():
        order = lock_order(sales_order_id, "company", "warehouse", "party")
        rows = order_lines([order], "unit")
        plan = plan_delivery(order, rows, lines, ship_date, user=user, now=now)
        delivery = plan.delivery
        delivery.carrier, delivery.tracking_number, delivery.external_id = carrier, tracking_number, external_id
        _leave(delivery, user, now)
        delivery.save(force_insert=True)
        _ship(delivery, plan.lines, rows, plan.claims, user=user, now=now)
        DeliveryLine.objects.bulk_create(plan.lines)
        freeze_delivery_note(delivery, plan.lines)
        _close(order, delivery, rows)
    return delivery


def cancel_delivery(*, delivery_id: int, user: User | None, now: dt.datetime) -> Delivery:
    """Set a planned delivery aside; its goods stay reserved for the order. A cancelled one stays as it is.

    :raises WrongStateError: it has been shipped.
    """
    with transaction.atomic():
        lock_order_of_delivery(delivery_id)
        delivery = Delivery.objects.get(pk=delivery_id)
        if delivery.status == DeliveryStatus.CANCELLED:
            return delivery
        DELIVERY_STATES.require(delivery, DeliveryStatus.CANCELLED)
        delivery.status = DeliveryStatus.CANCELLED
        delivery.version += 1
        delivery.save(update_fields=["status", "version", "updated_at"])
    return delivery


def ship_delivery(
    *, delivery_id: int, user: User | None, now: dt.datetime, ship_date: dt.date | None = None
) -> Delivery:
    """The goods leave: stock moves to the customer at their issued cost, and their reservations are used up. What was
    invoiced ahead of delivery becomes cost of goods sold at once. A shipped delivery stays as it is.

    :param ship_date: the planned day when left out.
    :raises WrongStateError: it is cancelled.
    :raises InsufficientStockError: goods are not there, or reserved for others.
    :raises NotInStockThenError: they had not come yet on that day.
    :raises WorthLessThanNothingError: at their cost of that day, the stock of a later day would be.
    :raises PeriodClosedError: the day lies in a closed period.
    """
    with transaction.atomic():
        order = lock_order_of_delivery(delivery_id)
        related = ("warehouse", "company__currency", "party")
        delivery = Delivery.objects.select_related(*related).get(pk=delivery_id)
        delivery.order = order
        if delivery.status == DeliveryStatus.SHIPPED:
            return delivery
        _leave(delivery, user, now)
        delivery.document_date = ship_date or delivery.document_date
        lines = order_lines([order])
        shipping = list(delivery.lines.select_related("item", "unit"))
        _ship(delivery, shipping, lines, reservations(lines), user=user, now=now)
        save_rows(shipping, *COSTS)
        delivery.version += 1
        delivery.save(update_fields=SHIPPED)
        freeze_delivery_note(delivery, shipping)
        _close(order, delivery, lines)
    return delivery


def _ship(
    delivery: Delivery,
    shipping: Sequence[DeliveryLine],
    lines: Sequence[SalesOrderLine],
    claims: Sequence[Pick],
    *,
    user: User | None,
    now: dt.datetime,
) -> None:
    """Move the goods and carry cost and quantities onto the lines, in memory."""
    _move_goods(delivery, shipping, lines, claims, user=user, now=now)
    _deliver_lines(lines, shipping)
    _recognise_ahead(delivery, lines, shipping, user=user, now=now)


def _leave(delivery: Delivery, user: User | None, now: dt.datetime) -> None:
    DELIVERY_STATES.require(delivery, DeliveryStatus.SHIPPED)
    delivery.status, delivery.shipped_at, delivery.shipped_by = DeliveryStatus.SHIPPED, now, user


def _close(order: SalesOrder, delivery: Delivery, lines: Sequence[SalesOrderLine]) -> None:
    """Store what the delivery makes of its order."""
    save_rows([line for line in lines if line.needs_delivery], "delivered_quantity")
    save_states(order, lines)
    record(DeliveryShipped(delivery_id=delivery.pk), company_id=delivery.company_id)


def save_states(order: SalesOrder, lines: Sequence[SalesOrderLine]) -> None:
    """Store what the order's lines now say of it."""
    compute_states(order, lines)
    order.version += 1
    order.save(update_fields=["status", "delivery_state", "invoice_state", "version", "updated_at"])


def _move_goods(
    delivery: Delivery,
    shipping: Sequence[DeliveryLine],
    lines: Sequence[SalesOrderLine],
    claims: Sequence[Pick],
    *,
    user: User | None,
    now: dt.datetime,
) -> None:
    """Post the moves and write each line's cost onto it, in memory."""
    by_id = {line.pk: line for line in lines}
    kits = kits_of([by_id[row.order_line_id] for row in shipping])
    reserved = _claims(claims)
    stock, customers = ends(delivery)
    moves = []
    for row in shipping:
        line = by_id[row.order_line_id]
        for item_id, quantity in stock_parts(line, row.quantity, kits):
            for place, taken in _places(reserved.get((line.pk, item_id), []), quantity, stock):
                moves.append(
                    MoveInput(
                        item_id, taken, place, customers, counter_key=AccountKey.STOCK_INTERIM,
                        counter_category_id=category_of(line), line=ref(line),
                    )
                )  # fmt: skip
    posted = post_moves(
        company_id=delivery.company_id,
        move_date=delivery.document_date,
        moves=moves,
        source=RecordRef.of(delivery),
        source_number=delivery.number or "",
        user=user,
        now=now,
        consume_reservations=True,
    )
    _take_costs(shipping, posted)


def ends(delivery: Delivery) -> tuple[int, int]:
    """Where its goods lie and where they go: the warehouse's stock location and the customers' one.

    :raises InvalidInputError: stock was not set up for the company.
    """
    customers = location(delivery.company_id, LocationKind.CUSTOMER).pk
    stock_id = delivery.warehouse.stock_location_id
    return (location(delivery.company_id, LocationKind.INTERNAL).pk if stock_id is None else stock_id), customers


def _claims(found: Sequence[Pick]) -> dict[tuple[int, int], list[Pick]]:
    claims: dict[tuple[int, int], list[Pick]] = {}
    for pick in found:
        claims.setdefault((pick.line.id, pick.item_id), []).append(pick)
    return claims


def _places(claims: Sequence[Pick], quantity: Decimal, stock_id: int) -> list[tuple[int, Decimal]]:
    """From where a quantity leaves: where it is reserved, and what is not reserved from the stock location."""
    found: dict[int, Decimal] = {}
    for claim in claims:
        taken = min(claim.quantity, quantity)
        if taken > 0:
            found[claim.location_id] = taken
            quantity -= taken
    if quantity > 0:
        found[stock_id] = found.get(stock_id, ZERO) + quantity
    return list(found.items())


def _take_costs(shipping: Sequence[DeliveryLine], posted: Sequence[StockMove]) -> None:
    costs: dict[int, Decimal] = {}
    for move in posted:
        costs[move.line.id] = costs.get(move.line.id, ZERO) - move.value
    for row in shipping:
        row.cost_amount = costs.get(row.order_line_id, ZERO)


def _deliver_lines(lines: Sequence[SalesOrderLine], shipping: Sequence[DeliveryLine]) -> None:
    """:raises QuantityExceededError: more would be delivered than ordered."""
    by_id = {line.pk: line for line in lines}
    for row in shipping:
        line = by_id[row.order_line_id]
        if row.quantity > line.to_deliver:
            raise QuantityExceededError(
                _("%(line)s: %(left)s is left to deliver.") % {"line": line, "left": plain(line.to_deliver)},
                field="lines",
            )
        line.delivered_quantity += row.quantity


def _recognise_ahead(
    delivery: Delivery,
    lines: Sequence[SalesOrderLine],
    shipping: Sequence[DeliveryLine],
    *,
    user: User | None,
    now: dt.datetime,
) -> None:
    """Goods that were invoiced before they left become cost of goods sold now that their cost is known."""
    invoiced = [line for line in lines if line.invoiced_quantity]
    if not invoiced:
        return
    before = shipped_lines([line.pk for line in invoiced])
    minor_unit = delivery.company.currency.quantum
    matched: list[Matched] = []
    for line in invoiced:
        rows = [row for row in shipping if row.order_line_id == line.pk]
        matched += match(rows, ahead(line, before[line.pk]), minor_unit=minor_unit)
    categories = {line.pk: line.item.category_id for line in lines if line.item is not None}
    post_cogs(delivery, matched, categories, on=delivery.document_date, user=user, now=now)
