"""What became of the deals opened in a time, by seller, team, customer, stage or month."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui import registry
from core.ui.listing import Listing
from crm.pipeline.enums import DealStatus
from erp.ledger.reports.table import Cell, Column, RateCell, Row, Table, added
from reporting.analysis.grouping import By, Params, amount, by_month, by_year, count, days, list_url
from reporting.metrics.sales import CLOSED
from reporting.reading import Reader

DEALS = "deals"
WON, LOST, OPEN = (Q(status=status) for status in (DealStatus.WON, DealStatus.LOST, DealStatus.OPEN))
SUMS = {
    "deals": Count("pk"),
    "won": Count("pk", filter=WON),
    "lost": Count("pk", filter=LOST),
    "open": Count("pk", filter=OPEN),
    "won_value": Sum("company_amount", filter=WON),
    "open_value": Sum("company_amount", filter=OPEN),
}
WAYS = (
    By("owner", gettext_lazy("Owner"), F("owner"), "owner__name", "owner"),
    By("team", gettext_lazy("Team"), F("team"), "team__name", "team"),
    By("customer", gettext_lazy("Customer"), F("party"), "party__name", "party"),
    By("stage", gettext_lazy("Stage"), F("stage"), "stage__name", "stage"),
    by_month("opened_at", gettext_lazy("Month opened"), "opened_at"),
    by_year("opened_at", gettext_lazy("Year opened"), "opened_at"),
)


def pipeline_table(reader: Reader, by: By) -> Table:
    """A row a group, and the total. All time takes every deal, whenever it was opened."""
    base = {} if reader.period.is_all else days("opened_at", reader.period)
    query = QueryDict(mutable=True)
    query.update(base)
    deals = Listing(registry.get(DEALS), reader.caller, query, verb=reader.verb).queryset.order_by()
    groups = list(deals.values(**by.values).annotate(**SUMS))
    groups.sort(key=lambda row: row["group"] if by.grain else -(row["won_value"] or 0))
    rows = [Row(_cells(by.title(row), row, {**base, **_params(by, row, reader)})) for row in groups]
    if rows:
        rows.append(Row(_cells(_("Total"), deals.aggregate(**SUMS), base), "total", added(rows)))
    columns = (
        Column(str(by.label)),
        *(Column(label, "quantity") for label in (_("Deals"), _("Won"), _("Lost"), _("Open"))),
        Column(_("Won value"), "money"),
        Column(_("Open value"), "money"),
        Column(_("Win rate %"), "rate"),
    )
    return Table(_("Pipeline"), reader.caller.company.currency_id, columns, tuple(rows))


def _params(by: By, row: Mapping[str, Any], reader: Reader) -> dict[str, str]:
    """Of all time, a month is not cut short by the first and the last fact."""
    period = reader.period
    if by.grain and period.is_all:
        whole = type(period)(period.date_from.min, period.date_to.max, is_all=True)
        return by.params(row, whole)
    return by.params(row, period)


def _cells(title: str, row: Mapping[str, Any], params: Params) -> tuple[Cell, ...]:
    won, lost, standing = (
        list_url(DEALS, params, {"status": status.value})
        for status in (DealStatus.WON, DealStatus.LOST, DealStatus.OPEN)
    )
    closed = row["won"] + row["lost"]
    rate = (Decimal(row["won"]) * 100 / closed).quantize(Decimal("0.01")) if closed else None
    return (
        Cell(title),
        count(row["deals"], list_url(DEALS, params)),
        count(row["won"], won),
        count(row["lost"], lost),
        count(row["open"], standing),
        amount(row["won_value"], won),
        amount(row["open_value"], standing),
        RateCell(rate, list_url(DEALS, params, {"status": CLOSED})) if rate is not None else Cell(),
    )
