"""Order to cash of 5 lines in six committed steps: quote, confirm with reservation, deliver, invoice, post, pay and
allocate.

Two ways: the quotation as a draft order, as other suites count it, and as a document of its own that is sent and
accepted. `rows()` yields `(row, ours, floor, target)`; the floor is six commits of one inserted row each. Nothing may
surround it with a transaction: commits are part of what is measured. It makes demo companies of its own.
"""

import datetime as dt
import statistics
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from multiprocessing import get_context
from typing import Any

from django.db import connection, connections, transaction

from core.catalog.enums import TaxDirection
from core.catalog.models import Item, Tax, TaxRule, TaxSet, Unit
from core.company.models import Company, Currency
from core.company.tenancy import all_companies, use_companies
from core.documents.references import RecordRef
from core.parties.models import Party
from erp.banking.operations import receive_payment
from erp.inventory.enums import LocationKind
from erp.inventory.posting import MoveInput, post_moves
from erp.inventory.setup import location, set_up_inventory
from erp.invoicing.operations import post_sales_invoice
from erp.ledger.setup import set_up_ledger
from erp.orders.operations import (
    accept_quotation,
    confirm_sales_order,
    create_quotation,
    create_sales_order,
    deliver_sales_order,
    invoice_sales_order,
    send_quotation,
)

Row = tuple[str, str, str, str]
YEAR = 2026
DAY = dt.date(YEAR, 3, 15)
NOW = dt.datetime(YEAR, 3, 15, 12, tzinfo=dt.UTC)
LINES = 5
STEPS = ("quote", "confirm", "deliver", "invoice", "post", "pay")


def rows(rounds: int = 30) -> Iterator[Row]:
    with all_companies():
        shop = new_shop()
    with use_companies([shop.company_id]):
        yield from way_rows("order to cash, 5 lines, 6 commits", shop, DRAFT_WAY, rounds)
        yield from way_rows("the same with a quotation sent and accepted", shop, QUOTATION_WAY, rounds)
    yield "order to cash, 2 processes", f"{two_processes():.1f} orders/s", "–", "≥ 20 orders/s"


def way_rows(name: str, shop: "Shop", way: "Way", rounds: int) -> Iterator[Row]:
    """The whole, its statements, and each step."""
    for _ in range(3):
        order_to_cash(shop, way)
    counts = counted(shop, way)
    taken, floors = [], []
    for _ in range(rounds):
        taken.append(order_to_cash(shop, way))
        floors.append(six_commits())
    whole = statistics.median(sum(steps.values()) for steps in taken)
    yield name, f"{whole:.1f} ms", f"{statistics.median(floors):.1f} ms", "≤ 85 ms"
    yield f"{name}: statements", f"{sum(counts.values())}", "–", "≤ 90"
    for step in STEPS:
        median = statistics.median(steps[step] for steps in taken)
        yield f"    {step}", f"{median:.1f} ms, {counts[step]} statements", "", ""


class Shop:
    """A company with goods, a customer and nothing in the way."""

    def __init__(self, company: Company, customer: Party, items: list[Item]) -> None:
        self.company_id, self.customer_id = company.pk, customer.pk
        self.items = [item.pk for item in items]


def new_shop(stock: int = 100_000) -> Shop:
    with transaction.atomic():
        euro = Currency.objects.get_or_create(code="EUR", defaults={"name": "Euro", "minor_units": 2})[0]
        code = f"cash-{time.time_ns() % 10**9}"
        company = Company.objects.create(code=code, name="Bench", country="DE", currency=euro, is_demo=True)
        set_up_ledger(company_id=company.pk, template="ifrs", user=None, now=NOW, first_year=YEAR)
        warehouse = set_up_inventory(company_id=company.pk, user=None, now=NOW)
        tax = Tax.objects.create(company=company, code="V20", name="VAT 20 %", rate=Decimal(20))
        taxes = TaxSet.objects.create(company=company, name="VAT 20 %", direction=TaxDirection.SALE)
        taxes.taxes.add(tax)
        TaxRule.objects.create(company=company, direction=TaxDirection.SALE, tax_set=taxes)
        unit = Unit.objects.create(company=company, name="Piece", symbol="pc", category="count")
        items = [
            Item.objects.create(company=company, sku=f"B{n}", name=f"Bench {n}", unit=unit, list_price=Decimal(20 + n))
            for n in range(LINES)
        ]
        customer = Party.objects.create(company=company, name="Customer", is_customer=True)
        supplier, shelf = location(company.pk, LocationKind.SUPPLIER).pk, warehouse.stock_location_id or 0
        post_moves(
            company_id=company.pk,
            move_date=dt.date(YEAR, 1, 2),
            moves=[MoveInput(item.pk, Decimal(stock), supplier, shelf, unit_cost=Decimal(8)) for item in items],
            source=RecordRef("bench.receipt", company.pk),
            user=None,
            now=NOW,
        )
    return Shop(company, customer, items)


