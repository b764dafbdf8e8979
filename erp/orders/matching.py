"""Which delivered goods an invoice is for, worked out in memory on rows under their order's lock.

Goods delivered and not invoiced wait at their issued cost on an account of their own. An invoice takes them off it,
oldest delivery first, and their cost becomes cost of goods sold. An invoice that runs ahead of delivery waits: its cost
is known only when the goods leave.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.fields import ZERO
from erp.orders.models import DeliveryLine, SalesOrderLine
from erp.orders.units import part


@dataclass(frozen=True, slots=True)
class Matched:
    """Cost that moves between goods delivered, not invoiced, and cost of goods sold; negative when an invoice is taken
    back."""

    line: DeliveryLine
    quantity: Decimal
    cost: Decimal


def ahead(order_line: SalesOrderLine, deliveries: Sequence[DeliveryLine]) -> Decimal:
    """Invoiced before it was delivered."""
    return order_line.invoiced_quantity - sum((line.invoiced_quantity for line in deliveries), ZERO)


def match(deliveries: Sequence[DeliveryLine], quantity: Decimal, *, minor_unit: Decimal) -> list[Matched]:
    """Take up to `quantity` of open goods as invoiced. What is not there yet stays ahead."""
    done = []
    for line in deliveries:
        taken = min(quantity, line.open_quantity)
        if taken <= 0:
            continue
        cost = part(line.open_cost, taken, line.open_quantity, minor_unit)
        line.invoiced_quantity += taken
        line.invoiced_cost += cost
        quantity -= taken
        done.append(Matched(line, taken, cost))
    return done


def unmatch(deliveries: Sequence[DeliveryLine], quantity: Decimal, *, minor_unit: Decimal) -> list[Matched]:
    """Take an invoice back for goods that the customer keeps: they are open again. Latest delivery first."""
    done = []
    for line in reversed(deliveries):
        kept = line.invoiced_quantity - line.returned_invoiced_quantity
        taken = min(quantity, kept)
        if taken <= 0:
            continue
        cost = part(line.invoiced_cost - line.returned_invoiced_cost, taken, kept, minor_unit)
        line.invoiced_quantity -= taken
        line.invoiced_cost -= cost
        quantity -= taken
        done.append(Matched(line, -taken, -cost))
    return done


def clear_residue(line: DeliveryLine) -> list[Matched]:
    """The cents that shares of a cost leave behind once no goods are open any more."""
    residue = line.open_cost
    if line.open_quantity or not residue:
        return []
    line.invoiced_cost += residue
    return [Matched(line, ZERO, residue)]
