"""Every published figure of Northwind: from the rows of the files, and from the book."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _

from core.catalog.models import Item
from core.imports.dataset import Figure, ImportContext
from core.parties.models import Party
from erp.inventory.models import StockLevel
from erp.invoicing.enums import InvoiceKind, InvoiceStatus
from erp.invoicing.models import SalesInvoice, SalesInvoiceLine
from erp.ledger.models import JournalLine
from erp.orders.models import SalesOrder, SalesOrderLine
from integration.imports.proof import rows_url, year_url
from integration.imports.values import date_of, decimal_of

Rows = Sequence[Mapping[str, str]]
CENT = Decimal("0.01")


def northwind_figures(context: ImportContext) -> Iterator[Figure]:
    """Counts, orders by year, invoices by year, stock, and the balance of the ledger."""
    files = {name: _rows(context, name) for name in ("customers", "suppliers", "products", "orders", "order_details")}
    nets = _nets(files["order_details"])
    yield from _counts(context, files)
    yield from _orders(context, files, nets)
    yield from _invoices(context, [row for row in files["orders"] if row["ShippedDate"].strip()], nets)
    yield from _ends(context, files["products"])


def _rows(context: ImportContext, table: str) -> Rows:
    return list(context.run.rows.filter(table=table).values_list("data", flat=True))


def _gross(row: Mapping[str, str]) -> Decimal:
    return decimal_of(row["Quantity"]) * decimal_of(row["UnitPrice"])


def _nets(details: Rows) -> dict[str, Decimal]:
    """Order → net, each line rounded to cents."""
    nets: dict[str, Decimal] = {}
    for row in details:
        net = (_gross(row) * (1 - decimal_of(row["Discount"]))).quantize(CENT, ROUND_HALF_UP)
        nets[row["OrderID"]] = nets.get(row["OrderID"], Decimal(0)) + net
    return nets


def _by_year(orders: Rows, column: str, nets: Mapping[str, Decimal]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for row in orders:
        day = date_of(row[column], "mdy")
        if day is not None:
            sums[day.year] = sums.get(day.year, Decimal(0)) + nets.get(row["OrderID"], Decimal(0))
    return sums


def _counts(context: ImportContext, files: Mapping[str, Rows]) -> Iterator[Figure]:
    company = context.company
    suppliers = Party.objects.filter(company=company, external_id__startswith=context.external_id("suppliers", ""))
    customers = Party.objects.filter(company=company, is_customer=True)
    lines = SalesOrderLine.objects.filter(company=company, is_freight=False)
    orders = SalesOrder.objects.filter(company=company)
    yield Figure(_("Customers"), len(files["customers"]), customers.count(), rows_url("parties", is_customer=1))
    yield Figure(_("Suppliers"), len(files["suppliers"]), suppliers.count(), rows_url("parties", is_supplier=1))
    yield Figure(_("Items"), len(files["products"]), Item.objects.filter(company=company).count(), rows_url("items"))
    yield Figure(_("Orders"), len(files["orders"]), orders.count(), rows_url("sales-orders"))
    yield Figure(_("Order lines"), len(files["order_details"]), lines.count(), rows_url("sales-orders"))


def _orders(context: ImportContext, files: Mapping[str, Rows], nets: Mapping[str, Decimal]) -> Iterator[Figure]:
    orders = SalesOrder.objects.filter(company=context.company)
    lines = SalesOrderLine.objects.filter(company=context.company, is_freight=False)
    gross = sum((_gross(row) for row in files["order_details"]), Decimal(0))
    in_book = lines.aggregate(gross=Sum(F("quantity") * F("unit_price")))["gross"] or 0
    url = rows_url("sales-orders")
    yield Figure(_("Orders, gross"), gross, in_book, url, 2)
    yield Figure(_("Orders, net of discount, each line rounded"), sum(nets.values()), _sum(lines, "net_amount"), url, 2)
    booked = _sums_by_year(lines, "order__document_date")
    for year, net in sorted(_by_year(files["orders"], "OrderDate", nets).items()):
        label = _("Orders of %(year)s, net") % {"year": year}
        yield Figure(label, net, booked.get(year, 0), year_url("sales-orders", year), 2)
    freight = sum((decimal_of(row["Freight"]) for row in files["orders"]), Decimal(0))
    yield Figure(_("Freight of orders"), freight, _sum(orders, "freight_amount"), url, 2)


def _invoices(context: ImportContext, shipped: Rows, nets: Mapping[str, Decimal]) -> Iterator[Figure]:
    invoices = SalesInvoice.objects.filter(
        company=context.company, status=InvoiceStatus.POSTED, kind=InvoiceKind.INVOICE
    )
    goods = SalesInvoiceLine.objects.filter(invoice__in=invoices, item__isnull=False)
    charges = SalesInvoiceLine.objects.filter(invoice__in=invoices, item__isnull=True)
    url = rows_url("sales-invoices", status="posted")
    net = sum((nets[row["OrderID"]] for row in shipped), Decimal(0))
    yield Figure(_("Shipped orders, each invoiced"), len(shipped), invoices.count(), url)
    yield Figure(_("Invoices, net"), net, _sum(goods, "net_amount"), url, 2)
    booked = _sums_by_year(goods, "invoice__document_date")
    for year, amount in sorted(_by_year(shipped, "ShippedDate", nets).items()):
        label = _("Invoices of %(year)s, net") % {"year": year}
        yield Figure(label, amount, booked.get(year, 0), year_url("sales-invoices", year, status="posted"), 2)
    freight = sum((decimal_of(row["Freight"]) for row in shipped), Decimal(0))
    yield Figure(_("Freight invoiced"), freight, _sum(charges, "net_amount"), url, 2)


def _ends(context: ImportContext, products: Rows) -> Iterator[Figure]:
    stock = StockLevel.objects.filter(company=context.company, location__kind="internal")
    in_file = sum((decimal_of(row["UnitsInStock"]) for row in products), Decimal(0))
    yield Figure(_("Units in stock at the end"), in_file, _sum(stock, "on_hand"), rows_url("stock-levels"))
    sides = JournalLine.objects.filter(company=context.company).aggregate(debit=Sum("debit"), credit=Sum("credit"))
    debit, credit = sides["debit"] or 0, sides["credit"] or 0
    yield Figure(_("Trial balance: debit less credit"), 0, debit - credit, "/reports/trial-balance/", 2)


def _sum(rows: QuerySet[Any], name: str) -> Decimal:
    return Decimal(rows.order_by().aggregate(total=Sum(name))["total"] or 0)


def _sums_by_year(lines: QuerySet[Any], day: str) -> dict[int, Decimal]:
    rows = lines.order_by().values(year=ExtractYear(day)).annotate(net=Sum("net_amount"))
    return {row["year"]: row["net"] for row in rows}
