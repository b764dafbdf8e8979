"""Which received goods a supplier invoice is for, worked out in memory on rows under their order's lock.

Goods received and not invoiced wait on GRNI at what they were posted at. An invoice clears them, oldest receipt first;
what it asks more or less is the price difference. What is invoiced before it arrives stays ahead until it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.catalog.pricing.rounding import ENGINE_CONTEXT, rounded
from core.fields import ZERO
from erp.purchasing.models import PurchaseOrderLine, ReceiptLine


@dataclass(frozen=True, slots=True)
class Cleared:
    """Received goods that an invoice is for.

    :ivar value: what they were posted at; :ivar amount: what the invoice asks for them.
    """

    line: ReceiptLine
    value: Decimal
    amount: Decimal


def part(whole: Decimal, quantity: Decimal, of: Decimal, quantum: Decimal) -> Decimal:
    """The share of an amount that belongs to `quantity` out of `of`; all of it for all."""
    if quantity == of:
        return whole
    return rounded(ENGINE_CONTEXT.divide(ENGINE_CONTEXT.multiply(whole, quantity), of), quantum)


def clear(
    order_line: PurchaseOrderLine,
    receipts: Sequence[ReceiptLine],
    quantity: Decimal,
    amount: Decimal,
    *,
    quantum: Decimal,
) -> tuple[list[Cleared], Decimal]:
    """Take `quantity` as invoiced for `amount`, which is shared out by quantity.

    :returns: what was cleared, and the amount that is for goods still to come.
    """
    order_line.invoiced_quantity += quantity
    done, left, open_amount = [], quantity, amount
    for line in receipts:
        taken = min(left, line.open_quantity)
        if taken <= 0:
            continue
        value = part(line.open_value, taken, line.open_quantity, quantum)
        asked = part(open_amount, taken, left, quantum)
        line.invoiced_quantity += taken
        line.invoiced_value += value
        left -= taken
        open_amount -= asked
        done.append(Cleared(line, value, asked))
    order_line.ahead_quantity += left
    if left:
        order_line.ahead_amount += open_amount
        return done, open_amount
    return done, ZERO


def unclear(
    order_line: PurchaseOrderLine,
    receipts: Sequence[ReceiptLine],
    quantity: Decimal,
    amount: Decimal,
    *,
    quantum: Decimal,
) -> tuple[list[Cleared], Decimal]:
    """Take an invoice back by a credit note: goods still to come first, then the latest receipts are open again.

    :returns: what is open again, and the amount that was for goods still to come.
    """
    order_line.invoiced_quantity -= quantity
    was_ahead, ahead_value = take_ahead(order_line, quantity, quantum=quantum)
    left = quantity - was_ahead
    open_amount = amount - ahead_value
    done = []
    for line in reversed(receipts):
        taken = min(left, line.invoiced_quantity)
        if taken <= 0:
            continue
        value = part(line.invoiced_value, taken, line.invoiced_quantity, quantum)
        asked = part(open_amount, taken, left, quantum)
        line.invoiced_quantity -= taken
        line.invoiced_value -= value
        left -= taken
        open_amount -= asked
        done.append(Cleared(line, value, asked))
    return done, ahead_value


def take_ahead(order_line: PurchaseOrderLine, quantity: Decimal, *, quantum: Decimal) -> tuple[Decimal, Decimal]:
    """Take up to `quantity` out of what was invoiced before it came. :returns: quantity and amount taken."""
    taken = min(quantity, order_line.ahead_quantity)
    if not taken:
        return ZERO, ZERO
    amount = part(order_line.ahead_amount, taken, order_line.ahead_quantity, quantum)
    order_line.ahead_quantity -= taken
    order_line.ahead_amount -= amount
    return taken, amount
