"""What happens in the demo company, in which order. An app that has something to add to its life adds it here."""

from collections.abc import Callable
from decimal import Decimal

from core.access.enums import Role
from erp.inventory.operations import post_opening_stock
from integration.demo.book import keep_book, open_book
from integration.demo.buying import expected_sales, order_goods, pay_suppliers, receive_goods
from integration.demo.collecting import collect
from integration.demo.deals import open_deals, open_earlier_deals, work_deals
from integration.demo.leads import capture, work
from integration.demo.marketing import market
from integration.demo.month import Month
from integration.demo.selling import fulfil, take_back, take_orders
from integration.demo.support import support
from integration.demo.tasks import plan_today

Act = Callable[[Month], None]

# In every part of a month, in this order.
ACTS: tuple[Act, ...] = (
    keep_book,
    receive_goods,
    order_goods,
    capture,
    work,
    open_deals,
    work_deals,
    take_orders,
    fulfil,
    take_back,
    collect,
    pay_suppliers,
)
# Once a month, in its last part.
MONTHLY: tuple[Act, ...] = (support, market)
# Once, when everything before has happened.
LAST: tuple[Act, ...] = (plan_today,)


def live(month: Month) -> None:
    """Everything that happens in one part of a month."""
    if month.number == 0 and month.is_first:
        _open(month)
    for act in ACTS:
        act(month)
    if month.is_end or month.is_now:
        for act in MONTHLY:
            act(month)
    if month.is_now:
        for act in LAST:
            act(month)


def _open(month: Month) -> None:
    """The shelves are filled and the book is opened."""
    lines = [
        {
            "item_id": item.pk,
            "quantity": (expected_sales(month, number) * 2 + 2).quantize(Decimal(1)),
            "unit_cost": item.cost,
        }
        for number, item in enumerate(month.masters.items)
    ]
    post_opening_stock(
        company_id=month.company.pk, document_date=month.first, lines=lines, external_id="demo:opening",
        user=month.people[Role.WAREHOUSE], now=month.at(month.first, 7),
    )  # fmt: skip
    open_book(month)
    open_earlier_deals(month)
