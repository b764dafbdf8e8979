"""Aged receivables and payables on any day, exact to the control account of that day."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.db import connection

from core.company.postgres.planning import planned_afresh
from erp.invoicing.enums import Side

ZERO = Decimal(0)
BOUNDS = (30, 60, 90)
"""Last day of each bucket after the due date; what is older than the last falls into one more."""

# What stood on a day. Open items are read by the index of what is open; settled ones by their `life`, the number of
# binary digits of the days they were open: one of life k that stood on the day is younger than 2^k days, so the index
# finds it however long the history is. Nothing was allocated before the first allocation and nothing after the last, so
# allocations are read only of items that were partly settled around the day. OFFSET 0 keeps PostgreSQL from computing
# the amount more than once.
STANDING = """
    SELECT item.id, item.party_id, item.due_date, item.amount * %(sign)s > 0 AS is_charge,
        %(sign)s * CASE
            WHEN item.first_allocation_date > %(as_of)s THEN item.amount
            WHEN item.last_allocation_date > %(as_of)s THEN item.open_amount
                + coalesce((SELECT sum(a.debit_amount) FROM invoicing_allocation a
                    WHERE a.debit_item_id = item.id AND a.effective_date > %(as_of)s), 0)
                - coalesce((SELECT sum(a.credit_amount) FROM invoicing_allocation a
                    WHERE a.credit_item_id = item.id AND a.effective_date > %(as_of)s), 0)
            ELSE item.open_amount
        END AS open_amount
    FROM (
        SELECT * FROM invoicing_openitem
        WHERE company_id = %(company)s AND side = %(side)s AND life IS NULL AND document_date <= %(as_of)s
        UNION ALL
        SELECT found.* FROM generate_series(1, 16) class, LATERAL (
            SELECT * FROM invoicing_openitem
            WHERE company_id = %(company)s AND side = %(side)s AND life = class AND document_date <= %(as_of)s
                AND document_date > %(as_of)s::date - (1 << class) + 1 AND settled_date > %(as_of)s
            OFFSET 0) found
    ) item
    OFFSET 0
"""
# Only what is there: most parties have items in one or two buckets, and numbers are what costs on the way.
_AGED = """
    SELECT aged.party_id, party.name, aged.bucket, aged.amount
    FROM (
        SELECT party_id, sum(open_amount) AS amount, CASE
            WHEN is_charge THEN width_bucket(%(as_of)s::date - due_date, %(starts)s::integer[]) ELSE -1 END AS bucket
        FROM ({standing}) standing
        WHERE open_amount <> 0
        GROUP BY party_id, bucket
    ) aged JOIN parties_party party ON party.id = aged.party_id
    ORDER BY party.name, aged.party_id
"""


class AgedRow(NamedTuple):
    """What a party owes (or is owed, for payables), in the company's currency.

    :ivar buckets: not due first, then one for each bound and one for everything older.
    :ivar credits: payments on account and credit notes not allocated yet, zero or negative.
    :ivar total: the party's balance: everything before, added up.
    """

    party_id: int
    party_name: str
    buckets: tuple[Decimal, ...]
    credits: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class AgedReport:
    """Aged items of one side on a day. `bounds` are the last days of the buckets after "not due"."""

    side: Side
    as_of: dt.date
    bounds: tuple[int, ...]
    rows: tuple[AgedRow, ...]

    @property
    def totals(self) -> AgedRow:
        """The sum of all rows; its total is the control account on the day."""
        columns = [*zip(*(row.buckets for row in self.rows), strict=True)] or [()] * (len(self.bounds) + 2)
        return AgedRow(
            0,
            "",
            tuple(sum(column, ZERO) for column in columns),
            sum((row.credits for row in self.rows), ZERO),
            sum((row.total for row in self.rows), ZERO),
        )


def aged_receivables(*, company_id: int, as_of: dt.date, bounds: Sequence[int] = BOUNDS) -> AgedReport:
    """What customers owed on the day `as_of`, by how long it was due then.

    Days = as_of − due date; not due until 0, then 1–30, 31–60, … by `bounds`. Later allocations and documents do not
    count, so the report of a past day stays the same for ever (formula sheet, aged bucket).
    """
    return _aged(company_id, Side.RECEIVABLE, as_of, bounds)


def aged_payables(*, company_id: int, as_of: dt.date, bounds: Sequence[int] = BOUNDS) -> AgedReport:
    """What we owed suppliers on the day `as_of`, positive; see `aged_receivables`."""
    return _aged(company_id, Side.PAYABLE, as_of, bounds)


@planned_afresh()
def _aged(company_id: int, side: Side, as_of: dt.date, bounds: Sequence[int]) -> AgedReport:
    starts = [1, *(bound + 1 for bound in bounds)]
    values = {"company": company_id, "side": side, "as_of": as_of, "starts": starts}
    values["sign"] = 1 if side == Side.RECEIVABLE else -1
    with connection.cursor() as cursor:
        cursor.execute(_AGED.format(standing=STANDING), values)  # type: ignore[arg-type]
        rows = tuple(_rows(cursor.fetchall(), count=len(starts) + 1))
    return AgedReport(side, as_of, tuple(bounds), rows)


def _rows(found: Iterable[tuple[int, str, int, Decimal]], *, count: int) -> Iterator[AgedRow]:
    """The parties' figures put together; they come ordered by party. Bucket -1 holds the credits."""
    for (party_id, name), figures in groupby(found, key=itemgetter(0, 1)):
        buckets = [ZERO] * (count + 1)
        total = ZERO
        for _party_id, _name, bucket, amount in figures:
            buckets[bucket] = amount
            total += amount
        yield AgedRow(party_id, name, tuple(buckets[:-1]), buckets[-1], total)
