"""What the dashboards and reports of an imported company show, held against the published figures of its source. Called
by the tests of the imports, so that a company is imported once for both."""

from decimal import Decimal

from django.test import Client
from django.urls import reverse

from core.access.enums import Role
from core.company.models import Company
from erp.ledger.enums import AccountKey
from erp.ledger.models import Account
from erp.ledger.queries import accounts_for
from erp.ledger.reports.table import Table
from reporting.board import Tile
from tests.factories.company import user_with
from tests.reporting.opening import count_behind, lines_behind, opened, signed_in, table_of

GOODS_BY_YEAR = {1996: "193316.58", 1997: "608847.01", 1998: "437692.26"}
NET_BY_YEAR = {"1996": "208083.99", "1997": "617085.35", "1998": "440623.95"}


def assert_northwind_is_shown(company: Company) -> None:
    """Orders and their lines, gross, net by year and freight; of what was shipped 809, by the year it was."""
    client = signed_in(user_with(Role.DIRECTOR, company))
    sales = table_of(client, f"{reverse('reporting:sales')}?period=all&by=year")
    years = {str(row.cells[0].value): row.cells[5].value for row in sales.rows}
    assert years == {**{year: Decimal(net) for year, net in NET_BY_YEAR.items()}, "Total": Decimal("1265793.29")}
    total = [cell.value for cell in sales.rows[-1].cells]
    assert total[1:4] == [830, 2155, Decimal("1354458.59")]
    assert total[6] == Decimal("64942.69")

    tiles = tiles_of(client, "company")
    assert tiles["revenue"].reading.value == Decimal("1239855.85") + Decimal("63955.02")
    assert -lines_behind(client, tiles["revenue"].url) == tiles["revenue"].reading.value
    tiles = tiles_of(client, "operations")
    assert (tiles["shipped"].reading.value, tiles["to_deliver"].reading.value) == (809, 21)
    assert count_behind(client, tiles["to_deliver"].url) == 21
    for year, net in GOODS_BY_YEAR.items():
        assert of_account(statement(client, f"{year}-01-01", f"{year}-12-31"), company, AccountKey.REVENUE) == Decimal(
            net
        )
    whole = statement(client, "1996-01-01", "1998-12-31")
    assert of_account(whole, company, AccountKey.FREIGHT_REVENUE) == Decimal("63955.02")
    assert tiles_of(client, "company")["orders_taken"].reading.value == Decimal("1265793.29") + Decimal("64942.69")


def assert_pipeline_is_shown(company: Company) -> None:
    """8,800 deals by what became of them, the won value, the win rate, and the best account."""
    client = signed_in(user_with(Role.DIRECTOR, company))
    tiles = tiles_of(client, "sales")
    assert (tiles["won"].value, tiles["won"].unit, tiles["win_rate"].value) == ("10,005,534.00", "USD", "63.15 %")
    charts = {chart.id: chart for chart in opened(client, "/?board=sales&period=all").context["charts"]}
    states = charts["deals-by-state"]
    counted = dict(zip(states.categories, states.series[0].values, strict=True))
    assert counted == {"Won": 4238, "Lost": 2473, "Engaging": 1589, "Prospecting": 500}
    assert [count_behind(client, url) for url in states.series[0].urls] == list(counted.values())
    best = charts["best-accounts"]
    assert (best.categories[0], best.series[0].values[0]) == ("Kan-code", Decimal(341_455))
    total = table_of(client, f"{reverse('reporting:pipeline')}?period=all&by=stage").rows[-1].cells
    assert [cell.value for cell in total[1:5]] == [8800, 4238, 2473, 2089]
    assert count_behind(client, total[1].url) == 8800


def tiles_of(client: Client, board: str) -> dict[str, Tile]:
    return {tile.metric.key: tile for tile in opened(client, f"/?board={board}&period=all").context["tiles"]}


def statement(client: Client, start: str, end: str) -> Table:
    return table_of(client, f"{reverse('ledger:income-statement')}?date_from={start}&date_to={end}")


def of_account(table: Table, company: Company, key: AccountKey) -> Decimal:
    """The amount of the account that stands for a key."""
    account = Account.objects.get(pk=accounts_for(company.pk, [key]).account_id(key))
    (found,) = [row.cells[1].value for row in table.rows if row.cells[0].value == f"{account.code} {account.name}"]
    assert isinstance(found, Decimal)
    return found