def order_to_cash(shop: Shop, way: "Way") -> dict[str, float]:
    """Milliseconds of each step, its commit included."""
    taken: dict[str, float] = {}
    found: dict[str, Any] = {}
    for step, act in zip(STEPS, way, strict=True):
        start = time.perf_counter()
        act(shop, found)
        taken[step] = (time.perf_counter() - start) * 1000
    return taken


def _wanted(shop: Shop) -> dict[str, Any]:
    lines = [{"item_id": item, "quantity": Decimal(2)} for item in shop.items]
    head = {"company_id": shop.company_id, "party_id": shop.customer_id, "document_date": DAY}
    return {**head, "lines": lines, "user": None, "now": NOW}


def _draft(shop: Shop, found: dict[str, Any]) -> None:
    found["order"] = create_sales_order(**_wanted(shop))


def _confirm(shop: Shop, found: dict[str, Any]) -> None:
    confirm_sales_order(sales_order_id=found["order"].pk, user=None, now=NOW)


def _quote(shop: Shop, found: dict[str, Any]) -> None:
    with transaction.atomic():
        quotation = create_quotation(**_wanted(shop))
        found["quotation"] = send_quotation(quotation_id=quotation.pk, user=None, now=NOW)


def _accept(shop: Shop, found: dict[str, Any]) -> None:
    answer = {"quotation_id": found["quotation"].pk, "name": "Customer", "consent": True}
    with transaction.atomic():
        found["order"] = accept_quotation(**answer, user=None, now=NOW)
        confirm_sales_order(sales_order_id=found["order"].pk, user=None, now=NOW)


def _deliver(shop: Shop, found: dict[str, Any]) -> None:
    deliver_sales_order(sales_order_id=found["order"].pk, ship_date=DAY, user=None, now=NOW)


def _invoice(shop: Shop, found: dict[str, Any]) -> None:
    found["invoice"] = invoice_sales_order(sales_order_id=found["order"].pk, document_date=DAY, user=None, now=NOW)


def _post(shop: Shop, found: dict[str, Any]) -> None:
    post_sales_invoice(sales_invoice_id=found["invoice"].pk, user=None, now=NOW)


def _pay(shop: Shop, found: dict[str, Any]) -> None:
    receive_payment(
        company_id=shop.company_id,
        party_id=shop.customer_id,
        amount=found["invoice"].total_amount,
        payment_date=DAY,
        allocations=[(RecordRef.of(found["invoice"]), found["invoice"].total_amount)],
        user=None,
        now=NOW,
    )


Way = tuple[Callable[[Shop, dict[str, Any]], None], ...]
DRAFT_WAY: Way = (_draft, _confirm, _deliver, _invoice, _post, _pay)
QUOTATION_WAY: Way = (_quote, _accept, _deliver, _invoice, _post, _pay)


def counted(shop: Shop, way: Way, log: list[tuple[str, str]] | None = None) -> dict[str, int]:
    """Statements of each step; BEGIN, COMMIT and the announcement of the companies are not among them."""
    counts = dict.fromkeys(STEPS, 0)
    found: dict[str, Any] = {}
    for step, act in zip(STEPS, way, strict=True):

        def count(execute: Any, sql: str, *rest: Any, step: str = step) -> Any:
            counts[step] += 1
            if log is not None:
                log.append((step, sql))
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            act(shop, found)
    return counts


def six_commits() -> float:
    """Milliseconds of six transactions that insert one row each."""
    start = time.perf_counter()
    for _ in STEPS:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO events_heartbeat (name, beat_at) VALUES ('bench', now())"
                " ON CONFLICT (name) DO UPDATE SET beat_at = excluded.beat_at"
            )
    return (time.perf_counter() - start) * 1000


def two_processes(orders: int = 20) -> float:
    """Orders a second that two processes bring to cash in companies of their own."""
    with all_companies():
        shops = [new_shop(), new_shop()]
    connections.close_all()
    processes = [get_context("fork").Process(target=_sell, args=(shop, orders)) for shop in shops]
    start = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return len(shops) * orders / (time.perf_counter() - start)


def _sell(shop: Shop, orders: int) -> None:
    connections.close_all()
    with use_companies([shop.company_id]):
        for _ in range(orders):
            order_to_cash(shop, DRAFT_WAY)
    connections.close_all()
