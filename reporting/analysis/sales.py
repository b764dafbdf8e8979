"""What was ordered, by customer, item, seller or time: before and after discount, and the freight."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.fields import ZERO
from core.ui import registry
from core.ui.listing import Listing
from erp.ledger.reports.table import Cell, Column, Row, Table, added
from reporting.analysis.grouping import By, Params, amount, by_month, by_year, count, days, list_url
from reporting.metrics.sales import TAKEN
from reporting.reading import Reader

LINES, ORDERS = "sales-order-lines", "sales-orders"
DATE = "order__document_date"
GOODS, FREIGHT = Q(is_freight=False), Q(is_freight=True)
WAYS = (
    by_year(DATE, gettext_lazy("Year"), DATE),
    by_month(DATE, gettext_lazy("Month"), DATE),
    By("customer", gettext_lazy("Customer"), F("order__party"), "order__party__name", "order__party"),
    By("item", gettext_lazy("Item"), F("item"), "item__name", "item"),
    By("category", gettext_lazy("Category"), F("item__category"), "item__category__name", "item__category"),
    By("owner", gettext_lazy("Owner"), F("order__owner"), "order__owner__name", "order__owner"),
)
OF_GOODS = frozenset({"item", "category"})
"""Ways that tell lines apart, not orders: an order would count in several of their groups."""


def sales_table(reader: Reader, by: By) -> Table:
    """A row a group, and the total. Amounts are in the company's currency; goods and freight stand apart."""
    base = {"order__status": TAKEN, **days(DATE, reader.period)}
    listing = Listing(registry.get(LINES), reader.caller, _query(base), verb=reader.verb)
    lines = listing.queryset.order_by()
    if by.key in OF_GOODS:
        lines = lines.filter(GOODS)
    sums = {
        "orders": Count("order", distinct=True),
        "lines": Count("pk", filter=GOODS),
        "gross": Sum("company_gross", filter=GOODS),
        "net": Sum("company_net", filter=GOODS),
        "freight": Sum("company_net", filter=FREIGHT),
    }
    groups = list(lines.values(**by.values).annotate(**sums))
    groups.sort(key=lambda row: row["group"] if by.grain else -(row["net"] or 0))
    rows = [Row(_cells(by.title(row), row, {**base, **by.params(row, reader.period)}, by)) for row in groups]
    if rows:
        total = _cells(_("Total"), lines.aggregate(**sums), base, by)
        rows.append(Row(total, "total", added(rows)))
    return Table(_("Sales"), reader.caller.company.currency_id, _columns(by), tuple(rows))


def _query(params: Params) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(dict(params))
    return query


def _columns(by: By) -> tuple[Column, ...]:
    counts = (_("Lines"),) if by.key in OF_GOODS else (_("Orders"), _("Lines"))
    amounts = [_("Before discount"), _("Discount"), _("Net")]
    if by.key not in OF_GOODS:
        amounts.append(_("Freight"))
    return (
        Column(str(by.label)),
        *(Column(label, "quantity") for label in counts),
        *(Column(label, "money") for label in amounts),
    )


def _cells(title: str, row: Mapping[str, Any], params: Params, by: By) -> tuple[Cell, ...]:
    goods = list_url(LINES, params, {"is_freight": "0"})
    gross, net = row["gross"] or ZERO, row["net"] or ZERO
    cells = [
        Cell(title),
        count(row["orders"], list_url(ORDERS, _of_orders(params))),
        count(row["lines"], goods),
        amount(gross, goods),
        amount(gross - net, goods),
        amount(net, goods),
        amount(row["freight"], list_url(LINES, params, {"is_freight": "1"})),
    ]
    if by.key in OF_GOODS:
        del cells[6], cells[1]
    return tuple(cells)


def _of_orders(params: Params) -> dict[str, str]:
    """The filters of the lines' list as the orders' list calls them."""
    return {name.removeprefix("order__"): value for name, value in params.items() if name.startswith("order__")}
