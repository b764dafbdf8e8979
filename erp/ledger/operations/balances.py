"""Folding balances: the background half of keeping them exact."""

from django.db import connection, transaction

from core.company.postgres.planning import planned_afresh

_FOLD = """
WITH gone AS (
    DELETE FROM ledger_balancedelta
    WHERE id IN (SELECT id FROM ledger_balancedelta ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
    RETURNING company_id, account_id, date, debit, credit
), days AS (
    INSERT INTO ledger_daybalance (company_id, account_id, date, debit, credit)
    SELECT company_id, account_id, date, sum(debit), sum(credit) FROM gone GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (company_id, date, account_id) DO UPDATE
    SET debit = ledger_daybalance.debit + excluded.debit, credit = ledger_daybalance.credit + excluded.credit
), months AS (
    INSERT INTO ledger_monthbalance (company_id, account_id, month, debit, credit)
    SELECT company_id, account_id, date_trunc('month', date)::date, sum(debit), sum(credit)
    FROM gone GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (company_id, account_id, month) DO UPDATE
    SET debit = ledger_monthbalance.debit + excluded.debit, credit = ledger_monthbalance.credit + excluded.credit
)
SELECT count(*) FROM gone
"""
BATCH = 100_000


@planned_afresh()
def fold_balances() -> int:
    """Move waiting deltas into days and months, batch by batch; readers see the same sums before and after. Two folders
    at once do not meet. Returns the number of deltas folded."""
    folded: int = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_FOLD, [BATCH])
            count: int = cursor.fetchone()[0]
        folded += count
        if count < BATCH:
            return folded
