"""Every figure that a dashboard or a report shows opens the page whose rows add up to it: tiles, bars, segments, cells
and totals, for every metric, chart and report there is. A new one that is not reached here fails."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.access.enums import Role
from core.ui import nav
from erp.ledger.reports.table import Table
from reporting.analysis.pipeline import WAYS as PIPELINE_WAYS
from reporting.analysis.sales import WAYS as SALES_WAYS
from reporting.dashboards import DASHBOARDS, Dashboard
from reporting.metrics.definition import Metric, Unit
from reporting.metrics.registry import METRICS
from reporting.periods import Period
from reporting.pictures import Chart
from tests.factories.company import MembershipFactory, UserFactory
from tests.reporting.conftest import Business
from tests.reporting.opening import count_behind, footer_of, lines_behind, opened, signed_in, table_of, total_of

pytestmark = pytest.mark.django_db
FIRST_QUARTER = Period(dt.date(2026, 1, 1), dt.date(2026, 3, 31))
MARCH = Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31))


@pytest.fixture
def everyone(business: Business) -> Any:
    """A person with every role."""
    user = UserFactory()
    for role in Role:
        MembershipFactory(user=user, company=business.company, role=role)
    return user


@pytest.fixture
def client(everyone: Any) -> Client:
    return signed_in(everyone)


def figure_behind(client: Client, metric: Metric, url: str) -> Decimal:
    """What the list behind a metric's figure adds up to, read off its page."""
    if metric.unit == Unit.MONEY:
        found = footer_of(opened(client, url, part=True))[str(metric.footer)]
        return -found if getattr(metric, "in_credit", False) else found
    if metric.unit == Unit.COUNT:
        return Decimal(count_behind(client, url))
    part = {"win_rate": "won", "lead_rate": "converted"}[metric.key]
    every = count_behind(client, url)
    wanted = url.replace("status=won%2Clost", "").rstrip("&") + f"&status={part}"
    return (Decimal(count_behind(client, wanted)) * 100 / every).quantize(Decimal("0.01")) if every else Decimal(0)


def test_every_metric_is_on_a_dashboard() -> None:
    shown = {metric.key for board in DASHBOARDS for metric in board.tiles}
    assert {key for key in METRICS if key not in shown} == {"my_tasks", "order_count", "stock_value"}


@pytest.mark.parametrize("board", DASHBOARDS, ids=lambda board: board.slug)
def test_tiles_bars_segments_and_lists(business: Business, client: Client, today: dt.date, board: Dashboard) -> None:
    for period in (Period(dt.date(2025, 12, 1), today),):
        url = f"/?board={board.slug}&date_from={period.date_from}&date_to={period.date_to}"
        page = opened(client, url).context
        assert len(page["tiles"]) == len(board.tiles) <= 5
        for tile in page["tiles"]:
            assert figure_behind(client, tile.metric, tile.url) == tile.reading.value, (tile.label, tile.url)
        for chart in page["charts"]:
            check_chart(client, chart)
        for todo in page["lists"]:
            assert behind_list(client, todo.more_url) == todo.total, todo.title
    assert any(tile.reading.value for tile in page["tiles"])
    assert [chart.title for chart in page["charts"] if chart.is_empty] == []


def check_chart(client: Client, chart: Chart) -> None:
    """Every bar and segment, and every total of the table beside it."""
    for series in chart.series:
        figures = [*zip(series.values, series.urls, strict=True)]
        if series.total is not None:
            figures.append((series.total, series.total_url))
        for value, url in figures:
            if value:
                assert behind(client, url, money=bool(chart.currency)) == value, (chart.title, series.name, url)


def behind(client: Client, url: str, *, money: bool) -> Decimal:
    """What the page behind a bar adds up to."""
    assert url
    if url.startswith(reverse("invoicing:open-items")):
        return total_of(table_of(client, url))
    if not money:
        return Decimal(count_behind(client, url))
    found = footer_of(opened(client, url, part=True))
    if "Balance" in found:
        return -found["Balance"]
    return found["Amount"] if "Amount" in found else found["Net"]


