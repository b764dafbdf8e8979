"""Goods that arrive: an expected receipt, its posting into stock, its cancellation."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.access.models import User
from core.catalog.models import Unit
from core.catalog.pricing.rounding import rounded
from core.company.models import Company
from core.company.queries import exchange_rate, local_date
from core.documents.records import lock_record
from core.documents.references import RecordRef
from core.documents.sequences import NumberPlan, draw_number
from core.errors import InvalidInputError, WrongStateError
from core.events.outbox import record
from core.fields import ZERO
from erp.inventory.enums import LocationKind
from erp.inventory.posting import MoveInput, post_moves
from erp.inventory.setup import default_warehouse, location, stock_location_id
from erp.inventory.units import in_stock_unit
from erp.purchasing.enums import RECEIPT_STATES, PurchaseOrderStatus, ReceiptStatus
from erp.purchasing.errors import NothingToReceiveError, OverReceiptError
from erp.purchasing.events import ReceiptPosted
from erp.purchasing.locking import lock_order, lock_order_of_receipt, order_lines
from erp.purchasing.matching import part, take_ahead
from erp.purchasing.models import PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine
from erp.purchasing.states import save_states

NUMBERS = NumberPlan("receipt", "REC-{year}-{number:05d}")
Given = Iterable[Mapping[str, Any] | tuple[int, Decimal]]


def receive_purchase_order(
    *,
    purchase_order_id: int,
    user: User | None,
    now: dt.datetime,
    document_date: dt.date | None = None,
    lines: Given | None = None,
    reference: str = "",
    external_id: str = "",
) -> Receipt:
    """A draft receipt of a confirmed order: of everything that is still to come and on no other draft, or of the lines
    given as (order line id, quantity) or mappings with `order_line_id` and `quantity`.

    :raises WrongStateError: the order is not confirmed.
    :raises NothingToReceiveError: nothing is left. :raises OverReceiptError: more than was ordered and is tolerated.
    """
    with transaction.atomic():
        order = lock_order(purchase_order_id)
        if order.status != PurchaseOrderStatus.CONFIRMED:
            raise WrongStateError(
                _("%(order)s is %(status)s; only goods of a confirmed order are received.")
                % {"order": order, "status": order.get_status_display()},
                params={"status": order.status},
            )
        known = {line.pk: line for line in order_lines([order]) if line.needs_receipt}
        wanted = _remaining(known) if lines is None else _asked(lines, known)
        if not wanted:
            raise NothingToReceiveError(_("Nothing of %(order)s is left to receive.") % {"order": order})
        _require_within(order, known, wanted)
        receipt = Receipt.objects.create(
            company_id=order.company_id,
            party_id=order.party_id,
            currency_id=order.currency_id,
            order=order,
            document_date=document_date or local_date(order.company, now),
            warehouse=order.warehouse or default_warehouse(order.company_id),
            reference=reference,
            external_id=external_id,
            owner=user,
            created_by=user,
        )
        _write_lines(receipt, known, wanted)
    return receipt


def create_receipt(
    *,
    company_id: int,
    order_id: int,
    user: User | None,
    now: dt.datetime,
    document_date: dt.date | None = None,
    warehouse_id: int | None = None,
    lines: Given | None = None,
    reference: str = "",
    external_id: str = "",
) -> Receipt:
    """A draft receipt of an order, as `receive_purchase_order`; without lines it takes everything that is to come.

    :raises InvalidInputError: the order is not one of the company.
    """
    if not PurchaseOrder.objects.filter(company_id=company_id, pk=order_id).exists():
        raise InvalidInputError(_("Choose a purchase order."), code="unknown_order", field="order")
    with transaction.atomic():
        receipt = receive_purchase_order(
            purchase_order_id=order_id,
            user=user,
            now=now,
            document_date=document_date,
            lines=list(lines or ()) or None,
            reference=reference,
            external_id=external_id,
        )
        if warehouse_id is not None and warehouse_id != receipt.warehouse_id:
            receipt = update_receipt(receipt_id=receipt.pk, user=user, now=now, warehouse_id=warehouse_id)
    return receipt


def update_receipt(
    *,
    receipt_id: int,
    user: User | None,
    now: dt.datetime,
    lines: Given | None = None,
    expected_version: int | None = None,
    **values: Any,
) -> Receipt:
    """Change a draft: its date, warehouse, reference, and its lines, which replace the old ones.

    :raises WrongStateError: it is posted or cancelled. :raises ConflictError: somebody else changed it.
    :raises OverReceiptError: more than was ordered and is tolerated.
    """
    with transaction.atomic():
        order = lock_order_of_receipt(receipt_id)
        receipt = lock_record(Receipt, receipt_id, expected_version=expected_version)
        if receipt.status != ReceiptStatus.DRAFT:
            raise WrongStateError(
                _("%(receipt)s is %(status)s and can no longer be changed.")
                % {"receipt": receipt, "status": receipt.get_status_display()}
            )
        for name in ("document_date", "warehouse_id", "reference"):
            if values.get(name) is not None:
                setattr(receipt, name, values[name])
        receipt.version += 1
        receipt.save()
        if lines is not None:
            known = {line.pk: line for line in order_lines([order]) if line.needs_receipt}
            wanted = _asked(lines, known)
            _require_within(order, known, wanted)
            receipt.lines.all().delete()
            _write_lines(receipt, known, wanted)
    return receipt


def post_receipt(*, receipt_id: int, user: User | None, now: dt.datetime) -> Receipt:
    """Take the goods into stock: draft → posted. Twice changes nothing.

    P1: Dr Inventory q·c Cr GRNI q·p with c = p, the order's net price at the rate of the receipt's date. Goods that
    were invoiced before they came enter at what they were invoiced for.

    :raises OverReceiptError: more than was ordered and is tolerated.
    :raises WrongStateError: it is cancelled. :raises PeriodClosedError: the period of its date is closed.
    """
    with transaction.atomic():
        order = lock_order_of_receipt(receipt_id)
        receipt = lock_record(Receipt, receipt_id)
        if receipt.status == ReceiptStatus.POSTED:
            return receipt
        RECEIPT_STATES.require(receipt, ReceiptStatus.POSTED)
        lines, every = list(receipt.lines.all()), order_lines([order])
        known = {line.pk: line for line in every}
        _require_within(order, known, {line.order_line_id: line.quantity for line in lines})
        _value_lines(order, receipt, lines, known)
        moves = _post(receipt, lines, user=user, now=now)
        by_line = {move.line_id: move for move in moves}
        for line in lines:
            line.move = by_line.get(line.pk)
        ReceiptLine.objects.bulk_update(lines, ["value", "invoiced_quantity", "invoiced_value", "move"])
        PurchaseOrderLine.objects.bulk_update(every, ["received_quantity", "ahead_quantity", "ahead_amount"])
        receipt.status, receipt.posted_at, receipt.posted_by = ReceiptStatus.POSTED, now, user
        receipt.version += 1
        receipt.save()
        save_states(order, every)
        record(ReceiptPosted(receipt.pk), company_id=receipt.company_id)
    return receipt


def cancel_receipt(*, receipt_id: int, user: User | None, now: dt.datetime) -> Receipt:
    """Drop an expected receipt. Twice changes nothing.

    :raises WrongStateError: it is posted.
    """
    with transaction.atomic():
        lock_order_of_receipt(receipt_id)
        receipt = lock_record(Receipt, receipt_id)
        if receipt.status == ReceiptStatus.CANCELLED:
            return receipt
        RECEIPT_STATES.require(receipt, ReceiptStatus.CANCELLED)
        receipt.status = ReceiptStatus.CANCELLED
        receipt.version += 1
        receipt.save(update_fields=["status", "version", "updated_at"])
    return receipt


def _post(receipt: Receipt, lines: Sequence[ReceiptLine], *, user: User | None, now: dt.datetime) -> list[Any]:
    supplier = location(receipt.company_id, LocationKind.SUPPLIER).pk
    target = stock_location_id(receipt.warehouse)

    def draw() -> str:
        receipt.number = draw_number(NUMBERS, company_id=receipt.company_id, on=receipt.document_date)
        return receipt.number

    return post_moves(
        company_id=receipt.company_id,
        move_date=receipt.document_date,
        moves=[
            MoveInput(line.item_id, line.stock_quantity, supplier, target, value=line.value, line=RecordRef.of(line))
            for line in lines
        ],
        source=RecordRef.of(receipt),
        source_number=draw,
        user=user,
        now=now,
    )


def _value_lines(
    order: PurchaseOrder, receipt: Receipt, lines: Sequence[ReceiptLine], known: Mapping[int, PurchaseOrderLine]
) -> None:
    """Value of each line in the company's currency, what was invoiced ahead, and the order's received quantity."""
    company = Company.objects.select_related("currency").get(pk=order.company_id)
    rate = exchange_rate(company, order.currency_id, receipt.document_date)
    quantum = company.currency.quantum
    for line in lines:
        ordered = known[line.order_line_id]
        ahead, ahead_value = take_ahead(ordered, line.quantity, quantum=quantum)
        before = ordered.received_quantity
        ordered.received_quantity += line.quantity
        # The order's net is shared out over what has come so far, so that partial receipts add up to it.
        upto = part(ordered.net_amount, ordered.received_quantity, ordered.quantity, order.currency.quantum)
        earlier = part(ordered.net_amount, before + ahead, ordered.quantity, order.currency.quantum)
        line.value = ahead_value + rounded((upto - earlier) * rate, quantum)
        line.invoiced_quantity, line.invoiced_value = ahead, ahead_value


def _remaining(known: Mapping[int, PurchaseOrderLine]) -> dict[int, Decimal]:
    """What is still to come and on no draft receipt."""
    drafts = ReceiptLine.objects.filter(order_line__in=known, receipt__status=ReceiptStatus.DRAFT)
    left = {pk: line.to_receive for pk, line in known.items()}
    for pk, quantity in drafts.values_list("order_line_id", "quantity"):
        left[pk] -= quantity
    return {pk: quantity for pk, quantity in left.items() if quantity > 0}


def _asked(given: Given, known: Mapping[int, PurchaseOrderLine]) -> dict[int, Decimal]:
    """:raises InvalidInputError: a line that is not one of the order's goods, named twice, or with a wrong quantity."""
    wanted: dict[int, Decimal] = {}
    for one in given:
        pk, quantity = (one["order_line_id"], one["quantity"]) if isinstance(one, Mapping) else one
        if pk not in known:
            raise InvalidInputError(_("Choose a line of the order."), code="unknown_line", field="lines")
        if pk in wanted:
            raise InvalidInputError(_("A line is named twice."), code="duplicate_line", field="lines")
        if quantity is None or quantity < 0:
            raise InvalidInputError(_("A quantity is more than zero."), code="invalid_quantity", field="lines")
        wanted[pk] = quantity
    return {pk: quantity for pk, quantity in wanted.items() if quantity}


