"""A deal's lines: priced by the one engine, replaced without losing the keys that other documents refer to."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from core.catalog.lines import LineData, build_line, read_lines
from core.catalog.pricing import PricedDocument
from core.catalog.pricing.rounding import rounded
from core.catalog.totals import complete_lines, price_lines
from core.company.models import Company, Currency
from core.company.queries import exchange_rate, local_date
from core.parties.models import Party
from crm.pipeline.models import Deal, DealLine

Lines = Iterable[LineData | Mapping[str, Any]]
FIXED = ("id", "company", "deal")
LINE_COLUMNS = [field.attname for field in DealLine._meta.concrete_fields if field.name not in FIXED]


def priced_lines(deal: Deal, lines: list[LineData], now: dt.datetime) -> list[DealLine]:
    """The lines as priced rows, unsaved. The deal's amount becomes their net; without lines it stays as typed."""
    if not lines:
        return []
    complete, _items = complete_lines(
        lines, company=deal.company, party=deal.party, on=local_date(deal.company, now), currency_code=deal.currency_id
    )
    rows: list[DealLine] = [
        build_line(DealLine, line, company_id=deal.company_id, position=number, deal=deal)
        for number, line in enumerate(complete, 1)
    ]
    deal.amount = price_lines(rows, company=deal.company, currency=deal.currency).totals.net
    return rows


def price_unsaved(
    lines: Lines, *, company: Company, party_id: int | None, currency: Currency, on: dt.date
) -> tuple[list[DealLine], PricedDocument]:
    """The lines as completed rows and what they come to, before anything is written.

    :raises InvalidInputError: a line has neither item nor description, no quantity, or an unknown item.
    """
    party = Party.objects.filter(pk=party_id).first() if party_id else None
    complete, _items = complete_lines(read_lines(lines), company=company, party=party, on=on, currency_code=currency.pk)
    rows: list[DealLine] = [
        build_line(DealLine, line, company_id=company.pk, position=number) for number, line in enumerate(complete, 1)
    ]
    return rows, price_lines(rows, company=company, currency=currency)


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


def value_deal(deal: Deal, now: dt.datetime) -> None:
    """Round the amount, and carry it over into the company's currency at today's rate.

    :raises NoRateError: no rate is known.
    """
    company = deal.company
    deal.amount = rounded(deal.amount, deal.currency.quantum)
    if deal.currency_id == company.currency_id or not deal.amount:
        deal.company_amount = deal.amount
        return
    rate = exchange_rate(company, deal.currency_id, local_date(company, now))
    deal.company_amount = rounded(deal.amount * rate, company.currency.quantum)
