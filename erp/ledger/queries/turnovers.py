"""Reading balances: months, days and unfolded deltas added up in one statement, so every committed line counts once.

A cut is "everything before this day": whole months come from the months, the rest of the cut's month from the days, and
deltas by their date. A figure for a time is the difference of two cuts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from core.company.postgres.planning import planned_afresh
from erp.ledger.calendar import month_start

ZERO = Decimal(0)

# One pass over each table. `place` is the first cut that a row lies before: months and deltas count from there on, days
# for that cut only, because for a later cut their month counts as a whole.
_READ = """
SELECT account_id, place, runs_on, sum(debit), sum(credit) FROM (
    SELECT account_id, width_bucket(month, %(months)s::date[]), true, debit, credit
    FROM ledger_monthbalance
    WHERE company_id = %(company)s AND month < %(last_month)s
      AND (%(account)s::bigint IS NULL OR account_id = %(account)s)
    UNION ALL
    SELECT account_id, width_bucket(date, %(cuts)s::date[]), true, debit, credit
    FROM ledger_balancedelta
    WHERE company_id = %(company)s AND date < %(last_cut)s
      AND (%(account)s::bigint IS NULL OR account_id = %(account)s)
    UNION ALL
    SELECT d.account_id, (c.place - 1)::int, false, d.debit, d.credit
    FROM unnest(%(months)s::date[], %(cuts)s::date[]) WITH ORDINALITY AS c (month, cut, place)
    JOIN ledger_daybalance d ON d.company_id = %(company)s AND d.date >= c.month AND d.date < c.cut
    WHERE %(account)s::bigint IS NULL OR d.account_id = %(account)s
) AS part (account_id, place, runs_on, debit, credit)
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Turnover:
    """What was debited and credited."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        """Debit positive."""
        return self.debit - self.credit

    def __sub__(self, other: Turnover) -> Turnover:
        return Turnover(self.debit - other.debit, self.credit - other.credit)

    def __add__(self, other: Turnover) -> Turnover:
        return Turnover(self.debit + other.debit, self.credit + other.credit)


NOTHING = Turnover()
Cut = Mapping[int, Turnover]


@planned_afresh()
def turnovers_before(company_id: int, cuts: Sequence[dt.date], account_id: int | None = None) -> list[Cut]:
    """For each day of `cuts`, the turnover of every account from the beginning to the day before.

    :param account_id: read this account only.
    """
    days = sorted(set(cuts))
    values = {
        "company": company_id,
        "account": account_id,
        "cuts": days,
        "months": [month_start(day) for day in days],
        "last_cut": days[-1],
        "last_month": month_start(days[-1]),
    }
    found: list[dict[int, Turnover]] = [{} for _ in days]
    with connection.cursor() as cursor:
        cursor.execute(_READ, values)
        for account, place, runs_on, debit, credit in cursor.fetchall():
            part = Turnover(debit, credit)
            for cut in found[place:] if runs_on else found[place : place + 1]:
                cut[account] = cut[account] + part if account in cut else part
    return [found[days.index(day)] for day in cuts]
