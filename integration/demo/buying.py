"""A month of buying: what runs low is ordered, received, invoiced by the supplier and paid."""

import random
from decimal import Decimal
from typing import Any

from core.access.enums import Role
from core.catalog.models import Item
from erp.banking.operations import send_payment
from erp.inventory.queries import availability
from erp.invoicing.enums import Side
from erp.invoicing.operations import post_supplier_invoice
from erp.invoicing.queries import open_items
from erp.purchasing.operations import (
    bill_purchase_order,
    confirm_purchase_order,
    create_purchase_order,
    post_receipt,
    receive_purchase_order,
)
from integration.demo.month import Month


def buy(month: Month) -> None:
    """Fill the shelves for the month; in the running month some orders are still on their way."""
    user = month.people[Role.BUYER]
    rng = month.rng("buying")
    for number, (supplier_id, items) in enumerate(sorted(_wanted(month, rng).items())):
        day = month.day(2)
        acting: dict[str, Any] = {"user": user, "now": month.at(day)}
        order = create_purchase_order(
            company_id=month.company.pk,
            party_id=supplier_id,
            document_date=day,
            lines=[{"item_id": item.pk, "quantity": quantity, "unit_price": item.cost} for item, quantity in items],
            **acting,
        )
        confirm_purchase_order(purchase_order_id=order.pk, **acting)
        if month.is_last and number % 4 == 3:
            continue
        receipt = receive_purchase_order(purchase_order_id=order.pk, document_date=day, **acting)
        post_receipt(receipt_id=receipt.pk, **acting)
        reference = f"{month.first:%y%m}-{supplier_id}"
        invoice = bill_purchase_order(
            purchase_order_id=order.pk, document_date=day, supplier_number=reference, **acting
        )
        keeper = month.people[Role.ACCOUNTANT]
        post_supplier_invoice(supplier_invoice_id=invoice.pk, user=keeper, now=month.at(day))
    pay_suppliers(month)


def _wanted(month: Month, rng: random.Random) -> dict[int, list[tuple[Item, Decimal]]]:
    """Supplier → items with less than a month's stock, and how many to order. Every twelfth item is forgotten in the
    running month, so that something is low."""
    items = month.masters.items
    there = availability(company_id=month.company.pk, item_ids=[item.pk for item in items])
    sold = Decimal(month.size.deals_a_month * 10) / len(items)
    wanted: dict[int, list[tuple[Item, Decimal]]] = {}
    for number, item in enumerate(items):
        target = (sold * 2 + (item.reorder_point or 0) + rng.randint(0, 6)).quantize(Decimal(1))
        missing = target - there[item.pk].available - there[item.pk].incoming
        if missing <= 0 or (month.is_last and number % 12 == 0) or item.preferred_supplier_id is None:
            continue
        wanted.setdefault(item.preferred_supplier_id, []).append((item, missing))
    return wanted


def pay_suppliers(month: Month) -> None:
    """Pay what has fallen due, at the end of the month."""
    day = month.day(27)
    due: dict[int, Decimal] = {}
    item: Any  # carries `open_then`, which the query adds
    for item in open_items(company_id=month.company.pk, as_of=day, side=Side.PAYABLE):
        if item.due_date <= day:
            due[item.party_id] = due.get(item.party_id, Decimal(0)) - item.open_then
    for party_id, amount in sorted(due.items()):
        if amount > 0:
            send_payment(
                company_id=month.company.pk,
                party_id=party_id,
                amount=amount,
                payment_date=day,
                user=month.people[Role.ACCOUNTANT],
                now=month.at(day),
            )
