"""What a customer owes and may still order, and what a deal has brought."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Min, Q, Sum

from core.parties.models import Party
from erp.invoicing.enums import Side
from erp.invoicing.models import OpenItem
from erp.orders.enums import OrderStatus
from erp.orders.models import SalesOrderLine

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CustomerMoney:
    """A customer's exposure, in the company's currency.

    :ivar balance_amount: open receivables less what was paid on account.
    :ivar overdue_amount: the part of the debit items whose due date has passed.
    :ivar open_order_amount: confirmed orders' lines that are not invoiced, net.
    :ivar headroom_amount: credit limit less balance less open orders; None without a limit.
    """

    balance_amount: Decimal
    overdue_amount: Decimal
    overdue_since: dt.date | None
    open_order_amount: Decimal
    credit_limit: Decimal | None

    @property
    def headroom_amount(self) -> Decimal | None:
        if self.credit_limit is None:
            return None
        return self.credit_limit - self.balance_amount - self.open_order_amount


def customer_money(party: Party, *, on: dt.date) -> CustomerMoney:
    """The customer's exposure on a day, in two queries."""
    overdue = Q(due_date__lt=on, open_amount__gt=0)
    items = OpenItem.objects.filter(company_id=party.company_id, party=party, side=Side.RECEIVABLE, settled_date=None)
    sums = items.aggregate(
        balance=Sum("open_amount"),
        overdue=Sum("open_amount", filter=overdue),
        since=Min("due_date", filter=overdue),
    )
    return CustomerMoney(
        balance_amount=sums["balance"] or ZERO,
        overdue_amount=sums["overdue"] or ZERO,
        overdue_since=sums["since"],
        open_order_amount=open_order_amount(party),
        credit_limit=party.credit_limit,
    )


def open_order_amount(party: Party) -> Decimal:
    """Net of what the customer has ordered for certain and not been invoiced."""
    lines = SalesOrderLine.objects.filter(
        order__party=party, order__company_id=party.company_id, order__status=OrderStatus.CONFIRMED
    ).exclude(quantity=0)
    left = lines.aggregate(
        net=Sum(F("net_amount") * (F("quantity") - F("invoiced_quantity")) / F("quantity"), default=ZERO)
    )
    return Decimal(left["net"]).quantize(Decimal("0.01"))
