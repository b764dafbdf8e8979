"""Pages over HTTP as 8 people load them at once from 2 web processes: the list of orders, an order, the pipeline board;
and the first visit of a browser.

`rows()` yields `(row, ours, floor, target)`; the floor is a page that does nothing but answer. It makes a demo company
of its own. The clients share the machine with server and database.
"""

import datetime as dt
import shutil
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from typing import Any

import psycopg
from django.conf import settings
from django.db import transaction

from bench.web import Site, load, site
from core.access.enums import Role
from core.access.models import User
from core.catalog.models import Item, Unit
from core.company.models import Company, Membership
from core.company.tenancy import all_companies, use_companies
from core.parties.models import Party
from crm.pipeline.models import Deal, Stage
from erp.orders.enums import OrderStatus
from erp.orders.models import SalesOrder
from erp.orders.operations import create_sales_order
from integration.setup import set_up_company

Row = tuple[str, str, str, str]
NOW = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)
ORDERS, DEALS, CUSTOMERS = 50_000, 20_000, 2_000
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def rows(orders: int = ORDERS, deals: int = DEALS, visits: int = 5) -> Iterator[Row]:
    with all_companies():
        company, user = busy_company(orders, deals)
        with transaction.atomic():
            order = SalesOrder.objects.filter(company=company, lines__isnull=False).earliest("pk")
    with site(user) as web:
        floor = f"{load(web, '/healthz').per_second:.0f} req/s"
        yield f"list of 50 orders of {orders}", str(load(web, "/sales-orders/")), floor, "≥ 120 req/s, p95 ≤ 120 ms"
        board = load(web, "/deals/board/", requests=200)
        yield f"pipeline board, {deals} deals", str(board), floor, "≥ 80 req/s, p95 ≤ 180 ms"
        yield "order page", str(load(web, f"/sales-orders/{order.pk}/")), floor, "≥ 120 req/s"
        if CHROMIUM is not None:
            yield from browser_rows(web, visits)


def busy_company(orders: int, deals: int) -> tuple[Company, User]:
    """A company with customers, orders and deals, and somebody with every role."""
    with transaction.atomic():
        company = set_up_company(
            code=f"pages-{time.time_ns() % 10**9}", name="Bench", country="DE", currency_code="EUR", first_year=2026,
            user=None, now=NOW, is_demo=True,
        )  # fmt: skip
        user = User.objects.create(email=f"{company.code}@bench.example", name="Bench", password="!")  # noqa: S106
        Membership.objects.bulk_create(Membership(user=user, company=company, role=role) for role in Role)
    with use_companies([company.pk]), transaction.atomic():
        customers = Party.objects.bulk_create(
            Party(company=company, name=f"Customer {n}", is_customer=True) for n in range(CUSTOMERS)
        )
        _whole_order(company, customers[0])
    with use_companies([company.pk]), without_triggers("orders_salesorder", "pipeline_deal"), transaction.atomic():
        _orders(company, customers, orders)
        _deals(company, customers, deals)
    gather_statistics("orders_salesorder", "pipeline_deal", "parties_party")
    return company, user


@contextmanager
def without_triggers(*tables: str) -> Iterator[None]:
    """Neither history nor search index for what is written in bulk; the pages measured read neither."""
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            yield
        finally:
            for table in tables:
                owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def gather_statistics(*tables: str) -> None:
    """What autovacuum does within a minute or two. The owner's work: PostgreSQL passes over the tables of others."""
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute(f"VACUUM ANALYZE {', '.join(tables)}")


def _orders(company: Company, customers: Sequence[Party], count: int) -> None:
    common: dict[str, Any] = {"company": company, "currency_id": "EUR", "status": OrderStatus.CONFIRMED}
    SalesOrder.objects.bulk_create(
        (
            SalesOrder(
                number=f"SO-2026-{n:06d}", party=customers[n % len(customers)], net_amount=100 + n % 900,
                tax_amount=Decimal(19), total_amount=119 + n % 900, document_date=NOW.date() - dt.timedelta(n % 365),
                **common,
            )
            for n in range(count)
        ),
        batch_size=5_000,
    )  # fmt: skip


def _whole_order(company: Company, customer: Party) -> None:
    unit = Unit.objects.filter(company=company).earliest("pk")
    items = [Item.objects.create(company=company, sku=f"P{n}", name=f"Item {n}", unit=unit) for n in range(5)]
    lines = [{"item_id": item.pk, "quantity": Decimal(2), "unit_price": Decimal(20)} for item in items]
    create_sales_order(
        company_id=company.pk, party_id=customer.pk, document_date=NOW.date(), lines=lines, user=None, now=NOW
    )


def _deals(company: Company, customers: Sequence[Party], count: int) -> None:
    stages = list(Stage.objects.filter(company=company))
    Deal.objects.bulk_create(
        (
            Deal(
                company=company, title=f"Deal {n}", party=customers[n % len(customers)], currency_id="EUR",
                pipeline_id=stages[n % len(stages)].pipeline_id, stage=stages[n % len(stages)], amount=100 + n,
                company_amount=100 + n, opened_at=NOW, stage_since=NOW, board_position=Decimal(n),
            )
            for n in range(count)
        ),
        batch_size=5_000,
    )  # fmt: skip


def browser_rows(web: Site, visits: int) -> Iterator[Row]:
    """The first visit with an empty cache, and from the list to a record in the same tab."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where a browser is installed

    name, _sign, value = web.cookie.partition("=")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        firsts, nexts, sizes, counts, answers = [], [], [], [], list[Any]()
        for _ in range(visits):
            context = browser.new_context()
            context.add_cookies([{"name": name, "value": value, "url": web.url}])
            page = context.new_page()
            answers.clear()
            page.on("requestfinished", partial(list.append, answers))  # a built-in method takes no marks
            start = time.perf_counter()
            page.goto(f"{web.url}/sales-orders/", wait_until="commit")
            page.wait_for_selector("tbody tr a")
            firsts.append((time.perf_counter() - start) * 1000)
            page.wait_for_load_state("networkidle")
            counts.append(len(answers))
            sizes.append(sum(one.sizes()["responseBodySize"] for one in answers) / 1024)
            start = time.perf_counter()
            page.locator("tbody tr a").first.click()
            page.wait_for_url("**/sales-orders/*/")
            page.wait_for_selector("#main section")
            nexts.append((time.perf_counter() - start) * 1000)
            context.close()
        browser.close()
    first = f"{statistics.median(firsts):.0f} ms, {statistics.median(sizes):.0f} KB, {max(counts)} requests"
    yield "first visit, order list to first row", first, "–", "≤ 500 ms, ≤ 200 KB, ≤ 10 requests"
    yield "next record, click to paint", f"{statistics.median(nexts):.0f} ms", "–", "≤ 120 ms"
