"""Aged receivables and payables as tables and pictures; every figure opens the open items that add up to it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.ui.registry import for_label
from erp.invoicing.enums import Side
from erp.invoicing.models import OpenItem
from erp.invoicing.queries import AgedReport, AgedRow
from erp.ledger.reports.table import Cell, Column, Row, Table, added

LONGEST = 10
CREDITS = "credits"


def bucket_labels(bounds: Sequence[int]) -> list[str]:
    """Not due, 1–30, 31–60, …, more than the last."""
    starts = [1, *(bound + 1 for bound in bounds)]
    ranges = [_("%(first)s–%(last)s days") % {"first": a, "last": b} for a, b in zip(starts, bounds, strict=False)]
    return [_("Not due"), *ranges, _("More than %(days)s days") % {"days": bounds[-1]}]


def report_title(side: Side) -> str:
    return _("Aged receivables") if side == Side.RECEIVABLE else _("Aged payables")


def items_url(report: AgedReport, party_id: int | None = None, bucket: int | str | None = None) -> str:
    """The open items behind a figure."""
    params = {"side": report.side.value, "as_of": report.as_of.isoformat(), "party": party_id, "bucket": bucket}
    given = {name: value for name, value in params.items() if value is not None}
    return f"{reverse('invoicing:open-items')}?{urlencode(given)}"


def aged_table(report: AgedReport, currency: str) -> Table:
    """A row a party, and the totals."""
    labels = [*bucket_labels(report.bounds), _("Open credits"), _("Total")]
    columns = (Column(_("Party")), *(Column(label, "money") for label in labels))
    rows = [_row(report, row, row.party_id, row.party_name) for row in report.rows]
    if rows:
        total = _row(report, report.totals, None, _("Total"), style="total")
        rows.append(Row(total.cells, total.style, added(rows)))
    return Table(report_title(report.side), currency, columns, tuple(rows))


def _row(report: AgedReport, row: AgedRow, party_id: int | None, name: str, style: Any = "row") -> Row:
    figures = [Cell(amount, items_url(report, party_id, number)) for number, amount in enumerate(row.buckets)]
    credit = Cell(row.credits, items_url(report, party_id, CREDITS))
    whole = items_url(report, party_id)
    return Row((Cell(name, whole if party_id else ""), *figures, credit, Cell(row.total, whole)), style)


def aged_chart(report: AgedReport, currency: str) -> dict[str, Any] | None:
    """The parties with the most open, their buckets stacked; None when nothing is open."""
    largest = sorted(report.rows, key=lambda row: -sum(row.buckets))[:LONGEST]
    if not any(any(row.buckets) for row in largest):
        return None
    labels = bucket_labels(report.bounds)
    series = [
        {
            "name": label,
            "values": [str(row.buckets[number]) for row in largest],
            "urls": [items_url(report, row.party_id, number) for row in largest],
        }
        for number, label in enumerate(labels)
    ]
    title = report_title(report.side)
    data = {"type": "stacked", "horizontal": True, "unit": currency, "series": series}
    table = aged_table(AgedReport(report.side, report.as_of, report.bounds, tuple(largest)), currency).drawn()
    return {
        "id": "aged",
        "title": _("%(report)s: largest parties") % {"report": title},
        "wide": True,
        "data": {**data, "categories": [row.party_name for row in largest]},
        "table": {
            "columns": [{"label": _("Party"), "num": False}, *({"label": label, "num": True} for label in labels)],
            "rows": [{"cells": _chart_cells(row["cells"][:-2])} for row in table[:-1]],
        },
    }


def _chart_cells(cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"value": cell["text"], "url": cell["url"], "num": place > 0} for place, cell in enumerate(cells)]


def open_items_table(
    items: QuerySet[OpenItem], *, side: Side, as_of: dt.date, bounds: Sequence[int], bucket: str, currency: str
) -> Table:
    """The open items behind a figure, as they stood on the day, with their sum."""
    sign = 1 if side == Side.RECEIVABLE else -1
    chosen = [item for item in items.select_related("party") if _is_in(item, bucket, as_of, bounds, sign)]
    columns = (
        Column(_("Document")),
        Column(_("Party")),
        Column(_("Date"), "date"),
        Column(_("Due"), "date"),
        Column(_("Days overdue"), "quantity"),
        Column(_("Amount"), "money"),
        Column(_("Open"), "money"),
    )
    rows = [_item_row(item, as_of, sign) for item in chosen]
    total = sum((_open_then(item) for item in chosen), Decimal(0)) * sign
    blank = (Cell(),) * 5
    foot = Row((Cell(_("Total")), *blank, Cell(total)), "total", added(rows))
    return Table(_("Open items"), currency, columns, (*rows, foot) if rows else ())


def _item_row(item: OpenItem, as_of: dt.date, sign: int) -> Row:
    resource = for_label(item.document_label)  # type: ignore[attr-defined]
    late = max((as_of - item.due_date).days, 0)
    return Row(
        (
            Cell(str(item), resource.detail_url(item.document_id) if resource else ""),  # type: ignore[attr-defined]
            Cell(item.party.name),
            Cell(item.document_date),
            Cell(item.due_date),
            Cell(str(late) if late else ""),
            Cell(item.amount * sign),
            Cell(_open_then(item) * sign),
        )
    )


def _open_then(item: OpenItem) -> Decimal:
    return item.open_then  # type: ignore[attr-defined,no-any-return]


def _is_in(item: OpenItem, bucket: str, as_of: dt.date, bounds: Sequence[int], sign: int) -> bool:
    """Whether an item belongs to a column of the aged report; an empty bucket means all."""
    is_charge = item.amount * sign > 0
    if not bucket:
        return True
    if bucket == CREDITS:
        return not is_charge
    return is_charge and bucket == str(_bucket_of((as_of - item.due_date).days, bounds))


def _bucket_of(days: int, bounds: Iterable[int]) -> int:
    return 0 if days <= 0 else 1 + sum(1 for bound in bounds if days > bound)
