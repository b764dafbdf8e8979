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

from erp.ledger.calendar import month_start

ZERO = Decimal(0)

_CUTS = """
SELECT account_id, cut, sum(debit), sum(credit) FROM (
    SELECT m.account_id, c.cut, m.debit, m.credit
    FROM ledger_monthbalance m JOIN cuts c ON m.month < c.month
    WHERE m.company_id = %(company)s {only_m}
    UNION ALL
    SELECT d.account_id, c.cut, d.debit, d.credit
    FROM ledger_daybalance d JOIN cuts c ON d.date >= c.month AND d.date < c.cut
    WHERE d.company_id = %(company)s {only_d}
    UNION ALL
    SELECT t.account_id, c.cut, t.debit, t.credit
    FROM ledger_balancedelta t JOIN cuts c ON t.date < c.cut
    WHERE t.company_id = %(company)s {only_t}
) part GROUP BY account_id, cut
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


def turnovers_before(company_id: int, cuts: Sequence[dt.date], account_id: int | None = None) -> list[Cut]:
    """For each day of `cuts`, the turnover of every account from the beginning to the day before.

    :param account_id: read this account only.
    """
    days = sorted(set(cuts))
    only = "AND {}.account_id = %(account)s" if account_id is not None else ""
    values = ", ".join(f"(%(cut{n})s::date, %(month{n})s::date)" for n in range(len(days)))
    statement = f"WITH cuts (cut, month) AS (VALUES {values})" + _CUTS.format(
        only_m=only.format("m"), only_d=only.format("d"), only_t=only.format("t")
    )
    parameters: dict[str, object] = {"company": company_id, "account": account_id}
    for n, day in enumerate(days):
        parameters |= {f"cut{n}": day, f"month{n}": month_start(day)}
    found: dict[dt.date, dict[int, Turnover]] = {day: {} for day in days}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        for account, cut, debit, credit in cursor.fetchall():
            found[cut][account] = Turnover(debit, credit)
    return [found[day] for day in cuts]
