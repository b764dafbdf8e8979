"""Writing the trade of a legacy company: orders confirmed, shipped and invoiced on the days they were."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import DomainError
from core.imports.dataset import ImportContext, Step, made, refuse
from core.imports.enums import Outcome
from core.imports.models import StagedRow
from erp.invoicing.enums import InvoiceKind, InvoiceStatus
from erp.invoicing.errors import CreditExceedsInvoiceError
from erp.invoicing.models import SalesInvoice
from erp.invoicing.operations import credit_sales_invoice, post_sales_invoice
from erp.orders.enums import OrderStatus
from erp.orders.models import Delivery, SalesOrder
from erp.orders.operations import (
    PastOrder,
    PastShipment,
    cancel_sales_order,
    confirm_sales_order,
    create_sales_order,
    import_confirmed_orders,
    import_shipments,
    invoice_sales_order,
    receive_return,
)
from integration.imports.values import ValueRefusedError, noon


def write_orders(orders: Sequence[PastOrder], shipped: Collection[str], context: ImportContext) -> dict[str, int]:
    """Write the orders of a legacy company. Those whose goods left (`shipped` names them) come in as confirmed, many at
    once; the others as drafts, which are confirmed when the goods of the first have left, so that they take no stock
    away from them.

    :returns: external id → key.
    """
    written = import_confirmed_orders(
        company_id=context.company.pk,
        user=context.user,
        now=context.now,
        orders=[order for order in orders if order.external_id in shipped],
    )
    for order in orders:
        if order.external_id not in shipped:
            draft = create_sales_order(
                company_id=context.company.pk,
                party_id=order.party_id,
                lines=order.lines,
                document_date=order.day,
                external_id=order.external_id,
                user=context.user,
                now=order.at,
                **order.header,
            )
            written[order.external_id] = draft.pk
    return written


class ShipmentStep(Step):
    """Ships and invoices orders on the day they left. A row is an order again; its record is the sales invoice."""

    batch_size = 200

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
        leaving = []
        for row in rows:
            day, order = self.shipped_on(row), orders.get(row.key)
            if order is None or day is None or row.outcome == Outcome.UPDATE:
                refuse(row, _("Its order was not imported, or it was shipped differently before."))
                continue
            leaving.append(
                (row, PastShipment(order_id=order.pk, day=day, at=noon(day), carrier=self.carrier(row, context)))
            )
        import_shipments(
            company_id=context.company.pk,
            user=context.user,
            now=context.now,
            shipments=[shipment for _row, shipment in leaving],
        )
        for row, shipment in leaving:
            made(row, self._invoice(shipment, context))

    @staticmethod
    def _invoice(shipment: PastShipment, context: ImportContext) -> SalesInvoice:
        acting: dict[str, Any] = {"user": context.user, "now": shipment.at}
        invoice = invoice_sales_order(sales_order_id=shipment.order_id, document_date=shipment.day, **acting)
        return post_sales_invoice(sales_invoice_id=invoice.pk, **acting)

    def finish(self, context: ImportContext) -> None:
        """Take on the orders that never left, with what is in stock now."""
        waiting = SalesOrder.objects.filter(
            company=context.company,
            status=OrderStatus.DRAFT,
            external_id__startswith=context.external_id(self.order_table, ""),
        )
        for order in waiting.order_by("document_date", "pk"):
            confirm_sales_order(sales_order_id=order.pk, user=context.user, now=noon(order.document_date))

    def foresee(self, rows: QuerySet[StagedRow]) -> str:
        invoices = SalesInvoice.objects.filter(pk__in=rows.values("record_id"), status=InvoiceStatus.POSTED)
        count, total = invoices.count(), invoices.aggregate(total=Sum("total_amount"))["total"] or 0
        return ngettext(
            "%(count)s posted invoice over %(total)s is credited, and its goods are taken back, both today.",
            "%(count)s posted invoices over %(total)s are credited, and their goods are taken back, all today.",
            count,
        ) % {"count": count, "total": formats.number_format(total, 2, force_grouping=True)}

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
                row.undo_note = _("%(invoice)s was reversed by credit notes.") % {"invoice": invoice}
            except DomainError as refusal:
                row.undo_note = str(refusal)

    @staticmethod
    def _take_back(invoice: SalesInvoice, today: dt.date, acting: dict[str, Any]) -> None:
        """Goods come back, which drafts their credit note; what that leaves, the freight, is credited too."""
        source = invoice.source
        deliveries = Delivery.objects.filter(order_id=source.id if source else None).prefetch_related("lines")
        for delivery in deliveries:
            wanted = [(line.pk, line.quantity - line.returned_quantity, "resale") for line in delivery.lines.all()]
            left = [entry for entry in wanted if entry[1] > 0]
            if left:
                receive_return(delivery_id=delivery.pk, lines=left, return_date=today, **acting)
        for draft in SalesInvoice.objects.filter(
            reverses=invoice, kind=InvoiceKind.CREDIT_NOTE, status=InvoiceStatus.DRAFT
        ):
            post_sales_invoice(sales_invoice_id=draft.pk, **acting)
        try:
            rest = credit_sales_invoice(
                sales_invoice_id=invoice.pk, lines=None, document_date=today, reason=_("Import undone"), **acting
            )
        except CreditExceedsInvoiceError:
            return
        post_sales_invoice(sales_invoice_id=rest.pk, **acting)


def undo_orders(rows: Sequence[StagedRow], context: ImportContext) -> None:
    """Cancel what was never shipped, leave the rest with its reason."""
    for row in rows:
        order = row.record.resolve() if row.record else None
        if not isinstance(order, SalesOrder):
            continue
        try:
            cancel_sales_order(sales_order_id=order.pk, reason=_("Import undone"), user=context.user, now=context.now)
            row.undo_note = _("%(order)s was cancelled.") % {"order": order}
        except DomainError as refusal:
            row.undo_note = str(refusal)
