"""What the goods of a delivery left as: the moves that a return undoes, whatever the item or its kit has become since.

Goods that re-enter stock undo the moves from the first on, goods that are scrapped from the last on. Both take shares
of a move's value that end at the same cent, so together they never take back more or less than went out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from core.documents.references import RecordRef
from core.fields import ZERO
from erp.inventory.models import StockMove
from erp.orders.enums import ReturnCondition
from erp.orders.models import Delivery, DeliveryLine, SalesReturnLine
from erp.orders.parts import FINEST, LINE
from erp.orders.units import part


@dataclass(slots=True)
class Issue:
    """A move out of stock, its value positive, and what of it re-entered stock."""

    move_id: int
    quantity: Decimal
    value: Decimal
    back: Decimal

    def take(self, wanted: Decimal) -> Decimal:
        """How much of `wanted` can still come back of this move; it is counted as back."""
        share = max(min(wanted, self.quantity - self.back), ZERO)
        self.back += share
        return share

    def value_of_first(self, quantity: Decimal, minor_unit: Decimal) -> Decimal:
        return part(self.value, quantity, self.quantity, minor_unit)


Issues = Mapping[int, Sequence[Issue]]
"""Item → its moves, the first that left first. A kit has several items."""


def issues_of(delivery: Delivery) -> dict[int, dict[int, list[Issue]]]:
    """Order line → item → issues of a shipped delivery."""
    source = RecordRef.of(delivery)
    moves = StockMove.objects.filter(source_label=source.label, source_id=source.id, line_label=LINE)
    rows = moves.annotate(back=Sum("returned_by__quantity")).order_by("id")
    found: dict[int, dict[int, list[Issue]]] = {}
    for line_id, item_id, move_id, quantity, value, back in rows.values_list(
        "line_id", "item_id", "id", "quantity", "value", "back"
    ):
        issue = Issue(move_id, quantity, -value, back or ZERO)
        found.setdefault(int(line_id or 0), {}).setdefault(item_id, []).append(issue)
    return found


def scrapped_before(delivery: Delivery) -> dict[int, Decimal]:
    """Delivery line → quantity that came back and was scrapped, in the order line's unit."""
    rows = SalesReturnLine.objects.filter(delivery_line__delivery=delivery, condition=ReturnCondition.SCRAP)
    return dict(rows.order_by().values_list("delivery_line").annotate(quantity=Sum("quantity")))


def in_stock(issues: Sequence[Issue], quantity: Decimal, row: DeliveryLine) -> Decimal:
    """How much of an item left for a quantity of a delivery line."""
    whole = sum((issue.quantity for issue in issues), ZERO)
    return whole if quantity == row.quantity else (whole * quantity / row.quantity).quantize(FINEST)


def scrapped_cost(
    issues: Issues, row: DeliveryLine, before: Decimal, quantity: Decimal, minor_unit: Decimal
) -> Decimal:
    """What `quantity` of a delivery line had cost when it left, `before` of it having been scrapped already."""
    return sum(
        (
            _cost_of_last(moves, in_stock(moves, before + quantity, row), minor_unit)
            - _cost_of_last(moves, in_stock(moves, before, row), minor_unit)
            for moves in issues.values()
        ),
        ZERO,
    )


def _cost_of_last(issues: Sequence[Issue], quantity: Decimal, minor_unit: Decimal) -> Decimal:
    cost = ZERO
    for issue in reversed(issues):
        taken = min(quantity, issue.quantity)
        cost += issue.value - issue.value_of_first(issue.quantity - taken, minor_unit)
        quantity -= taken
    return cost
