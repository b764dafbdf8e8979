"""A company that invoices, and its invoices."""

import datetime as dt
from decimal import Decimal
from typing import Any

import factory

from core.catalog.models import Item, TaxSet
from core.company.models import Company
from core.parties.models import Party, PaymentTerm, PaymentTermLine
from erp.invoicing.models import OpenItem, SalesInvoice, SupplierInvoice
from erp.invoicing.operations import (
    create_sales_invoice,
    create_supplier_invoice,
    credit_sales_invoice,
    post_sales_invoice,
    post_supplier_invoice,
)
from erp.ledger.models import JournalEntry
from tests.factories.catalog import ItemFactory, vat
from tests.factories.company import CompanyFactory, currency
from tests.factories.ledger import NOW, company_with_ledger
from tests.factories.parties import PartyFactory, SupplierFactory

DAY = dt.date(2026, 3, 15)


class SalesInvoiceFactory(factory.django.DjangoModelFactory):
    """A bare draft, for tests of screens; figures come from the operations."""

    class Meta:
        model = SalesInvoice

    company = factory.SubFactory(CompanyFactory)
    party = factory.SubFactory(PartyFactory, company=factory.SelfAttribute("..company"))
    currency = factory.LazyFunction(currency)
    document_date = DAY
    due_date = DAY


class SupplierInvoiceFactory(SalesInvoiceFactory):
    class Meta:
        model = SupplierInvoice

    party = factory.SubFactory(SupplierFactory, company=factory.SelfAttribute("..company"))
    supplier_number = factory.Sequence(lambda n: f"R-{n}")


class Trade:
    """A company with ledger, 20 % VAT, an item, a customer and a supplier."""

    def __init__(self, *, rate: str = "20", **company: Any) -> None:
        self.company: Company = company_with_ledger(**company)
        self.tax_set: TaxSet = vat(self.company, rate)
        self.input_tax_set: TaxSet = vat(self.company, rate, "purchase")
        self.item: Item = ItemFactory(company=self.company)
        self.customer: Party = PartyFactory(company=self.company)
        self.supplier: Party = SupplierFactory(company=self.company)

    def line(self, quantity: Any = 1, price: Any = "100", **extra: Any) -> dict[str, Any]:
        return {
            "item_id": self.item.pk, "quantity": Decimal(quantity), "unit_price": Decimal(price), **extra,
        }  # fmt: skip

    def draft(
        self, *lines: dict[str, Any], on: dt.date = DAY, party: Party | None = None, **extra: Any
    ) -> SalesInvoice:
        return create_sales_invoice(
            company_id=self.company.pk,
            party_id=(party or self.customer).pk,
            document_date=on,
            lines=lines,
            user=None,
            now=NOW,
            **extra,
        )

    def invoice(self, *lines: dict[str, Any], **extra: Any) -> SalesInvoice:
        """A posted sales invoice."""
        return self.post(self.draft(*lines, **extra))

    def of_total(self, total: Any, **extra: Any) -> SalesInvoice:
        """A posted sales invoice over `total` without tax."""
        return self.invoice({"description": "Work", "unit_price": Decimal(total)}, **extra)

    def post(self, draft: SalesInvoice) -> SalesInvoice:
        return post_sales_invoice(sales_invoice_id=draft.pk, user=None, now=NOW)

    def credit(self, invoice: SalesInvoice, *lines: tuple[int, Any], on: dt.date = DAY) -> SalesInvoice:
        """A posted credit note over the lines, or over everything left."""
        draft = credit_sales_invoice(
            sales_invoice_id=invoice.pk,
            lines=[(line, Decimal(quantity)) for line, quantity in lines] or None,
            document_date=on,
            reason="returned",
            user=None,
            now=NOW,
        )
        return self.post(draft)

    def supplier_draft(
        self, *lines: dict[str, Any], number: str = "R-1", on: dt.date = DAY, **extra: Any
    ) -> SupplierInvoice:
        return create_supplier_invoice(
            company_id=self.company.pk,
            party_id=self.supplier.pk,
            document_date=on,
            lines=lines,
            supplier_number=number,
            user=None,
            now=NOW,
            **extra,
        )

    def supplier_invoice(self, *lines: dict[str, Any], **extra: Any) -> SupplierInvoice:
        """A posted supplier invoice."""
        draft = self.supplier_draft(*lines, **extra)
        return post_supplier_invoice(supplier_invoice_id=draft.pk, user=None, now=NOW)

    def term(self, *parts: tuple[Any, int], **extra: Any) -> PaymentTerm:
        """A payment term of (percent, days) instalments."""
        term = PaymentTerm.objects.create(company=self.company, name=f"Term {PaymentTerm.objects.count() + 1}")
        for percent, days in parts:
            PaymentTermLine.objects.create(
                company=self.company, term=term, percent=Decimal(percent), days=days, **extra
            )
        return term


def entry_of(document: Any, purpose: str = "invoice") -> JournalEntry:
    return JournalEntry.objects.get(source_label=document._meta.label_lower, source_id=document.pk, purpose=purpose)


def booked(document: Any, purpose: str = "invoice") -> list[tuple[str, Decimal]]:
    """The lines of a document's entry in order: account key as the chart numbers it, and the signed amount."""
    lines = entry_of(document, purpose).lines.select_related("account").order_by("position")
    return [(line.account.code, line.amount) for line in lines]


def open_of(document: Any) -> list[Decimal]:
    """What each instalment of a document has open, in its currency, signed as the ledger books it."""
    items = OpenItem.objects.filter(document_label=document._meta.label_lower, document_id=document.pk)
    return list(items.order_by("instalment").values_list("open_currency_amount", flat=True))
