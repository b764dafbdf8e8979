"""What a customer may still order on credit."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, DecimalField, F, Sum, When

from core.company.models import Company
from core.company.queries import exchange_rate
from core.fields import ZERO
from core.parties.models import Party
from erp.invoicing.queries import party_balance
from erp.orders.enums import OrderStatus
from erp.orders.models import SalesOrder, SalesOrderLine


@dataclass(frozen=True, slots=True)
class CreditPosition:
    """What a customer owes and has ordered, against the limit. All in the company's currency, tax included.

    :ivar receivable: open items, overdue or not.
    :ivar open_orders: confirmed orders as far as they are not invoiced.
    :ivar this_order: the order in question.
    :ivar limit: None when the customer has none.
    """

    receivable: Decimal
    open_orders: Decimal
    this_order: Decimal
    limit: Decimal | None

    @property
    def exposure(self) -> Decimal:
        """Receivable + open orders + this order."""
        return self.receivable + self.open_orders + self.this_order

    @property
    def headroom(self) -> Decimal | None:
        """What may still be ordered before the limit; negative beyond it."""
        return None if self.limit is None else self.limit - self.exposure

    @property
    def is_exceeded(self) -> bool:
        return self.limit is not None and self.exposure > self.limit


def credit_position(
    *, company: Company, party: Party, as_of: dt.date, order: SalesOrder | None = None
) -> CreditPosition:
    """Receivable + open orders not invoiced + this order, against the credit limit.

    Formula: the credit limit of the ERP study, §5 (Tryton): all three, not the receivable alone.
    """
    others = open_order_amounts(company_id=company.pk, party_id=party.pk, except_order_id=order.pk if order else None)
    open_orders = sum((_converted(company, code, amount, as_of) for code, amount in others.items()), ZERO)
    this_order = ZERO
    if order is not None:
        left = open_order_amounts(company_id=company.pk, order_id=order.pk)
        this_order = sum((_converted(company, code, amount, as_of) for code, amount in left.items()), ZERO)
    balance = party_balance(company_id=company.pk, party_id=party.pk, as_of=as_of)
    return CreditPosition(balance.balance, open_orders, this_order, party.credit_limit)


def open_order_amounts(
    *,
    company_id: int,
    party_id: int | None = None,
    except_order_id: int | None = None,
    order_id: int | None = None,
) -> dict[str, Decimal]:
    """Currency → what is ordered and not invoiced, tax included: of all confirmed orders of a party, or of one order in
    whatever state."""
    lines = SalesOrderLine.objects.filter(company_id=company_id)
    if order_id is not None:
        lines = lines.filter(order=order_id)
    else:
        lines = lines.filter(order__party=party_id, order__status=OrderStatus.CONFIRMED).exclude(order=except_order_id)
    left = F("quantity") - F("returned_uninvoiced_quantity") - F("invoiced_quantity")
    share = Case(When(quantity=0, then=ZERO), default=left / F("quantity"), output_field=DecimalField())
    amount = Sum((F("net_amount") + F("tax_amount")) * share, output_field=DecimalField())
    rows = lines.order_by().values_list("order__currency_id").annotate(amount=amount)
    return {code: total for code, total in rows if total}


def _converted(company: Company, code: str, amount: Decimal, on: dt.date) -> Decimal:
    return (amount * exchange_rate(company, code, on)).quantize(company.currency.quantum)
