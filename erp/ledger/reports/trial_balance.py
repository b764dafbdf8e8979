"""The trial balance as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from erp.ledger.enums import AccountKind
from erp.ledger.queries.trial_balance import TrialBalance, TrialBalanceRow
from erp.ledger.reports.table import Cell, Column, Row, Table, added, lines_url, report_url


def trial_balance_table(balance: TrialBalance, year_start: dt.date) -> Table:
    """:param year_start: the first day of the fiscal year of `date_from`, from which income and expenses count."""
    columns = (
        Column(_("Account")),
        Column(_("Opening balance"), "money"),
        Column(_("Debit"), "money"),
        Column(_("Credit"), "money"),
        Column(_("Closing balance"), "money"),
    )
    rows = list(_rows(balance, year_start))
    if rows:
        rows.append(_total(balance, added(rows)))
    return Table(_("Trial balance"), balance.currency, columns, tuple(rows))


def _rows(balance: TrialBalance, year_start: dt.date) -> Iterable[Row]:
    before = balance.date_from - dt.timedelta(days=1)
    for row in balance.rows:
        if row.account_id is None:
            yield _earlier_earnings(row, year_start)
            continue
        days = {"entry_date_from": balance.date_from, "entry_date_to": balance.date_to}
        in_balance_sheet = AccountKind(row.kind).section.in_balance_sheet
        since = None if in_balance_sheet else year_start
        ledger = report_url(
            "general-ledger", account=row.account_id, date_from=balance.date_from, date_to=balance.date_to
        )
        yield Row(
            (
                Cell(f"{row.code} {row.name}", ledger),
                Cell(row.opening, lines_url(account=row.account_id, entry_date_from=since, entry_date_to=before)),
                Cell(row.debit, lines_url(account=row.account_id, side="debit", **days)),
                Cell(row.credit, lines_url(account=row.account_id, side="credit", **days)),
                Cell(
                    row.closing,
                    lines_url(account=row.account_id, entry_date_from=since, entry_date_to=balance.date_to),
                ),
            )
        )


def _earlier_earnings(row: TrialBalanceRow, year_start: dt.date) -> Row:
    earlier = lines_url(section=["income", "expenses"], entry_date_to=year_start - dt.timedelta(days=1))
    return Row(
        (Cell(row.name), Cell(row.opening, earlier), Cell(row.debit), Cell(row.credit), Cell(row.closing, earlier))
    )


def _total(balance: TrialBalance, adds: tuple[tuple[int, int], ...]) -> Row:
    days = {"entry_date_from": balance.date_from, "entry_date_to": balance.date_to}
    return Row(
        (
            Cell(_("Total")),
            Cell(balance.total_opening),
            Cell(balance.total_debit, lines_url(side="debit", **days)),
            Cell(balance.total_credit, lines_url(side="credit", **days)),
            Cell(balance.total_debit_balance - balance.total_credit_balance),
        ),
        "total",
        adds,
    )
