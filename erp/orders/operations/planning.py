"""What a new delivery takes: all that is reserved, or what was asked for."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.access.models import User
from core.company.queries import local_date
from core.documents.sequences import draw_number
from core.errors import InvalidInputError
from core.fields import ZERO
from erp.inventory.errors import plain
from erp.inventory.reservations import Pick, picks
from erp.orders.errors import NothingToDeliverError, QuantityExceededError
from erp.orders.models import Delivery, DeliveryLine, SalesOrder, SalesOrderLine
from erp.orders.numbers import DELIVERY
from erp.orders.operations.confirming import require_confirmed, reserve_lines
from erp.orders.operations.quantities import Given, read_asked
from erp.orders.parts import ref
from erp.orders.queries.goods import planned_quantities, to_deliver


@dataclass(frozen=True, slots=True)
class Plan:
    """A delivery that is not saved yet, with what is reserved for its order's lines."""

    delivery: Delivery
    lines: list[DeliveryLine]
    claims: list[Pick]


def plan_delivery(
    order: SalesOrder,
    rows: Sequence[SalesOrderLine],
    lines: Given | None,
    document_date: dt.date | None,
    *,
    user: User | None,
    now: dt.datetime,
) -> Plan:
    """The delivery with its number, and its lines, not saved yet."""
    require_confirmed(order)
    claims = reservations(rows)
    if lines is None:
        wanted, claims = _in_stock(order, rows, claims, now=now)
    else:
        wanted = _asked(order, rows, lines)
    if not wanted:
        raise NothingToDeliverError(
            _("Nothing of %(order)s can be delivered now.") % {"order": order},
            field="lines",
            hint=_("Everything is planned or delivered already, or not in stock."),
        )
    delivery = planned_delivery(order, user, now, document_date)
    delivery.number = draw_number(DELIVERY, company_id=order.company_id, on=delivery.document_date)
    planned = [
        delivery_line(delivery, line, quantity, position) for position, (line, quantity) in enumerate(wanted.items(), 1)
    ]
    return Plan(delivery, planned, claims)


def reservations(lines: Sequence[SalesOrderLine]) -> list[Pick]:
    """Where goods are reserved for these lines."""
    return picks([ref(line) for line in lines if line.to_deliver > 0])


def planned_delivery(order: SalesOrder, user: User | None, now: dt.datetime, document_date: dt.date | None) -> Delivery:
    return Delivery(
        company=order.company,
        order=order,
        party=order.party,
        currency_id=order.currency_id,
        warehouse=order.warehouse,
        owner_id=order.owner_id,
        team_id=order.team_id,
        delivery_address=order.delivery_address,
        document_date=document_date or local_date(order.company, now),
        created_by=user,
    )


def delivery_line(delivery: Delivery, line: SalesOrderLine, quantity: Decimal, position: int) -> DeliveryLine:
    return DeliveryLine(
        company_id=delivery.company_id,
        delivery=delivery,
        order_line=line,
        position=position,
        item=line.item,  # what is delivered is an item
        description=line.description,
        quantity=quantity,
        unit=line.unit,
    )


def _in_stock(
    order: SalesOrder, lines: Sequence[SalesOrderLine], claims: list[Pick], *, now: dt.datetime
) -> tuple[dict[SalesOrderLine, Decimal], list[Pick]]:
    """Of what is left, what is reserved; reserving more first when that is not all of it."""
    found = to_deliver(order, lines, claims)
    if any(one.reserved < one.left for one in found):
        reserve_lines(order, lines, now=now)
        claims = reservations(lines)
        found = to_deliver(order, lines, claims)
    return {one.line: one.reserved for one in found if one.reserved}, claims


def _asked(order: SalesOrder, lines: Sequence[SalesOrderLine], given: Given) -> dict[SalesOrderLine, Decimal]:
    by_id = {line.pk: line for line in lines}
    planned = planned_quantities(order)
    found = {}
    for asked in read_asked(given, "order_line_id"):
        line = by_id.get(asked.line_id)
        if line is None:
            raise InvalidInputError(_("This line does not belong to the order."), field="lines")
        left = line.to_deliver - planned.get(line.pk, ZERO)
        if asked.quantity > left:
            raise QuantityExceededError(
                _("%(line)s: %(left)s is left to deliver.") % {"line": line, "left": plain(left)},
                field="lines",
                hint=_("Lower the quantity, or cancel another planned delivery."),
            )
        found[line] = asked.quantity
    return found
