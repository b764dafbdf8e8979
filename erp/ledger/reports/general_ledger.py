"""A page of the general ledger as a table."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.ui.registry import for_label
from erp.ledger.models import JournalEntry
from erp.ledger.queries.general_ledger import AccountLedger, GeneralLedger, LedgerLine
from erp.ledger.reports.table import Cell, Column, Row, Table, report_url


def general_ledger_table(ledger: GeneralLedger) -> Table:
    columns = (
        Column(_("Date"), "date"),
        Column(_("Entry")),
        Column(_("Description")),
        Column(_("Party")),
        Column(_("Debit"), "money"),
        Column(_("Credit"), "money"),
        Column(_("Balance"), "money"),
    )
    rows = tuple(row for account in ledger.accounts for row in _account(ledger, account))
    return Table(_("General ledger"), ledger.currency, columns, rows)


def _account(ledger: GeneralLedger, account: AccountLedger) -> Iterable[Row]:
    is_first = account.opening == account.carried and (not account.lines or _begins(account))
    days = {"date_from": ledger.date_from, "date_to": ledger.date_to}
    name = f"{account.code} {account.name}"
    url = report_url("general-ledger", account=account.account_id, **days)
    yield Row((Cell(), Cell(name, url), Cell(), Cell(), Cell(), Cell(), Cell()), "group")
    label = _("Opening balance") if is_first else _("Carried forward")
    yield Row((Cell(), Cell(label), Cell(), Cell(), Cell(), Cell(), Cell(account.carried)))
    yield from (_line(line) for line in account.lines)
    if not account.lines or account.lines[-1].balance == account.closing:
        yield Row(
            (
                Cell(ledger.date_to),
                Cell(_("Closing balance")),
                Cell(),
                Cell(),
                Cell(account.turnover.debit),
                Cell(account.turnover.credit),
                Cell(account.closing),
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
