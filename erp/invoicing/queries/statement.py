"""A party's account over a time: what was brought forward, what was added and taken off, what is left."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Min, Sum

from erp.invoicing.enums import Side
from erp.invoicing.models import Allocation, OpenItem

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A document of the party, or the exchange difference a settlement realised, in the company's currency.

    :ivar amount: positive when the party owes more (receivables), or is owed more (payables).
    :ivar balance: after this line.
    """

    date: dt.date
    due_date: dt.date | None
    label: str
    document_id: int
    number: str
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """The account of a party from `date_from` to `date_to`, both included."""

    brought_forward: Decimal
    lines: tuple[StatementLine, ...]

    @property
    def balance(self) -> Decimal:
        return self.lines[-1].balance if self.lines else self.brought_forward


def customer_statement(
    *,
    company_id: int,
    party_id: int,
    date_from: dt.date,
    date_to: dt.date,
    side: Side | str = Side.RECEIVABLE,
) -> Statement:
    """Every document of the party in the time with the balance after each; it ends with the balance on `date_to`."""
    sign = 1 if side == Side.RECEIVABLE else -1
    items = OpenItem.objects.filter(company_id=company_id, party_id=party_id, side=side, document_date__lte=date_to)
    documents = items.values("document_date", "document_label", "document_id", "document_number").annotate(
        total=Sum("amount"), due=Min("due_date")
    )
    entries = [
        (
            row["document_date"],
            row["due"],
            row["document_label"],
            row["document_id"],
            row["document_number"],
            row["total"],
        )
        for row in documents
    ]
    entries += _differences(company_id, party_id, side, date_to)
    entries.sort(key=lambda entry: (entry[0], entry[2], entry[3]))
    balance = ZERO
    lines = []
    forward = ZERO
    for day, due, label, key, number, amount in entries:
        balance += amount * sign
        if day < date_from:
            forward = balance
        else:
            lines.append(StatementLine(day, due, label, key, number, amount * sign, balance))
    return Statement(forward, tuple(lines))


Entry = tuple[dt.date, dt.date | None, str, int, str, Decimal]


def _differences(company_id: int, party_id: int, side: Side | str, date_to: dt.date) -> list[Entry]:
    """Exchange differences change what is open without a document of their own."""
    rows = Allocation.objects.filter(
        company_id=company_id, debit_item__party=party_id, debit_item__side=side, effective_date__lte=date_to
    ).select_related("debit_item")
    return [
        (
            row.effective_date,
            None,
            row._meta.label_lower,
            row.pk,
            row.debit_item.document_number,
            row.credit_amount - row.debit_amount,
        )
        for row in rows
        if row.credit_amount != row.debit_amount
    ]
