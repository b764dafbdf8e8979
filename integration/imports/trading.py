"""Writing the trade of a legacy company: orders confirmed, shipped and invoiced on the days they were."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.errors import DomainError
from core.imports.dataset import ImportContext, Step, made, refuse
from core.imports.enums import Outcome
from core.imports.models import StagedRow
from erp.invoicing.enums import InvoiceKind, InvoiceStatus
from erp.invoicing.models import SalesInvoice
from erp.invoicing.operations import credit_sales_invoice, post_sales_invoice
from erp.orders.models import Delivery, SalesOrder
from erp.orders.operations import (
    cancel_sales_order,
    confirm_sales_order,
    create_delivery,
    create_sales_order,
    invoice_sales_order,
    receive_return,
    ship_delivery,
)
from integration.imports.values import ValueRefusedError, noon


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeOrder:
    """An order of the past."""

    external_id: str
    party_id: int
    day: dt.date
    lines: list[dict[str, Any]]
    requested: dt.date | None = None
    freight: Decimal = Decimal(0)
    reference: str = ""
    address: str = ""
    owner_id: int | None = None


def write_order(order: TradeOrder, context: ImportContext) -> SalesOrder:
    """Create and confirm it as of its day."""
    acting: dict[str, Any] = {"user": context.user, "now": noon(order.day)}
    written = create_sales_order(
        company_id=context.company.pk,
        party_id=order.party_id,
        lines=order.lines,
        document_date=order.day,
        external_id=order.external_id,
        freight_amount=order.freight or None,
        reference=order.reference,
        requested_date=order.requested,
        delivery_address=order.address,
        owner_id=order.owner_id,
        **acting,
    )
    return confirm_sales_order(sales_order_id=written.pk, **acting)


class ShipmentStep(Step):
    """Ships and invoices orders on the day they left. A row is an order again; its record is the sales invoice."""

    batch_size = 50

    def __init__(
        self,
        table: str,
        order_table: str,
        shipped_on: Callable[[StagedRow], dt.date | None],
        carrier: Callable[[StagedRow, ImportContext], str],
    ) -> None:
        self.table, self.order_table = table, order_table
        self.shipped_on, self.carrier = shipped_on, carrier

    def check(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        for row in rows:
            try:
                if self.shipped_on(row) is None and row.outcome == Outcome.NEW:
                    row.outcome, row.message = Outcome.UNCHANGED, _("Never shipped: the order stays confirmed.")
            except ValueRefusedError as reason:
                refuse(row, reason)

    def commit(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        orders = context.records(SalesOrder, self.order_table)
        for row in rows:
            day = self.shipped_on(row)
            order = orders.get(row.key)
            if order is None or day is None or row.outcome == Outcome.UPDATE:
                refuse(row, _("Its order was not imported, or it was shipped differently before."))
                continue
            made(row, self._ship(order, day, self.carrier(row, context), context))

    @staticmethod
    def _ship(order: SalesOrder, day: dt.date, carrier: str, context: ImportContext) -> SalesInvoice:
        acting: dict[str, Any] = {"user": context.user, "now": noon(day)}
        delivery = create_delivery(sales_order_id=order.pk, document_date=day, carrier=carrier, **acting)
        ship_delivery(delivery_id=delivery.pk, ship_date=day, **acting)
        invoice = invoice_sales_order(sales_order_id=order.pk, document_date=day, **acting)
        return post_sales_invoice(sales_invoice_id=invoice.pk, **acting)

    def undo(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        """Credit the invoices and take the goods back, today: posted documents are reversed, never deleted."""
        acting: dict[str, Any] = {"user": context.user, "now": context.now}
        today = context.now.date()
        for row in rows:
            invoice = row.record.resolve() if row.record else None
            if not isinstance(invoice, SalesInvoice):
                continue
            try:
                self._take_back(invoice, today, acting)
                row.undo_note = _("%(invoice)s was reversed by a credit note.") % {"invoice": invoice}
            except DomainError as refusal:
                row.undo_note = str(refusal)

    @staticmethod
    def _take_back(invoice: SalesInvoice, today: dt.date, acting: dict[str, Any]) -> None:
        if SalesInvoice.objects.filter(reverses=invoice, status=InvoiceStatus.POSTED).exists():
            return
        source = invoice.source
        deliveries = Delivery.objects.filter(order_id=source.id if source else None).prefetch_related("lines")
        for delivery in deliveries:
            wanted = [(line.pk, line.quantity - line.returned_quantity, "resale") for line in delivery.lines.all()]
            left = [entry for entry in wanted if entry[1] > 0]
            if left:
                receive_return(delivery_id=delivery.pk, lines=left, return_date=today, **acting)
        draft = SalesInvoice.objects.filter(
            reverses=invoice, kind=InvoiceKind.CREDIT_NOTE, status=InvoiceStatus.DRAFT
        ).first()
        note = draft or credit_sales_invoice(
            sales_invoice_id=invoice.pk, lines=None, document_date=today, reason=_("Import undone"), **acting
        )
        post_sales_invoice(sales_invoice_id=note.pk, **acting)

    @staticmethod
    def undo_orders(rows: Sequence[StagedRow], context: ImportContext) -> None:
        """Cancel what was never shipped, delete drafts, leave the rest with its reason."""
        for row in rows:
            order = row.record.resolve() if row.record else None
            if not isinstance(order, SalesOrder):
                continue
            try:
                cancel_sales_order(
                    sales_order_id=order.pk, reason=_("Import undone"), user=context.user, now=context.now
                )
                row.undo_note = _("%(order)s was cancelled.") % {"order": order}
            except DomainError as refusal:
                row.undo_note = str(refusal)