def _require_within(
    order: PurchaseOrder, known: Mapping[int, PurchaseOrderLine], wanted: Mapping[int, Decimal]
) -> None:
    for pk, quantity in wanted.items():
        line = known[pk]
        limit = line.quantity * (100 + order.over_receipt_percent) / 100
        if line.received_quantity + quantity > limit:
            raise OverReceiptError(
                _("%(item)s: %(quantity)s would be received, %(left)s are left to receive.")
                % {
                    "item": line.item,
                    "quantity": f"{quantity.normalize():f}",
                    "left": f"{max(limit - line.received_quantity, ZERO).normalize():f}",
                },
                field="lines",
                hint=_("Receive what was ordered, or raise the order's tolerance."),
            )


def _write_lines(receipt: Receipt, known: Mapping[int, PurchaseOrderLine], wanted: Mapping[int, Decimal]) -> None:
    rows = [(line, line.item, wanted[pk]) for pk, line in known.items() if pk in wanted and line.item is not None]
    ids = {unit for line, item, _quantity in rows for unit in (line.unit_id, item.unit_id) if unit is not None}
    units = Unit.objects.in_bulk(ids)
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            company_id=receipt.company_id,
            receipt=receipt,
            position=position,
            order_line=line,
            item=item,
            quantity=quantity,
            stock_quantity=in_stock_unit(quantity, line.unit_id, item, units),
        )
        for position, (line, item, quantity) in enumerate(rows, 1)
    )
