"""Balance sheet and income statement as tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from erp.ledger.enums import SECTION_OF, AccountKind, Section
from erp.ledger.queries.statements import (
    RESULT_KINDS,
    BalanceSheet,
    IncomeStatement,
    StatementGroup,
    StatementRow,
    StatementSection,
    Subtotal,
)
from erp.ledger.reports.table import Cell, Column, Row, Table, lines_url, report_url

EARNINGS = [kind.value for kind in AccountKind if not SECTION_OF[kind].in_balance_sheet]


def _columns() -> tuple[Column, ...]:
    return Column(_("Account")), Column(_("Amount"), "money")


# Balance sheet


def balance_sheet_table(sheet: BalanceSheet) -> Table:
    rows = [row for section in sheet.sections for row in _section(sheet, section)]
    until = sheet.as_of
    both = [Section.LIABILITIES.value, Section.EQUITY.value, Section.INCOME.value, Section.EXPENSES.value]
    rows.append(
        Row(
            (
                Cell(_("Liabilities and equity")),
                Cell(sheet.liabilities_and_equity, lines_url(section=both, entry_date_to=until)),
            ),
            "result",
        )
    )
    return Table(_("Balance sheet"), sheet.currency, _columns(), tuple(rows))


def _section(sheet: BalanceSheet, section: StatementSection) -> Iterable[Row]:
    yield Row((Cell(str(section.label)), Cell()), "group")
    for group in section.groups:
        kinds = [group.kind.value, *(EARNINGS if _has_earnings(group) else ())]
        total = lines_url(kind=kinds, entry_date_to=sheet.as_of)
        for row in group.rows:
            yield _account(row, {"date_from": sheet.year_start, "date_to": sheet.as_of})
        yield Row((Cell(str(group.label)), Cell(group.total, total)), "total")
    sections = [section.section.value]
    if section.section == Section.EQUITY:
        sections += [Section.INCOME.value, Section.EXPENSES.value]
    label = _("Total %(section)s") % {"section": str(section.label).lower()}
    yield Row((Cell(label), Cell(section.total, lines_url(section=sections, entry_date_to=sheet.as_of))), "result")


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
    for part in statement.parts:
        if isinstance(part, Subtotal):
            kinds = [kind.value for kind in RESULT_KINDS[part.name]]
            rows.append(Row((Cell(part.label), Cell(part.amount, lines_url(kind=kinds, **days))), "result"))
            continue
        rows += [_result_account(row, statement) for row in part.rows]
        rows.append(Row((Cell(str(part.label)), Cell(part.total, lines_url(kind=[part.kind.value], **days))), "total"))
    return Table(_("Income statement"), statement.currency, _columns(), tuple(rows))


def _result_account(row: StatementRow, statement: IncomeStatement) -> Row:
    days = {"date_from": statement.date_from, "date_to": statement.date_to}
    return _account(row, days, since=statement.date_from)