def behind_list(client: Client, url: str) -> int:
    if not url:
        return 0
    if url.startswith(reverse("inventory:stock-on-hand")):
        return len([row for row in table_of(client, url).rows if row.style == "row"])
    return count_behind(client, url)


# Reports

DAYS = {"date_from": "2026-01-01", "date_to": "2026-03-31"}
LEDGER_REPORTS = [
    ("trial-balance", DAYS),
    ("trial-balance", {"date_from": "2026-03-16", "date_to": "2026-03-31"}),
    ("balance-sheet", {"as_of": "2026-03-31"}),
    ("balance-sheet", {"as_of": "2026-03-31", "compare": "before"}),
    ("income-statement", DAYS),
    ("income-statement", {"date_from": "2026-03-01", "date_to": "2026-03-31", "compare": "before"}),
    ("income-statement", {**DAYS, "compare": "year"}),
    ("general-ledger", DAYS),
]


def figures_of(table: Table) -> list[tuple[str, Decimal, str]]:
    """Every figure of a report that is not zero: row, value, address."""
    return [
        (str(row.cells[0].value or row.cells[1].value), cell.value, cell.url)
        for row in table.rows
        for cell in row.cells[1:]
        if isinstance(cell.value, Decimal) and cell.value
    ]


@pytest.mark.parametrize(("name", "params"), LEDGER_REPORTS)
def test_cells_and_totals_of_the_books(client: Client, name: str, params: dict[str, str]) -> None:
    query = "&".join(f"{key}={value}" for key, value in params.items())
    table = table_of(client, f"{reverse(f'ledger:{name}')}?{query}")
    checked = 0
    for row, value, url in figures_of(table):
        if name == "general-ledger" and not url:
            continue  # a line, whose entry stands beside it, or a balance carried over
        assert abs(lines_behind(client, url)) == abs(value), (row, value, url)
        checked += 1
    assert checked >= 6
    if name != "general-ledger":
        assert_totals_add_up(table)


def assert_totals_add_up(table: Table) -> None:
    """A total is the sum of the rows it says it adds, column by column: what a workbook's formula will say."""
    assert any(row.adds for row in table.rows)
    for row in table.rows:
        for index, cell in enumerate(row.cells):
            if row.adds and isinstance(cell.value, Decimal) and table.columns[index].adds_up:
                parts = [(sign, table.rows[number].cells[index].value) for number, sign in row.adds]
                assert sum(sign * value for sign, value in parts if isinstance(value, Decimal)) == cell.value


@pytest.mark.parametrize("name", ["aged-receivables", "aged-payables"])
@pytest.mark.parametrize("as_of", ["2026-03-20", "2026-03-31", "2026-10-31"])
def test_buckets_and_totals_of_what_is_owed(client: Client, name: str, as_of: str) -> None:
    table = table_of(client, f"{reverse(f'invoicing:{name}')}?as_of={as_of}")
    found = figures_of(table)
    for row, value, url in found:
        assert total_of(table_of(client, url)) == value, (row, url)
    assert len(found) >= 4
    assert_totals_add_up(table)


@pytest.mark.parametrize("as_of", ["", "2026-03-20"])
@pytest.mark.parametrize("place", [False, True])
def test_quantities_and_values_of_stock(business: Business, client: Client, as_of: str, place: bool) -> None:
    warehouse = business.warehouse.pk if place else ""
    table = table_of(client, f"{reverse('inventory:stock-on-hand')}?as_of={as_of}&warehouse={warehouse}")
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            if isinstance(cell.value, Decimal) and cell.value and not (place and as_of):
                found = footer_of(opened(client, cell.url, part=True))
                label = FOOTERS.get(column.label, column.label)
                label = "Quantity" if as_of and label == "On hand" else label
                assert found[label] == cell.value, (column.label, cell.url)
    assert_totals_add_up(table)


