"""What orders do when an invoice is posted: count it on their lines, and move the cost of its goods (P4, P6)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.access.models import User
from core.fields import ZERO
from core.jobs.schedules import every
from erp.inventory import supply_points
from erp.invoicing.consequences import sales_invoice_posting
from erp.invoicing.enums import InvoiceStatus
from erp.invoicing.models import SalesInvoice, SalesInvoiceLine
from erp.orders.cogs import cogs_lines
from erp.orders.enums import RETURN_STATES, ReturnStatus
from erp.orders.locking import lock_orders_of_lines, order_lines, save_rows, shipped_lines
from erp.orders.matching import Matched, ahead, match, unmatch
from erp.orders.models import DeliveryLine, SalesOrderLine, SalesReturn
from erp.orders.operations.answers import expire_quotations
from erp.orders.operations.deliveries import save_states
from erp.orders.parts import LINE
from erp.orders.queries import outgoing_quantities

MATCHED = ("invoiced_quantity", "invoiced_cost")


def connect() -> None:
    """Register what this app does at the points of lower apps. Called once, when Django starts."""
    sales_invoice_posting.register(count_invoice)
    supply_points.register("outgoing", outgoing_quantities)
    every(dt.timedelta(hours=1), "orders.expire_quotations", _expire)


def _expire(now: dt.datetime) -> None:
    expire_quotations(now=now)


def count_invoice(
    *, invoice: SalesInvoice, lines: Sequence[SalesInvoiceLine], entry: Any, user: User | None, now: dt.datetime
) -> None:
    """Within the posting of an invoice or credit note: its quantities go onto the order's lines, and the cost of
    delivered goods moves between goods delivered, not invoiced, and cost of goods sold, as lines of the invoice's own
    entry."""
    quantities = _by_order_line(lines)
    if quantities:
        _count(invoice, quantities, entry)
    if invoice.is_credit_note and invoice.source is not None:
        _credit_return(invoice)


def _by_order_line(lines: Sequence[SalesInvoiceLine]) -> dict[int, Decimal]:
    """Order line → quantity; a credit note's line stands for the line it credits."""
    found: dict[int, Decimal] = {}
    for line in lines:
        source = line.credited_line.source if line.credited_line is not None else line.source
        if source is not None and source.label == LINE:
            found[source.id] = found.get(source.id, ZERO) + line.quantity
    return found


def _count(invoice: SalesInvoice, quantities: Mapping[int, Decimal], entry: Any) -> None:
    orders = lock_orders_of_lines(list(quantities))
    rows = order_lines(orders)
    touched = [line for line in rows if line.pk in quantities]
    deliveries = shipped_lines([line.pk for line in touched if line.needs_delivery])
    minor_unit = invoice.company.currency.quantum
    matched: list[Matched] = []
    for line in touched:
        goods = deliveries.get(line.pk, [])
        if invoice.is_credit_note:
            matched += _take_back(line, goods, quantities[line.pk], minor_unit)
        else:
            matched += _take_in(line, goods, quantities[line.pk], minor_unit)
    categories = {line.pk: line.item.category_id for line in touched if line.item is not None}
    entry.delivered_on.update(one.line.delivery.document_date for one in matched if one.quantity > 0)
    for day, goods_of_day in _by_day(matched, entry.day).items():
        entry.add(*cogs_lines(goods_of_day, categories, entry.book), on=day)
    save_rows([one.line for one in matched], *MATCHED)
    save_rows(touched, "invoiced_quantity", "credited_quantity")
    for order in orders:
        save_states(order, [line for line in rows if line.order_id == order.pk])


def _by_day(matched: Sequence[Matched], day: dt.date) -> dict[dt.date, list[Matched]]:
    """Cost of goods that left after the invoice's day belongs to the day they left: no cost before its goods move."""
    found: dict[dt.date, list[Matched]] = {}
    for one in matched:
        found.setdefault(max(day, one.line.delivery.document_date), []).append(one)
    return found


def _take_in(
    line: SalesOrderLine, goods: Sequence[DeliveryLine], quantity: Decimal, minor_unit: Decimal
) -> list[Matched]:
    """An invoice: delivered goods are matched, what is not delivered yet waits ahead."""
    line.invoiced_quantity += quantity
    return match(goods, ahead(line, goods), minor_unit=minor_unit) if line.needs_delivery else []


def _take_back(
    line: SalesOrderLine, goods: Sequence[DeliveryLine], quantity: Decimal, minor_unit: Decimal
) -> list[Matched]:
    """A credit note: for goods that came back their cost was moved when they did. For the rest the invoice is taken
    back: first what ran ahead of delivery, then goods that the customer keeps, which are then delivered and not
    invoiced."""
    if not line.needs_delivery:
        line.invoiced_quantity -= quantity
        return []
    returned = sum((row.returned_invoiced_quantity for row in goods), ZERO) - line.credited_quantity
    for_returned = min(quantity, max(returned, ZERO))
    line.credited_quantity += for_returned
    quantity -= for_returned
    was_ahead = min(quantity, max(ahead(line, goods), ZERO))
    line.invoiced_quantity -= quantity
    return unmatch(goods, quantity - was_ahead, minor_unit=minor_unit)


def _credit_return(credit_note: SalesInvoice) -> None:
    """A return is credited once none of its credit notes waits as a draft."""
    source = credit_note.source
    if source is None or source.label != SalesReturn._meta.label_lower:
        return
    others = SalesInvoice.objects.filter(source_label=source.label, source_id=source.id, status=InvoiceStatus.DRAFT)
    if others.exclude(pk=credit_note.pk).exists():
        return
    sales_return = SalesReturn.objects.select_for_update(of=("self",)).get(pk=source.id)
    if sales_return.status != ReturnStatus.CREDITED:
        RETURN_STATES.require(sales_return, ReturnStatus.CREDITED)
        sales_return.status = ReturnStatus.CREDITED
        sales_return.version += 1
        sales_return.save(update_fields=["status", "version", "updated_at"])
