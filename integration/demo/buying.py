"""Buying: what runs low is ordered, received a week later, invoiced by the supplier and paid when due."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.access.enums import Role
from core.catalog.models import Item
from erp.banking.operations import send_payment
from erp.inventory.queries import availability
from erp.invoicing.enums import Side
from erp.invoicing.operations import post_supplier_invoice
from erp.invoicing.queries import open_items
from erp.purchasing.enums import PurchaseOrderStatus
from erp.purchasing.models import PurchaseOrder
from erp.purchasing.operations import (
    bill_purchase_order,
    confirm_purchase_order,
    create_purchase_order,
    post_receipt,
    receive_purchase_order,
)
from integration.demo.month import Month

ORDERING_PARTS = (0, 2)
LINES, PIECES = Decimal("2.95"), Decimal("5.6")
USUAL_DAYS, RECENT_DAYS = (5, 6, 7, 7, 8, 9, 14), (5, 7, 8, 9, 14, 21, 35)
FORGOTTEN = 11  # every so many items nobody has ordered lately, so that something is low


def order_goods(month: Month) -> None:
    """Order what does not last for the next weeks, from each item's supplier."""
    if month.part not in ORDERING_PARTS:
        return
    day = month.start
    acting: dict[str, Any] = {"user": month.people[Role.BUYER], "now": month.at(day, 9)}
    for supplier_id, items in sorted(_wanted(month).items()):
        order = create_purchase_order(
            company_id=month.company.pk, party_id=supplier_id, document_date=day,
            lines=[{"item_id": item.pk, "quantity": quantity, "unit_price": item.cost} for item, quantity in items],
            **acting,
        )  # fmt: skip
        confirm_purchase_order(purchase_order_id=order.pk, **acting)


def expected_sales(month: Month, number: int) -> Decimal:
    """Pieces of the item with this number that a month like this sells; see `deals.draw_lines`."""
    orders = (month.size.deals_a_month + month.size.leads_a_month * Decimal("0.38")) / 2 + month.size.orders_a_month
    weight = Decimal("1.5") if number < len(month.masters.items) // 3 else Decimal("0.75")
    return orders * LINES * PIECES * month.pace * weight / len(month.masters.items)


def _wanted(month: Month) -> dict[int, list[tuple[Item, Decimal]]]:
    """Supplier → items that fall short of two months, and how many to order."""
    items = month.masters.items
    there = availability(company_id=month.company.pk, item_ids=[item.pk for item in items])
    is_late = month.number >= month.months - 2
    wanted: dict[int, list[tuple[Item, Decimal]]] = {}
    for number, item in enumerate(items):
        if item.preferred_supplier_id is None or (is_late and number % FORGOTTEN == 3):
            continue
        target = (expected_sales(month, number) * 2 + (item.reorder_point or 0)).quantize(Decimal(1))
        stock = there[item.pk]
        missing = target + stock.outgoing - stock.on_hand - stock.incoming
        if missing >= 2:
            wanted.setdefault(item.preferred_supplier_id, []).append((item, missing))
    return wanted


def receive_goods(month: Month) -> None:
    """Goods come five to nine days after they were ordered, with the supplier's invoice; a few come later."""
    waiting = PurchaseOrder.objects.filter(company=month.company, status=PurchaseOrderStatus.CONFIRMED)
    for order in waiting.order_by("document_date", "number"):
        rng = month.chance(f"lead time:{order.number}")
        # What was ordered lately is partly still on its way.
        is_recent = (month.today - order.document_date).days < 30
        day = order.document_date + dt.timedelta(days=rng.choice(RECENT_DAYS if is_recent else USUAL_DAYS))
        if not month.within(day) or order.receipt_state == "full":
            continue
        day = month.not_before(day)
        acting: dict[str, Any] = {"user": month.people[Role.BUYER], "now": month.at(day, 10)}
        receipt = receive_purchase_order(purchase_order_id=order.pk, document_date=day, **acting)
        post_receipt(receipt_id=receipt.pk, **acting)
        invoice = bill_purchase_order(
            purchase_order_id=order.pk, document_date=day, supplier_number=f"{rng.randint(20000, 99999)}", **acting
        )
        post_supplier_invoice(supplier_invoice_id=invoice.pk, user=month.people[Role.ACCOUNTANT], now=month.at(day, 15))


def pay_suppliers(month: Month) -> None:
    """Pay what falls due in the part, on its last day."""
    due: dict[int, Decimal] = {}
    item: Any  # carries `open_then`, which the query adds
    for item in open_items(company_id=month.company.pk, as_of=month.last, side=Side.PAYABLE):
        if item.due_date <= month.last:
            due[item.party_id] = due.get(item.party_id, Decimal(0)) - item.open_then
    for party_id, amount in sorted(due.items()):
        if amount > 0:
            send_payment(
                company_id=month.company.pk, party_id=party_id, amount=amount, payment_date=month.last,
                user=month.people[Role.ACCOUNTANT], now=month.at(month.last, 11),
            )  # fmt: skip
