"""A page of the general ledger as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.ui.registry import for_label
from erp.ledger.models import JournalEntry
from erp.ledger.queries.general_ledger import AccountLedger, GeneralLedger, LedgerLine
from erp.ledger.reports.table import Cell, Column, Row, Table, lines_url, report_url


def general_ledger_table(ledger: GeneralLedger, year_start: dt.date) -> Table:
    """:param year_start: the first day of the fiscal year of `date_from`, from which income and expenses count."""
    columns = (
        Column(_("Date"), "date"),
        Column(_("Entry")),
        Column(_("Description")),
        Column(_("Party")),
        Column(_("Debit"), "money"),
        Column(_("Credit"), "money"),
        Column(_("Balance"), "money"),
    )
    rows = tuple(row for account in ledger.accounts for row in _account(ledger, account, year_start))
    return Table(_("General ledger"), ledger.currency, columns, rows)


def _account(ledger: GeneralLedger, account: AccountLedger, year_start: dt.date) -> Iterable[Row]:
    is_first = account.opening == account.carried and (not account.lines or _begins(account))
    days = {"date_from": ledger.date_from, "date_to": ledger.date_to}
    name = f"{account.code} {account.name}"
    url = report_url("general-ledger", account=account.account_id, **days)
    yield Row((Cell(), Cell(name, url), Cell(), Cell(), Cell(), Cell(), Cell()), "group")
    label = _("Opening balance") if is_first else _("Carried forward")
    since = None if account.section.in_balance_sheet else year_start
    opened = ledger.date_from - dt.timedelta(days=1)
    before = lines_url(account=account.account_id, entry_date_from=since, entry_date_to=opened) if is_first else ""
    yield Row((Cell(), Cell(label), Cell(), Cell(), Cell(), Cell(), Cell(account.carried, before)))
    yield from (_line(line) for line in account.lines)
    if not account.lines or account.lines[-1].balance == account.closing:
        of_time = {"entry_date_from": ledger.date_from, "entry_date_to": ledger.date_to}
        closing = lines_url(account=account.account_id, entry_date_from=since, entry_date_to=ledger.date_to)
        yield Row(
            (
                Cell(ledger.date_to),
                Cell(_("Closing balance")),
                Cell(),
                Cell(),
                Cell(account.turnover.debit, lines_url(account=account.account_id, side="debit", **of_time)),
                Cell(account.turnover.credit, lines_url(account=account.account_id, side="credit", **of_time)),
                Cell(account.closing, closing),
            ),
            "total",
        )


def _begins(account: AccountLedger) -> bool:
    first = account.lines[0]
    return first.balance == account.opening + first.debit - first.credit


def _line(line: LedgerLine) -> Row:
    return Row(
        (
            Cell(line.entry_date),
            Cell(line.number, _url(JournalEntry._meta.label, line.entry_id)),
            Cell(" · ".join(text for text in (line.source_number, line.description) if text)),
            Cell(line.party_name, _url("parties.Party", line.party_id)),
            Cell(line.debit),
            Cell(line.credit),
            Cell(line.balance),
        )
    )


def _url(label: str, pk: int | None) -> str:
    resource = for_label(label)
    return resource.detail_url(pk) if resource is not None and pk is not None else ""