FOOTERS = {"On order": "Left to receive", "Ordered by customers": "Left to deliver"}


SALES_FOOTERS = ("Before discount", "Discount", "Net")


@pytest.mark.parametrize("by", [way.key for way in SALES_WAYS])
def test_what_was_ordered(client: Client, today: dt.date, by: str) -> None:
    table = table_of(client, f"{reverse('reporting:sales')}?by={by}&date_from=2026-03-02&date_to={today}")
    assert table.rows[-1].cells[0].value == "Total"
    for row in table.rows:
        for column, cell in zip(table.columns[1:], row.cells[1:], strict=True):
            if isinstance(cell.value, Decimal) and cell.value:
                found = footer_of(opened(client, cell.url, part=True))
                label = "Net" if column.label == "Freight" else column.label
                shown = found[label] if column.kind == "money" else count_behind(client, cell.url)
                assert shown == cell.value, (row.cells[0].value, column.label, cell.url)
    assert_totals_add_up(table)


@pytest.mark.parametrize("by", [way.key for way in PIPELINE_WAYS])
@pytest.mark.parametrize("time", ["period=all", "date_from=2026-03-01&date_to=2026-03-31"])
def test_what_became_of_deals(client: Client, by: str, time: str) -> None:
    table = table_of(client, f"{reverse('reporting:pipeline')}?by={by}&{time}")
    for row in table.rows:
        *figures, rate = zip(table.columns[1:], row.cells[1:], strict=True)
        for column, cell in figures:
            if isinstance(cell.value, Decimal) and cell.value:
                is_money = column.kind == "money"
                found = footer_of(opened(client, cell.url, part=True))["Amount"] if is_money else None
                assert (found if is_money else count_behind(client, cell.url)) == cell.value, (column.label, cell.url)
        won, closed = row.cells[2].value, count_behind(client, rate[1].url) if rate[1].url else 0
        assert rate[1].value == ((won * 100 / closed).quantize(Decimal("0.01")) if closed else None)
    assert_totals_add_up(table)


def test_every_report_is_checked_here() -> None:
    """The list of reports is what this module goes through."""
    everyone = frozenset(Role)
    labels = {item["label"] for group in nav.reports(everyone, "en") for item in group["items"]}
    assert labels == {
        "Trial balance", "Balance sheet", "Income statement", "General ledger", "Aged receivables", "Aged payables",
        "Open items", "Stock on hand", "Sales analysis", "Pipeline analysis",
    }  # fmt: skip


def test_the_acceptance_case(business: Business, client: Client) -> None:
    """C-12 before accrual: revenue 190.00 is invoice 228.00 and credit note −38.00, from the tile and from the income
    statement."""
    page = opened(client, "/?board=company&date_from=2026-03-01&date_to=2026-03-31").context
    tile = next(tile for tile in page["tiles"] if tile.metric.key == "revenue")
    assert (tile.value, tile.unit) == ("190.00", "EUR")
    statement = table_of(client, f"{reverse('ledger:income-statement')}?date_from=2026-03-01&date_to=2026-03-31")
    (revenue,) = [row for row in statement.rows if row.cells[0].value == "Revenue"]
    assert revenue.cells[1].value == Decimal("190.00")
    for url in (tile.url, revenue.cells[1].url):
        rows = opened(client, url).context["page"]["count"], lines_behind(client, url)
        assert rows == (2, Decimal("-190.00"))
        cells = " ".join(str(row.cells) for row in opened(client, url).context["rows"])
        assert "228.00" in cells
        assert "38.00" in cells


def test_a_board_may_not_show_what_it_cannot_open(business: Business, everyone: Any, today: dt.date) -> None:
    """What the page leaves out for a role is what its lists refuse: a salesperson opens every tile that is shown."""
    for role in Role:
        client = business.client(role)
        for tile in opened(client, "/").context["tiles"]:
            assert opened(client, tile.url, part=True), (role, tile.label)
