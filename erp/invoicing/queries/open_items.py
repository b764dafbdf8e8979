"""Open items of a party or a document, now or on a past day, and what they add up to."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from core.fields import AmountField
from erp.invoicing.enums import Side
from erp.invoicing.models import Allocation, OpenItem
from erp.invoicing.queries.ageing import STANDING

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PartyBalance:
    """What a party owes (receivables) or is owed (payables) on a day, in the company's currency.

    :ivar overdue: the part of it that is past its due date.
    :ivar oldest_due_date: the earliest due date among the overdue items.
    """

    balance: Decimal
    overdue: Decimal
    oldest_due_date: dt.date | None


def open_items(
    *, company_id: int, as_of: dt.date, side: Side | str = Side.RECEIVABLE, party_id: int | None = None
) -> QuerySet[OpenItem]:
    """Items that had something open on the day `as_of`, the oldest due date first, each with `open_then` (company
    currency) and `open_currency_then` (its own), signed as the ledger books them."""
    rows = OpenItem.objects.filter(company_id=company_id, side=side, document_date__lte=as_of)
    rows = rows.filter(Q(settled_date=None) | Q(settled_date__gt=as_of))
    if party_id is not None:
        rows = rows.filter(party_id=party_id)
    later = Allocation.objects.filter(effective_date__gt=as_of)
    as_debit = later.filter(debit_item=OuterRef("pk")).values("debit_item")
    as_credit = later.filter(credit_item=OuterRef("pk")).values("credit_item")
    rows = rows.annotate(
        open_then=F("open_amount") + _sum(as_debit, "debit_amount") - _sum(as_credit, "credit_amount"),  # type: ignore[arg-type]
        open_currency_then=F("open_currency_amount")
        + _sum(as_debit, "currency_amount")  # type: ignore[arg-type]
        - _sum(as_credit, "currency_amount"),  # type: ignore[arg-type]
    )
    return rows.exclude(open_then=0, open_currency_then=0).order_by("due_date", "id")


def _sum(rows: QuerySet[Allocation], field: str) -> Coalesce:
    total = rows.annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(total, output_field=AmountField()), Value(ZERO), output_field=AmountField())


_BALANCES = """
    SELECT party_id, sum(open_amount),
        coalesce(sum(open_amount) FILTER (WHERE due_date < %(as_of)s AND is_charge), 0),
        min(due_date) FILTER (WHERE due_date < %(as_of)s AND is_charge)
    FROM ({standing}) standing
    WHERE open_amount <> 0
    GROUP BY party_id
"""


def party_balances(
    *, company_id: int, party_ids: Iterable[int], as_of: dt.date, side: Side | str = Side.RECEIVABLE
) -> dict[int, PartyBalance]:
    """Balances of several parties by one statement; a party without open items has none in the answer."""
    sign = 1 if side == Side.RECEIVABLE else -1
    of_parties = STANDING.replace("side = %(side)s", "side = %(side)s AND party_id = ANY(%(parties)s)")
    values = {"company": company_id, "side": side, "as_of": as_of, "sign": sign, "parties": list(party_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES.format(standing=of_parties), values)  # type: ignore[arg-type]
        return {party_id: PartyBalance(*figures) for party_id, *figures in cursor.fetchall()}


def party_balance(
    *, company_id: int, party_id: int, as_of: dt.date, side: Side | str = Side.RECEIVABLE
) -> PartyBalance:
    """What one party owes or is owed on the day, and how much of it is overdue."""
    found = party_balances(company_id=company_id, party_ids=[party_id], as_of=as_of, side=side)
    return found.get(party_id, PartyBalance(ZERO, ZERO, None))
