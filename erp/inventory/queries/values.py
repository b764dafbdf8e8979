"""What stock is worth, on any day, and whether the ledger says the same."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from core.company.postgres.planning import planned_afresh
from core.fields import ZERO
from erp.inventory.models import LayerConsumption, StockMove
from erp.ledger.enums import AccountKey
from erp.ledger.models import PostingRule
from erp.ledger.queries import account_balance

_NOW = """
    SELECT item_id, quantity, value FROM inventory_itemvaluation
    WHERE company_id = %(company)s AND (%(items)s::bigint[] IS NULL OR item_id = ANY (%(items)s::bigint[]))
"""
_THEN = """
    SELECT v.item_id, v.quantity - coalesce(e.quantity, 0), v.value - coalesce(e.value, 0)
    FROM inventory_itemvaluation v LEFT JOIN (
        SELECT item_id, sum(quantity) AS quantity, sum(value) AS value FROM inventory_valueentry
        WHERE company_id = %(company)s AND entry_date > %(as_of)s
            AND (%(items)s::bigint[] IS NULL OR item_id = ANY (%(items)s::bigint[]))
        GROUP BY item_id
    ) e ON e.item_id = v.item_id
    WHERE v.company_id = %(company)s AND (%(items)s::bigint[] IS NULL OR v.item_id = ANY (%(items)s::bigint[]))
"""


@dataclass(frozen=True, slots=True)
class StockValue:
    """Quantity of an item in all our locations and its value in the company's currency."""

    quantity: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class TieOut:
    """The value of stock beside the balance of the inventory accounts. They are equal, or something is wrong."""

    stock: Decimal
    ledger: Decimal

    @property
    def difference(self) -> Decimal:
        return self.stock - self.ledger


@dataclass(frozen=True, slots=True)
class CostSource:
    """A part of what an issue cost: so much of a receipt, at what it cost then."""

    receipt: StockMove
    quantity: Decimal
    value: Decimal


@planned_afresh()
def stock_values(
    *, company_id: int, as_of: dt.date | None = None, item_ids: Sequence[int] | None = None
) -> dict[int, StockValue]:
    """Item → quantity and value at the end of `as_of`, or now; items without either are left out."""
    values = {"company": company_id, "as_of": as_of, "items": None if item_ids is None else list(item_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_NOW if as_of is None else _THEN, values)
        return {item: StockValue(quantity, value) for item, quantity, value in cursor.fetchall() if quantity or value}


def stock_tie_out(*, company_id: int, as_of: dt.date) -> TieOut:
    """The value of all stock and the balance of the accounts that posting rules name for inventory, on a day."""
    stock = sum((one.value for one in stock_values(company_id=company_id, as_of=as_of).values()), ZERO)
    rules = PostingRule.objects.filter(company_id=company_id, key=AccountKey.INVENTORY)
    accounts = set(rules.values_list("account_id", flat=True))
    balances = (account_balance(company_id=company_id, account_id=pk, as_of=as_of) for pk in accounts)
    return TieOut(stock, sum(balances, ZERO))


def cost_trail(move_id: int) -> list[CostSource]:
    """From which receipts the cost of a FIFO issue comes, in the order taken. With moving average there is no such
    trail: the value entries of the item say how the average came about."""
    taken = LayerConsumption.objects.filter(move_id=move_id).select_related("layer__move").order_by("id")
    return [CostSource(one.layer.move, one.quantity, one.value) for one in taken]
