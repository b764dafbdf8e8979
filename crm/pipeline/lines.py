"""A deal's lines: priced by the one engine, replaced without losing the keys that other documents refer to."""

import datetime as dt

from core.catalog.lines import LineData, build_line
from core.catalog.totals import complete_lines, price_lines
from crm.pipeline.models import Deal, DealLine

FIXED = ("id", "company", "deal")
LINE_COLUMNS = [field.attname for field in DealLine._meta.concrete_fields if field.name not in FIXED]


def priced_lines(deal: Deal, lines: list[LineData], now: dt.datetime) -> list[DealLine]:
    """The lines as priced rows, unsaved. The deal's amount becomes their net; without lines it stays as typed."""
    if not lines:
        return []
    complete, _items = complete_lines(
        lines, company=deal.company, party=deal.party, on=now.date(), currency_code=deal.currency_id
    )
    rows: list[DealLine] = [
        build_line(DealLine, line, company_id=deal.company_id, position=number, deal=deal)
        for number, line in enumerate(complete, 1)
    ]
    deal.amount = price_lines(rows, company=deal.company, currency=deal.currency).totals.net
    return rows


def replace_lines(deal: Deal, lines: list[LineData], now: dt.datetime) -> None:
    """Make the stored lines equal the given ones. A line that stays keeps its key, because quotations refer to it."""
    stored = set(deal.lines.values_list("pk", flat=True))
    rows = priced_lines(deal, lines, now)
    for row, line in zip(rows, lines, strict=True):
        row.pk = line.id if line.id in stored else None
    kept = [row for row in rows if row.pk is not None]
    deal.lines.exclude(pk__in=[row.pk for row in kept]).delete()
    if kept:
        DealLine.objects.bulk_update(kept, LINE_COLUMNS)
    DealLine.objects.bulk_create([row for row in rows if row.pk is None])
