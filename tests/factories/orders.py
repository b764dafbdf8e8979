"""A company that sells goods, its orders, and bare documents for tests of screens."""

import datetime as dt
from decimal import Decimal
from typing import Any

import factory

from core.catalog.models import Item, TaxSet
from core.company.models import Company
from core.parties.models import Party
from erp.inventory.models import Warehouse
from erp.invoicing.models import SalesInvoice
from erp.invoicing.operations import post_sales_invoice
from erp.orders.models import Delivery, DeliveryLine, Quotation, SalesOrder, SalesOrderLine, SalesReturn
from erp.orders.operations import (
    confirm_sales_order,
    create_delivery,
    create_quotation,
    create_sales_order,
    invoice_sales_order,
    receive_return,
    send_quotation,
    ship_delivery,
)
from tests.factories.catalog import ItemFactory, vat
from tests.factories.company import CompanyFactory, currency
from tests.factories.inventory import WarehouseFactory, company_with_stock, receive
from tests.factories.parties import PartyFactory

DAY = dt.date(2026, 3, 15)
NOW = dt.datetime(2026, 3, 15, 9, tzinfo=dt.UTC)


class QuotationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Quotation

    company = factory.SubFactory(CompanyFactory)
    party = factory.SubFactory(PartyFactory, company=factory.SelfAttribute("..company"))
    currency = factory.LazyFunction(currency)
    document_date = DAY
    valid_until = dt.date(2026, 4, 14)


class SalesOrderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SalesOrder

    company = factory.SubFactory(CompanyFactory)
    party = factory.SubFactory(PartyFactory, company=factory.SelfAttribute("..company"))
    currency = factory.LazyFunction(currency)
    document_date = DAY


class SalesOrderLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SalesOrderLine

    company = factory.SubFactory(CompanyFactory)
    order = factory.SubFactory(SalesOrderFactory, company=factory.SelfAttribute("..company"))
    description = "Advice"
    quantity = Decimal(2)
    unit_price = Decimal(50)
    net_amount = Decimal(100)


class DeliveryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Delivery

    company = factory.SubFactory(CompanyFactory)
    order = factory.SubFactory(SalesOrderFactory, company=factory.SelfAttribute("..company"))
    party = factory.SelfAttribute("order.party")
    warehouse = factory.SubFactory(WarehouseFactory, company=factory.SelfAttribute("..company"))
    currency = factory.LazyFunction(currency)
    number = factory.Sequence(lambda n: f"DEL-T-{n:05d}")
    document_date = DAY


class SalesReturnFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SalesReturn

    company = factory.SubFactory(CompanyFactory)
    delivery = factory.SubFactory(DeliveryFactory, company=factory.SelfAttribute("..company"))
    party = factory.SelfAttribute("delivery.party")
    warehouse = factory.SelfAttribute("delivery.warehouse")
    currency = factory.LazyFunction(currency)
    number = factory.Sequence(lambda n: f"RET-T-{n:05d}")
    document_date = DAY


class Shop:
    """A company with ledger, stock and 20 % VAT, item A (FIFO, list price 20.00) and a customer."""

    def __init__(self, *, rate: str = "20", **company: Any) -> None:
        self.company: Company = company_with_stock(**company)
        self.tax_set: TaxSet = vat(self.company, rate)
        self.item: Item = ItemFactory(company=self.company, sku="A", name="Item A")
        self.customer: Party = PartyFactory(company=self.company)
        self.warehouse: Warehouse = Warehouse.objects.get(company=self.company)

    def stock(self, *lots: tuple[Any, Any], item: Item | None = None, on: str = "2026-03-01") -> None:
        """Receive (quantity, unit cost) of an item."""
        for quantity, cost in lots:
            receive(item or self.item, Decimal(quantity), Decimal(cost), on=on)

    def line(self, quantity: Any = 1, price: Any = None, *, item: Item | None = None, **extra: Any) -> dict[str, Any]:
        line = {"item_id": (item or self.item).pk, "quantity": Decimal(quantity), **extra}
        return line if price is None else {**line, "unit_price": Decimal(price)}

    def quotation(self, *lines: dict[str, Any], user: Any = None, **extra: Any) -> Quotation:
        values = {"document_date": DAY, "now": NOW, **extra}
        return create_quotation(company_id=self.company.pk, party_id=self.customer.pk, lines=lines, user=user, **values)

    def sent(self, *lines: dict[str, Any], **extra: Any) -> Quotation:
        return send_quotation(quotation_id=self.quotation(*lines, **extra).pk, user=None, now=NOW)

    def draft(self, *lines: dict[str, Any], user: Any = None, **extra: Any) -> SalesOrder:
        values = {"document_date": DAY, "now": NOW, **extra}
        return create_sales_order(
            company_id=self.company.pk, party_id=self.customer.pk, lines=lines, user=user, **values
        )

    def confirm(self, order: SalesOrder, **extra: Any) -> SalesOrder:
        return confirm_sales_order(sales_order_id=order.pk, user=None, now=NOW, **extra)

    def order(self, *lines: dict[str, Any], **extra: Any) -> SalesOrder:
        """A confirmed order."""
        return self.confirm(self.draft(*lines, **extra))

    def plan(self, order: SalesOrder, *quantities: Any, **extra: Any) -> Delivery:
        """A planned delivery of these quantities of the order's lines, or of everything reserved."""
        lines = list(zip(order.lines.values_list("pk", flat=True), map(Decimal, quantities), strict=False)) or None
        return create_delivery(sales_order_id=order.pk, lines=lines, user=None, now=NOW, **extra)

    def ship(self, order: SalesOrder, *quantities: Any, on: dt.date = DAY) -> Delivery:
        """A shipped delivery."""
        delivery = self.plan(order, *quantities)
        return ship_delivery(delivery_id=delivery.pk, ship_date=on, user=None, now=NOW)

    def invoice_draft(self, order: SalesOrder, *, on: dt.date = DAY, **extra: Any) -> SalesInvoice:
        return invoice_sales_order(sales_order_id=order.pk, document_date=on, user=None, now=NOW, **extra)

    def invoice(self, order: SalesOrder, **extra: Any) -> SalesInvoice:
        """A posted invoice of what was delivered, or of the whole order with basis="ordered"."""
        return self.post(self.invoice_draft(order, **extra))

    def post(self, draft: SalesInvoice) -> SalesInvoice:
        return post_sales_invoice(sales_invoice_id=draft.pk, user=None, now=NOW)

    def take_back(self, delivery: Delivery, *asked: tuple[Any, ...], on: dt.date = DAY, **extra: Any) -> SalesReturn:
        """A return of (quantity, condition) of the delivery's lines in turn."""
        rows = delivery.lines.values_list("pk", flat=True)
        lines = [(pk, Decimal(one[0]), *one[1:]) for pk, one in zip(rows, asked, strict=False)]
        return receive_return(delivery_id=delivery.pk, lines=lines, return_date=on, user=None, now=NOW, **extra)


def line_of(order: SalesOrder, position: int = 1) -> SalesOrderLine:
    """A line as it is stored now."""
    return order.lines.get(position=position)


def shipped_line(delivery: Delivery, position: int = 1) -> DeliveryLine:
    return delivery.lines.get(position=position)
