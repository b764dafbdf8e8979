"""Balance sheet and income statement as tables."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from erp.ledger.enums import SECTION_OF, AccountKind, Section
from erp.ledger.queries.statements import (
    BalanceSheet,
    IncomeStatement,
    StatementGroup,
    StatementRow,
    StatementSection,
    Subtotal,
)
from erp.ledger.reports.table import MINUS, Cell, Column, Row, Table, Value, added, lines_url, report_url

EARNINGS = [kind.value for kind in AccountKind if not SECTION_OF[kind].in_balance_sheet]


def _columns() -> tuple[Column, ...]:
    return Column(_("Account")), Column(_("Amount"), "money")


# Balance sheet


def balance_sheet_table(sheet: BalanceSheet) -> Table:
    rows: list[Row] = []
    sums: dict[Section, int] = {}
    for section in sheet.sections:
        _add_section(rows, sheet, section)
        sums[section.section] = len(rows) - 1
    both = [Section.LIABILITIES.value, Section.EQUITY.value, Section.INCOME.value, Section.EXPENSES.value]
    url = lines_url(section=both, entry_date_to=sheet.as_of)
    adds = ((sums[Section.LIABILITIES], 1), (sums[Section.EQUITY], 1))
    cells = (Cell(_("Liabilities and equity")), Cell(sheet.liabilities_and_equity, url))
    rows.append(Row(cells, "result", adds))
    return Table(_("Balance sheet"), sheet.currency, _columns(), tuple(rows))


def _add_section(rows: list[Row], sheet: BalanceSheet, section: StatementSection) -> None:
    """Append a section: its groups with their accounts and totals, and its own total last."""
    rows.append(Row((Cell(str(section.label)), Cell()), "group"))
    totals = []
    for group in section.groups:
        first = len(rows)
        kinds = [group.kind.value, *(EARNINGS if _has_earnings(group) else ())]
        url = lines_url(kind=kinds, entry_date_to=sheet.as_of)
        rows += [_account(row, {"date_from": sheet.year_start, "date_to": sheet.as_of}) for row in group.rows]
        rows.append(Row((Cell(str(group.label)), Cell(group.total, url)), "total", added(rows, first)))
        totals.append((len(rows) - 1, 1))
    sections = [section.section.value]
    if section.section == Section.EQUITY:
        sections += [Section.INCOME.value, Section.EXPENSES.value]
    label = _("Total %(section)s") % {"section": str(section.label).lower()}
    url = lines_url(section=sections, entry_date_to=sheet.as_of)
    rows.append(Row((Cell(label), Cell(section.total, url)), "result", tuple(totals)))


def _has_earnings(group: StatementGroup) -> bool:
    return any(row.account_id is None for row in group.rows)


def _account(row: StatementRow, days: dict[str, Any], since: dt.date | None = None) -> Row:
    """An account opens its ledger and, from `since` on, its lines; computed earnings open what they are earned by."""
    if row.account_id is None:
        url = lines_url(kind=EARNINGS, entry_date_from=row.since, entry_date_to=row.until)
        return Row((Cell(row.name), Cell(row.amount, url)))
    ledger = report_url("general-ledger", account=row.account_id, **days)
    lines = lines_url(account=row.account_id, entry_date_from=since, entry_date_to=days["date_to"])
    return Row((Cell(f"{row.code} {row.name}", ledger), Cell(row.amount, lines)))


# Income statement


def income_statement_table(statement: IncomeStatement) -> Table:
    days = {"entry_date_from": statement.date_from, "entry_date_to": statement.date_to}
    rows: list[Row] = []
    adds: list[tuple[int, int]] = []
    for part in statement.parts:
        if isinstance(part, Subtotal):
            url = lines_url(kind=[kind.value for kind in part.kinds], **days)
            rows.append(Row((Cell(str(part.label)), Cell(part.amount, url)), "result", tuple(adds)))
            adds = [(len(rows) - 1, 1)]
            continue
        first = len(rows)
        rows += [_result_account(row, statement) for row in part.rows]
        url = lines_url(kind=[part.kind.value], **days)
        rows.append(Row((Cell(str(part.label)), Cell(part.total, url)), "total", added(rows, first)))
        adds.append((len(rows) - 1, 1 if part.kind.section == Section.INCOME else -1))
    return Table(_("Income statement"), statement.currency, _columns(), tuple(rows))


def _result_account(row: StatementRow, statement: IncomeStatement) -> Row:
    days = {"date_from": statement.date_from, "date_to": statement.date_to}
    return _account(row, days, since=statement.date_from)


# Two statements side by side


def side_by_side(table: Table, earlier: Table, names: tuple[str, str]) -> Table:
    """A statement with an earlier one of the same rows, and the change in percent of the earlier amount.

    :param names: what the two columns of amounts are called.
    """
    columns = (table.columns[0], Column(names[0], "money"), Column(names[1], "money"), Column(_("Change"), "text-end"))
    rows = tuple(_beside(row, other) for row, other in zip(table.rows, earlier.rows, strict=True))
    return Table(table.title, table.currency, columns, rows)


def _beside(row: Row, earlier: Row) -> Row:
    now, then = row.cells[1], earlier.cells[1]
    return Row((row.cells[0], now, then, Cell(_change(now.value, then.value))), row.style, row.adds)


def _change(now: Value, then: Value) -> str:
    if not isinstance(now, Decimal) or not isinstance(then, Decimal) or not then:
        return ""
    return f"{(now - then) / abs(then) * 100:+,.1f} %".replace("-", MINUS)
