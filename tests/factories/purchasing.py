"""Purchase orders and receipts as the operations make them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import factory

from core.catalog.models import Item
from core.company.models import Company
from core.parties.models import Party
from erp.inventory.setup import set_up_inventory
from erp.invoicing.models import SupplierInvoice
from erp.invoicing.operations import post_supplier_invoice, update_supplier_invoice
from erp.purchasing.models import PurchaseOrder, PurchaseOrderLine, Receipt
from erp.purchasing.operations import (
    bill_purchase_order,
    confirm_purchase_order,
    create_purchase_order,
    post_receipt,
    receive_purchase_order,
)
from tests.factories.catalog import ItemFactory
from tests.factories.company import CompanyFactory
from tests.factories.inventory import NOW
from tests.factories.parties import SupplierFactory

DAY = dt.date(2026, 3, 1)


def line(item: Item, quantity: str | int, unit_price: str | None = None, **more: Any) -> dict[str, Any]:
    price = {} if unit_price is None else {"unit_price": Decimal(unit_price)}
    return {"item_id": item.pk, "quantity": Decimal(quantity), **price, **more}


def purchase_order(
    company: Company, *lines: dict[str, Any], party: Party | None = None, confirmed: bool = True, **header: Any
) -> PurchaseOrder:
    order = create_purchase_order(
        company_id=company.pk,
        party_id=(party or SupplierFactory(company=company)).pk,
        lines=list(lines),
        user=header.pop("user", None),
        now=NOW,
        document_date=header.pop("document_date", DAY),
        **header,
    )
    if confirmed:
        order = confirm_purchase_order(purchase_order_id=order.pk, user=None, now=NOW)
    return order


def received(order: PurchaseOrder, *quantities: str | int, on: dt.date = DAY, post: bool = True) -> Receipt:
    """A receipt of these quantities of the order's lines in turn, or of everything."""
    pairs = list(zip(order.lines.all(), quantities, strict=False))
    lines = [(row.pk, Decimal(quantity)) for row, quantity in pairs] if quantities else None
    receipt = receive_purchase_order(purchase_order_id=order.pk, user=None, now=NOW, document_date=on, lines=lines)
    return post_receipt(receipt_id=receipt.pk, user=None, now=NOW) if post else receipt


def billed(
    order: PurchaseOrder, number: str = "S-1", *, on: dt.date = DAY, prices: list[str] | None = None, post: bool = True
) -> SupplierInvoice:
    """A supplier invoice of what was received, at these prices line by line or at the order's."""
    invoice = bill_purchase_order(
        purchase_order_id=order.pk, user=None, now=NOW, document_date=on, supplier_number=number
    )
    if prices is not None:
        rows = zip(invoice.lines.all(), prices, strict=True)
        lines = [
            {
                "item_id": row.item_id,
                "description": row.description,
                "quantity": row.quantity,
                "unit_id": row.unit_id,
                "unit_price": Decimal(price),
                "tax_set_id": row.tax_set_id,
                "source": row.source,
            }
            for row, price in rows
        ]
        update_supplier_invoice(supplier_invoice_id=invoice.pk, user=None, now=NOW, lines=lines)
    return post_supplier_invoice(supplier_invoice_id=invoice.pk, user=None, now=NOW) if post else invoice


class PurchaseOrderFactory(factory.django.DjangoModelFactory):
    """A draft order of five pieces."""

    class Meta:
        model = PurchaseOrder

    company = factory.SubFactory(CompanyFactory)

    @classmethod
    def _create(cls, model_class: type[PurchaseOrder], *args: Any, **values: Any) -> PurchaseOrder:
        company = values.pop("company")
        lines = values.pop("lines", None) or [line(ItemFactory(company=company), 5, "8.00")]
        return purchase_order(company, *lines, **{"confirmed": False, **values})


class PurchaseOrderLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PurchaseOrderLine

    company = factory.SubFactory(CompanyFactory)
    order = factory.SubFactory(PurchaseOrderFactory, company=factory.SelfAttribute("..company"))
    description = "Advice"
    quantity = Decimal(2)


class ReceiptFactory(factory.django.DjangoModelFactory):
    """A draft receipt of five pieces."""

    class Meta:
        model = Receipt

    company = factory.SubFactory(CompanyFactory)

    @classmethod
    def _create(cls, model_class: type[Receipt], *args: Any, **values: Any) -> Receipt:
        company = values.pop("company")
        set_up_inventory(company_id=company.pk, user=None, now=NOW)
        return received(PurchaseOrderFactory(company=company, confirmed=True), post=False)
