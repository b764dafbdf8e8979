"""The chain deal → quotation → order → delivery → invoice → payment of any of its documents, with amounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Model, Q, Sum

from core.documents.references import RecordRef
from crm.pipeline.models import Deal
from erp.banking.models import Payment
from erp.invoicing.enums import InvoiceKind, InvoiceStatus
from erp.invoicing.models import Allocation, OpenItem, SalesInvoice
from erp.orders.enums import OrderStatus
from erp.orders.models import Delivery, Quotation, SalesOrder, SalesOrderLine

DEAL, QUOTATION, ORDER = "pipeline.deal", "orders.quotation", "orders.salesorder"
INVOICE, PAYMENT = "invoicing.salesinvoice", "banking.payment"
ZERO = Decimal(0)


@dataclass(slots=True)
class Chain:
    """Everything that belongs together. There is one order at most that is not cancelled for a deal or quotation.

    :ivar paid_amount: payments allocated to the invoices, in the order's currency.
    """

    deal: Deal | None = None
    quotations: list[Quotation] = field(default_factory=list)
    order: SalesOrder | None = None
    deliveries: list[Delivery] = field(default_factory=list)
    invoices: list[SalesInvoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    paid_amount: Decimal = ZERO
    quantity_to_ship: Decimal = ZERO

    @property
    def invoiced_amount(self) -> Decimal:
        """Posted invoices less posted credit notes, tax included."""
        return sum((signed_total(invoice) for invoice in self.invoices), ZERO)

    @property
    def ordered_amount(self) -> Decimal:
        return self.order.total_amount if self.order else ZERO


def signed_total(invoice: SalesInvoice) -> Decimal:
    """What a sales document adds to what was invoiced: nothing while it is a draft, negative for a credit note."""
    if invoice.status != InvoiceStatus.POSTED:
        return ZERO
    return -invoice.total_amount if invoice.kind == InvoiceKind.CREDIT_NOTE else invoice.total_amount


def chain_of(record: Model) -> Chain:
    """The chain a document stands in; at most nine queries, whatever its length."""
    chain = Chain(deal=_deal_of(record), order=_order_of(record))
    if chain.deal is None and chain.order is not None:
        chain.deal = _deal_at(chain.order.source)
    if chain.order is None and chain.deal is not None:
        chain.order = _order_from(RecordRef.of(chain.deal))
    chain.quotations = _quotations(chain, record)
    if chain.deal is None and chain.quotations:
        chain.deal = _deal_at(chain.quotations[0].source)
    if chain.order is not None:
        _follow_order(chain, chain.order)
    return chain


def _deal_of(record: Model) -> Deal | None:
    if isinstance(record, Deal):
        return record
    return _deal_at(record.source) if isinstance(record, Quotation | SalesOrder) else None


def _deal_at(ref: RecordRef | None) -> Deal | None:
    return Deal.objects.filter(pk=ref.id).first() if ref and ref.label == DEAL else None


def _order_from(ref: RecordRef) -> SalesOrder | None:
    orders = SalesOrder.objects.filter(source_label=ref.label, source_id=ref.id)
    return orders.exclude(status=OrderStatus.CANCELLED).first() or orders.first()


def _order_of(record: Model) -> SalesOrder | None:
    if isinstance(record, SalesOrder):
        return record
    if isinstance(record, Quotation):
        found = SalesOrder.objects.filter(quotation=record).first()
        return found or _order_from(record.source or RecordRef.of(record))
    if isinstance(record, Delivery):
        return record.order
    if isinstance(record, SalesInvoice):
        origin = record.source or (record.reverses.source if record.reverses else None)
        return SalesOrder.objects.filter(pk=origin.id).first() if origin and origin.label == ORDER else None
    if isinstance(record, Payment):
        return _order_of_payment(record)
    return None


def _order_of_payment(payment: Payment) -> SalesOrder | None:
    """The order of the first invoice that the payment settles."""
    settled = Allocation.objects.filter(
        credit_item__document_label=PAYMENT, credit_item__document_id=payment.pk, debit_item__document_label=INVOICE
    )
    invoice_id = settled.order_by("pk").values_list("debit_item__document_id", flat=True).first()
    invoice = SalesInvoice.objects.filter(pk=invoice_id).first() if invoice_id else None
    return _order_of(invoice) if invoice else None


def _quotations(chain: Chain, record: Model) -> list[Quotation]:
    wanted = Q(pk=record.pk) if isinstance(record, Quotation) else Q()
    if chain.deal is not None:
        wanted |= Q(source_label=DEAL, source_id=chain.deal.pk)
    if chain.order is not None and chain.order.quotation_id:
        wanted |= Q(pk=chain.order.quotation_id)
    return list(Quotation.objects.filter(wanted).order_by("-pk")) if wanted else []


def _follow_order(chain: Chain, order: SalesOrder) -> None:
    chain.deliveries = list(order.deliveries.order_by("pk"))
    of_order = Q(source_label=ORDER, source_id=order.pk)
    of_invoice = Q(reverses__source_label=ORDER, reverses__source_id=order.pk)
    invoices = SalesInvoice.objects.filter(of_order | of_invoice).exclude(status=InvoiceStatus.CANCELLED)
    chain.invoices = list(invoices.order_by("pk"))
    allocations = Allocation.objects.filter(
        debit_item__document_label=INVOICE,
        debit_item__document_id__in=[invoice.pk for invoice in chain.invoices],
        credit_item__document_label=PAYMENT,
    )
    by_payment = dict(
        allocations.order_by().values_list("credit_item__document_id").annotate(paid=Sum("currency_amount"))
    )
    chain.payments = list(Payment.objects.filter(pk__in=by_payment).order_by("pk")) if by_payment else []
    chain.paid_amount = sum(by_payment.values(), ZERO)
    chain.quantity_to_ship = quantities_to_ship([order.pk]).get(order.pk, ZERO)


def quantities_to_ship(order_ids: list[int]) -> dict[int, Decimal]:
    """Order → quantity ordered and not delivered, over all lines that need a delivery."""
    lines = SalesOrderLine.objects.filter(order_id__in=order_ids, needs_delivery=True)
    sums = lines.order_by().values("order_id").annotate(ordered=Sum("quantity"), delivered=Sum("delivered_quantity"))
    return {row["order_id"]: row["ordered"] - row["delivered"] for row in sums}


def open_amount(invoices: list[SalesInvoice]) -> Decimal:
    """What is still open of these invoices, in their currency."""
    items = OpenItem.objects.filter(document_label=INVOICE, document_id__in=[invoice.pk for invoice in invoices])
    return items.aggregate(left=Sum("open_currency_amount"))["left"] or ZERO
