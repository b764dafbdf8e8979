"""Orders without a deal, and what follows every order: delivery, invoice, return."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.access.enums import Role
from erp.inventory.errors import NotInStockThenError
from erp.invoicing.enums import InvoiceStatus
from erp.invoicing.models import SalesInvoice
from erp.invoicing.operations import post_sales_invoice
from erp.orders.enums import DeliveryState, DeliveryStatus, OrderStatus, ReturnCondition
from erp.orders.errors import NothingToDeliverError
from erp.orders.models import Delivery, SalesOrder
from erp.orders.operations import (
    confirm_sales_order,
    create_delivery,
    create_sales_order,
    invoice_sales_order,
    receive_return,
    ship_delivery,
)
from integration.demo import words
from integration.demo.deals import draw_customer, draw_lines, team_id
from integration.demo.month import Month

PACKING, BUSY = dt.timedelta(days=2), dt.timedelta(days=6)
RETURNED = 0.02


def take_orders(month: Month) -> None:
    """Customers who know what they want simply order."""
    rng = month.rng("orders")
    seller = month.people[Role.SALESPERSON]
    for day in sorted(month.a_day(rng) for _number in range(month.share(month.size.orders_a_month, rng))):
        now = month.at(day, 13)
        order = create_sales_order(
            company_id=month.company.pk, party_id=draw_customer(month, rng).pk, lines=draw_lines(month, rng),
            document_date=day, requested_date=day + dt.timedelta(days=rng.randint(3, 14)), owner_id=seller.pk,
            team_id=team_id(month), reference=f"{rng.choice(words.REFERENCES)} {rng.randint(1000, 9999)}",
            user=seller, now=now,
        )  # fmt: skip
        # Some of the last days' still wait for somebody to confirm them.
        if not (month.is_now and day >= month.today - dt.timedelta(days=4) and rng.random() < 0.5):
            confirm_sales_order(sales_order_id=order.pk, user=seller, now=now)


def fulfil(month: Month) -> None:
    """Ship what is in stock two days after the order, what was missing when it has come, and invoice it at once. Of the
    orders of these days some are only planned, some not even that."""
    waiting = SalesOrder.objects.filter(
        company=month.company,
        status=OrderStatus.CONFIRMED,
        delivery_state__in=(DeliveryState.NONE, DeliveryState.PARTIAL),
    )
    for order in waiting.order_by("confirmed_at", "pk"):
        ready = order.confirmed_at.date() + PACKING if order.confirmed_at else order.document_date
        luck = month.chance(f"plan:{order.number}").random()
        if ready - PACKING + BUSY > month.today and luck > 0.3:
            if luck < 0.7:
                _deliver(month, order, month.today, ship=False)
        elif month.within(ready):
            _deliver(month, order, month.not_before(ready), ship=True)


def _deliver(month: Month, order: SalesOrder, day: dt.date, *, ship: bool) -> None:
    acting: dict[str, Any] = {"user": month.people[Role.WAREHOUSE], "now": month.at(day, 9)}
    carrier = month.chance(f"carrier:{order.number}").choice(words.CARRIERS)
    try:
        delivery = create_delivery(sales_order_id=order.pk, document_date=day, carrier=carrier, **acting)
    except NothingToDeliverError:
        return
    if not ship:
        return
    day = _ship(month, delivery, day)
    # Today's deliveries are still to be invoiced.
    if month.is_now and day == month.today:
        return
    acting = {"user": month.people[Role.ACCOUNTANT], "now": month.at(day, 12)}
    invoice = invoice_sales_order(sales_order_id=order.pk, document_date=day, **acting)
    post_sales_invoice(sales_invoice_id=invoice.pk, **acting)


def _ship(month: Month, delivery: Delivery, day: dt.date) -> dt.date:
    """Ship on the day, or at the end of the part when the goods came within it. :returns: the day they left."""
    try:
        _leave(month, delivery, day)
    except NotInStockThenError:
        day = month.last
        _leave(month, delivery, day)
    return day


def _leave(month: Month, delivery: Delivery, day: dt.date) -> None:
    ship_delivery(delivery_id=delivery.pk, ship_date=day, user=month.people[Role.WAREHOUSE], now=month.at(day, 9))


def take_back(month: Month) -> None:
    """Some deliveries of the part before come back in part and are credited."""
    since = month.start - dt.timedelta(days=10)
    shipped = Delivery.objects.filter(
        company=month.company, status=DeliveryStatus.SHIPPED, document_date__gte=since, document_date__lt=month.start
    )
    for delivery in shipped.order_by("document_date", "pk"):
        rng = month.chance(f"return:{delivery.number}")
        day = delivery.document_date + dt.timedelta(days=9)
        if rng.random() >= RETURNED or not month.start <= day <= month.last:
            continue
        line = delivery.lines.order_by("pk")[0]
        condition = rng.choice((ReturnCondition.RESALE, ReturnCondition.RESALE, ReturnCondition.SCRAP))
        acting: dict[str, Any] = {"user": month.people[Role.WAREHOUSE], "now": month.at(day, 11)}
        back = receive_return(
            delivery_id=delivery.pk, lines=[(line.pk, Decimal(1), condition)], return_date=day,
            reason=rng.choice(words.COMPLAINTS), **acting,
        )  # fmt: skip
        notes = SalesInvoice.objects.filter(
            company=month.company, source_label=back._meta.label_lower, source_id=back.pk, status=InvoiceStatus.DRAFT
        )
        for note in notes:
            post_sales_invoice(sales_invoice_id=note.pk, user=month.people[Role.ACCOUNTANT], now=month.at(day, 12))
