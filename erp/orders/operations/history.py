"""Orders of the past that were shipped, many at once: taken on and shipped on the days they were, with the prices they
had. The facts are those of `create_sales_order`, `confirm_sales_order` and `deliver_sales_order`, one after the other;
only reservations are left out, because they would be used up at once.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.access.models import User
from core.catalog.enums import ItemKind, TaxDirection
from core.catalog.lines import LineData, build_line, filled, items_of, read_lines
from core.catalog.models import Item
from core.catalog.pricing import PricedDocument, TaxSpec
from core.catalog.queries import tax_sets_for, tax_specs
from core.catalog.totals import price_lines
from core.documents.references import RecordRef
from core.documents.sequences import NumberPlan, draw_block
from core.errors import InvalidInputError
from core.events.outbox import record
from core.parties.models import Party
from erp.inventory.enums import LocationKind
from erp.inventory.posting import Issue, MoveInput, post_issues
from erp.inventory.setup import location
from erp.orders.enums import DELIVERY_STATES, ORDER_STATES, DeliveryStatus, OrderStatus
from erp.orders.events import DeliveryShipped, SalesOrderConfirmed
from erp.orders.locking import lock_orders, order_lines, save_rows
from erp.orders.models import Delivery, DeliveryLine, SalesOrder, SalesOrderLine
from erp.orders.numbers import DELIVERY, SALES_ORDER
from erp.orders.operations.confirming import require_complete, require_confirmed
from erp.orders.operations.drafting import SaleHeader, freight_line, head_values, plan_delivery
from erp.orders.operations.planning import delivery_line, planned_delivery
from erp.orders.operations.sales_orders import warehouse_id_of
from erp.orders.parts import ref
from erp.orders.states import compute_states


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOrder:
    """An order that was taken on a day of the past. Its lines bear their prices.

    :ivar external_id: its name in the other system; one that was written before stays as it is.
    """

    external_id: str
    party_id: int
    day: dt.date
    at: dt.datetime
    lines: Sequence[LineData]
    header: SaleHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class PastShipment:
    """All goods of an order left on this day."""

    order_id: int
    day: dt.date
    at: dt.datetime
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class _Priced:
    """An order on its way: its customer, its lines and what the engine made of them."""

    given: PastOrder
    party: Party
    lines: list[SalesOrderLine]
    priced: PricedDocument


def import_confirmed_orders(
    *, company_id: int, user: User | None, now: dt.datetime, orders: Sequence[PastOrder]
) -> dict[str, int]:
    """Write orders as confirmed on their day, with numbers in the order given. Nothing is reserved.

    :returns: external id → key of every order given, also of those that were there already.
    :raises InvalidInputError: no such customer or item, a line without a price, goods but no warehouse.
    """
    with transaction.atomic():
        known = dict(
            SalesOrder.objects.filter(
                company_id=company_id, external_id__in=[given.external_id for given in orders]
            ).values_list("external_id", "pk")
        )
        new = list({given.external_id: given for given in orders if given.external_id not in known}.values())
        written = _write_orders(company_id, new, user) if new else []
    return known | {order.external_id: order.pk for order in written}


def _write_orders(company_id: int, given: Sequence[PastOrder], user: User | None) -> list[SalesOrder]:
    parties = _parties(company_id, {order.party_id for order in given})
    items = items_of(company_id, [line for order in given for line in order.lines])
    drafts = _priced(given, parties, items)
    warehouse_id = warehouse_id_of(company_id)
    written = [_confirmed(draft, warehouse_id, user) for draft in drafts]
    _number(SALES_ORDER, written, company_id)
    SalesOrder.objects.bulk_create(written)
    for order_row, draft in zip(written, drafts, strict=True):
        for line in draft.lines:
            line.order = order_row
    SalesOrderLine.objects.bulk_create([line for draft in drafts for line in draft.lines])
    for order_row in written:
        record(SalesOrderConfirmed(sales_order_id=order_row.pk), company_id=company_id)
    return written


def _parties(company_id: int, wanted: set[int]) -> dict[int, Party]:
    rows = Party.objects.filter(company_id=company_id, active=True, pk__in=wanted)
    found: dict[int, Party] = rows.select_related("currency", "company__currency").in_bulk()
    if missing := wanted - found.keys():
        raise InvalidInputError(_("Customer %s does not exist, or is inactive.") % min(missing), field="party")
    return found


def _priced(given: Sequence[PastOrder], parties: Mapping[int, Party], items: Mapping[int, Item]) -> list[_Priced]:
    """The drafts of all orders, completed and priced. Tax rules are read once for each kind of customer."""
    tax_sets: dict[tuple[str, int | None], dict[int, int | None]] = {}
    rows: list[list[SalesOrderLine]] = []
    for order in given:
        party = parties[order.party_id]
        kind = (party.country, party.group_id)
        if kind not in tax_sets:
            tax_sets[kind] = tax_sets_for(
                company=party.company, direction=TaxDirection.SALE, party=party, items=items.values()
            )
        rows.append(_rows(order, party, items, tax_sets[kind]))
    specs = tax_specs(row.tax_set_id for own in rows for row in own if row.tax_set_id)
    return [_draft(order, parties[order.party_id], own, specs, items) for order, own in zip(given, rows, strict=True)]


def _draft(
    given: PastOrder,
    party: Party,
    rows: list[SalesOrderLine],
    specs: Mapping[int, tuple[TaxSpec, ...]],
    items: Mapping[int, Item],
) -> _Priced:
    company = party.company
    priced = price_lines(rows, company=company, currency=company.currency, specs=specs)
    plan_delivery(rows, items)
    return _Priced(given, party, rows, priced)


def _rows(
    order: PastOrder, party: Party, items: Mapping[int, Item], tax_sets: Mapping[int, int | None]
) -> list[SalesOrderLine]:
    rows = []
    for position, line in enumerate(read_lines(order.lines), 1):
        item = items.get(line.item_id or 0)
        if line.unit_price is None:
            raise InvalidInputError(_("Orders of the past bear their prices."), field="lines")
        done = line
        if item is not None:
            tax_set_id = tax_sets.get(item.pk)
            done = filled(line, description=item.name, unit_id=item.unit_id, tax_set_id=tax_set_id)
        row = build_line(SalesOrderLine, done, company_id=party.company_id, position=position)
        row.source = line.source
        rows.append(row)
    freight = order.header.get("freight_amount")
    if freight:
        rows.append(freight_line(SalesOrderLine, party.company, rows, freight, order.header.get("freight_tax_set_id")))
    return rows


def _confirmed(draft: _Priced, warehouse_id: int | None, user: User | None) -> SalesOrder:
    given, party = draft.given, draft.party
    order = SalesOrder(
        company=party.company,
        party=party,
        document_date=given.day,
        currency=party.company.currency,
        **head_values(party, user, given.header),
    )
    order.external_id, order.created_by = given.external_id, user
    order.warehouse_id = order.warehouse_id or warehouse_id
    require_complete(order, draft.lines)
    order.take_totals(draft.priced)
    ORDER_STATES.require(order, OrderStatus.CONFIRMED)
    order.status, order.confirmed_at, order.confirmed_by = OrderStatus.CONFIRMED, given.at, user
    compute_states(order, draft.lines)
    order.version += 1
    return order


def _number(plan: NumberPlan, documents: Sequence[SalesOrder | Delivery], company_id: int) -> None:
    """Numbers in the order given, a block a year."""
    by_year: dict[int, list[SalesOrder | Delivery]] = {}
    for document in documents:
        by_year.setdefault(document.document_date.year, []).append(document)
    for own in by_year.values():
        latest = max(document.document_date for document in own)
        for document, number in zip(
            own, draw_block(plan, company_id=company_id, on=latest, count=len(own)), strict=True
        ):
            document.number = plan.text(number, document.document_date)


def import_shipments(
    *, company_id: int, user: User | None, now: dt.datetime, shipments: Sequence[PastShipment]
) -> dict[int, int]:
    """Ship confirmed orders whole, on their days and in the order given, at the cost of that moment. An order that was
    shipped already stays as it is.

    :returns: order → its delivery, of those shipped now.
    :raises WrongStateError: an order is not confirmed.
    :raises InsufficientStockError: goods are not there; nothing is shipped.
    """
    with transaction.atomic():
        orders = {order.pk: order for order in lock_orders([given.order_id for given in shipments])}
        for order in orders.values():
            require_confirmed(order)
        lines: dict[int, list[SalesOrderLine]] = {}
        for line in order_lines(orders.values(), "unit"):
            lines.setdefault(line.order_id, []).append(line)
        waiting = [given for given in shipments if any(line.to_deliver > 0 for line in lines[given.order_id])]
        if not waiting:
            return {}
        return _ship(waiting, company_id=company_id, orders=orders, lines=lines, user=user, now=now)


def _ship(
    shipments: Iterable[PastShipment],
    *,
    company_id: int,
    orders: Mapping[int, SalesOrder],
    lines: Mapping[int, list[SalesOrderLine]],
    user: User | None,
    now: dt.datetime,
) -> dict[int, int]:
    given = list(shipments)
    deliveries = [_delivery(one, orders[one.order_id], user) for one in given]
    _number(DELIVERY, deliveries, company_id)
    Delivery.objects.bulk_create(deliveries)
    shipped = {
        delivery.pk: [
            delivery_line(delivery, line, line.to_deliver, position)
            for position, line in enumerate((row for row in lines[delivery.order_id] if row.to_deliver > 0), 1)
        ]
        for delivery in deliveries
    }
    by_id = {line.pk: line for own in lines.values() for line in own}
    customers = location(company_id, LocationKind.CUSTOMER).pk
    issues = [
        Issue(
            RecordRef.of(delivery),
            delivery.number or "",
            delivery.document_date,
            one.at,
            _moves(delivery, shipped[delivery.pk], by_id, customers),
        )
        for one, delivery in zip(given, deliveries, strict=True)
    ]
    moves = post_issues(company_id=company_id, issues=issues, user=user, now=now)
    for issue, delivery in zip(issues, deliveries, strict=True):
        costs = {move.line.id: -move.value for move in moves[issue.source]}
        for row in shipped[delivery.pk]:
            row.cost_amount = costs.get(row.order_line_id, Decimal(0))
            by_id[row.order_line_id].delivered_quantity += row.quantity
    DeliveryLine.objects.bulk_create([row for rows in shipped.values() for row in rows])
    save_rows([line for line in by_id.values() if line.needs_delivery], "delivered_quantity")
    _close(deliveries, orders, lines, now)
    return {delivery.order_id: delivery.pk for delivery in deliveries}


def _delivery(given: PastShipment, order: SalesOrder, user: User | None) -> Delivery:
    delivery = planned_delivery(order, user, given.at, given.day)
    DELIVERY_STATES.require(delivery, DeliveryStatus.SHIPPED)
    delivery.status, delivery.shipped_at, delivery.shipped_by = DeliveryStatus.SHIPPED, given.at, user
    delivery.carrier = given.carrier
    return delivery


def _moves(
    delivery: Delivery, rows: Sequence[DeliveryLine], lines: Mapping[int, SalesOrderLine], customers: int
) -> list[MoveInput]:
    """What leaves from the warehouse's stock location.

    :raises InvalidInputError: a kit, whose components only an ordinary delivery knows.
    """
    stock = delivery.warehouse.stock_location_id or location(delivery.company_id, LocationKind.INTERNAL).pk
    moves = []
    for row in rows:
        line = lines[row.order_line_id]
        if line.item is None or line.item.kind == ItemKind.KIT:
            raise InvalidInputError(_("Kits are shipped by an ordinary delivery."), field="lines")
        moves.append(MoveInput(line.item.pk, line.stock_quantity, stock, customers, line=ref(line)))
    return moves


def _close(
    deliveries: Sequence[Delivery],
    orders: Mapping[int, SalesOrder],
    lines: Mapping[int, list[SalesOrderLine]],
    now: dt.datetime,
) -> None:
    """Store what the deliveries make of their orders."""
    for delivery in deliveries:
        order = orders[delivery.order_id]
        compute_states(order, lines[order.pk])
        order.version += 1
        order.updated_at = now
        record(DeliveryShipped(delivery_id=delivery.pk), company_id=delivery.company_id)
    changed = [orders[delivery.order_id] for delivery in deliveries]
    save_rows(changed, "status", "delivery_state", "invoice_state", "version", "updated_at")
