"""Money that comes in: most around the due date, some late, some in two halves, a few very late or not at all."""

import datetime as dt
from decimal import Decimal

from core.access.enums import Role
from erp.banking.operations import receive_payment
from erp.invoicing.enums import Side
from erp.invoicing.models import OpenItem
from integration.demo.month import Month

CENT = Decimal("0.01")
# Shares of invoices: up to here paid on time, late, in halves, very late; the rest never.
ON_TIME, LATE, HALVES, VERY_LATE = 0.64, 0.88, 0.95, 0.992


def collect(month: Month) -> None:
    """Take in what is paid in this part, each invoice after its own habit."""
    waiting = OpenItem.objects.filter(
        company=month.company, side=Side.RECEIVABLE, settled_date=None, amount__gt=0,
        due_date__lte=month.last + dt.timedelta(days=6),
    )  # fmt: skip
    for item in waiting.order_by("due_date", "document_number"):
        found = _payment(month, item)
        if found is None:
            continue
        day, amount = found
        receive_payment(
            company_id=month.company.pk, party_id=item.party_id, amount=amount, payment_date=day,
            reference=item.document_number, allocations=[(item.pk, amount)],
            user=month.people[Role.ACCOUNTANT], now=month.at(day, 17),
        )  # fmt: skip


def _payment(month: Month, item: OpenItem) -> tuple[dt.date, Decimal] | None:
    """When the next money for the invoice comes and how much, if that is in this part."""
    rng = month.chance(f"pay:{item.document_number}")
    habit = rng.random()
    amount = item.open_currency_amount
    if habit < ON_TIME:
        delay = rng.randint(-5, 5)
    elif habit < LATE:
        delay = rng.randint(8, 40)
    elif habit < HALVES:
        is_second = item.last_allocation_date is not None
        delay = 35 if is_second else 2
        amount = amount if is_second else (amount / 2).quantize(CENT)
    elif habit < VERY_LATE:
        delay = rng.randint(60, 130)
    else:
        return None
    day = max(item.due_date + dt.timedelta(days=delay), item.document_date)
    if not month.within(day):
        return None
    return month.not_before(day), amount
