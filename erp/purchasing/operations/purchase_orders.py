"""Purchase orders: written, changed, confirmed, cancelled."""

import datetime as dt
from typing import Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from core.access.models import User
from core.catalog.lines import LineData
from core.company.models import Company
from core.company.queries import local_date
from core.documents.sequences import NumberPlan, draw_number
from core.errors import WrongStateError
from core.events.outbox import record
from erp.inventory.setup import default_warehouse
from erp.purchasing.enums import (
    PURCHASE_ORDER_STATES,
    RECEIPT_STATES,
    PurchaseOrderStatus,
    ReceiptStatus,
)
from erp.purchasing.errors import GoodsReceivedError
from erp.purchasing.events import PurchaseOrderCancelled, PurchaseOrderConfirmed
from erp.purchasing.locking import lock_order, order_lines
from erp.purchasing.models import PurchaseOrder, PurchaseOrderLine
from erp.purchasing.operations.drafting import (
    Lines,
    PurchaseHeader,
    attach,
    changed_values,
    currency_for,
    head_values,
    price_draft,
    read_supplier,
)
from erp.purchasing.papers import freeze_purchase_order
from erp.purchasing.states import receipt_state

NUMBERS = NumberPlan("purchase_order", "PO-{year}-{number:05d}")


def create_purchase_order(
    *,
    company_id: int,
    party_id: int,
    lines: Lines,
    user: User | None,
    now: dt.datetime,
    document_date: dt.date | None = None,
    currency_id: str | None = None,
    external_id: str = "",
    **header: Unpack[PurchaseHeader],
) -> PurchaseOrder:
    """Write a draft order. A line without price takes the supplier's last one, else the item's expected cost.

    :raises InvalidInputError: no such supplier, or a line that cannot be priced or kept in stock.
    """
    with transaction.atomic():
        company = Company.objects.select_related("currency").get(pk=company_id)
        party = read_supplier(company_id, party_id)
        day = document_date or local_date(company, now)
        currency = currency_for(company, party, currency_id)
        draft = price_draft(lines, company=company, party=party, on=day, currency=currency)
        order = PurchaseOrder(
            company=company,
            party=party,
            document_date=day,
            currency=currency,
            created_by=user,
            external_id=external_id,
            **head_values(party, user, header),
        )
        order.receipt_state = receipt_state(draft.lines)
        order.take_totals(draft.priced)
        order.save(force_insert=True)
        attach(order, draft.lines)
    return order


def update_purchase_order(
    *,
    purchase_order_id: int,
    user: User | None,
    now: dt.datetime,
    expected_version: int | None = None,
    party_id: int | None = None,
    document_date: dt.date | None = None,
    currency_id: str | None = None,
    lines: Lines | None = None,
    **header: Unpack[PurchaseHeader],
) -> PurchaseOrder:
    """Change a draft. Lines that are given replace the stored ones; amounts are computed anew.

    :raises WrongStateError: it is confirmed or cancelled. :raises ConflictError: somebody else changed it.
    :raises InvalidInputError: as at creation.
    """
    with transaction.atomic():
        order = lock_order(purchase_order_id, expected_version=expected_version)
        if order.status != PurchaseOrderStatus.DRAFT:
            raise WrongStateError(
                _("%(order)s is %(status)s and can no longer be changed.")
                % {"order": order, "status": order.get_status_display()},
                hint=_("Cancel it and make a new order, as long as nothing has been received."),
            )
        company = Company.objects.select_related("currency").get(pk=order.company_id)
        party = read_supplier(company.pk, party_id or order.party_id)
        order.party, order.document_date = party, document_date or order.document_date
        order.currency = currency_for(company, party, currency_id or order.currency_id)
        kept = [_as_data(line) for line in order.lines.all()] if lines is None else lines
        draft = price_draft(kept, company=company, party=party, on=order.document_date, currency=order.currency)
        for name, value in changed_values(header).items():
            setattr(order, name, value)
        order.receipt_state = receipt_state(draft.lines)
        order.take_totals(draft.priced)
        order.version += 1
        order.save()
        order.lines.all().delete()
        attach(order, draft.lines)
    return order


def confirm_purchase_order(*, purchase_order_id: int, user: User | None, now: dt.datetime) -> PurchaseOrder:
    """Order it: draft → confirmed, with its number. Twice changes nothing.

    :raises WrongStateError: it is cancelled.
    :raises InvalidInputError: goods are ordered and the company has no warehouse.
    """
    with transaction.atomic():
        order = lock_order(purchase_order_id)
        if order.status in (PurchaseOrderStatus.CONFIRMED, PurchaseOrderStatus.DONE):
            return order
        PURCHASE_ORDER_STATES.require(order, PurchaseOrderStatus.CONFIRMED)
        lines = order_lines([order], "unit")
        if order.warehouse_id is None and any(line.needs_receipt for line in lines):
            order.warehouse = default_warehouse(order.company_id)
        order.status = PurchaseOrderStatus.CONFIRMED
        order.confirmed_at, order.confirmed_by = now, user
        order.version += 1
        order.number = draw_number(NUMBERS, company_id=order.company_id, on=order.document_date)
        order.save()
        freeze_purchase_order(order, lines)
        record(PurchaseOrderConfirmed(order.pk), company_id=order.company_id)
    return order


def cancel_purchase_order(*, purchase_order_id: int, user: User | None, now: dt.datetime) -> PurchaseOrder:
    """Call it off: draft or confirmed → cancelled, as long as nothing was received or invoiced. Twice changes nothing.

    Receipts that are still expected are cancelled with it.

    :raises GoodsReceivedError: goods have arrived, or were invoiced.
    :raises WrongStateError: it is done.
    """
    with transaction.atomic():
        order = lock_order(purchase_order_id)
        if order.status == PurchaseOrderStatus.CANCELLED:
            return order
        if any(line.received_quantity or line.invoiced_quantity for line in order_lines([order])):
            raise GoodsReceivedError(
                _("%(order)s is partly received or invoiced.") % {"order": order},
                hint=_("Receive what is left, or have the supplier credit it."),
            )
        PURCHASE_ORDER_STATES.require(order, PurchaseOrderStatus.CANCELLED)
        for receipt in order.receipts.filter(status=ReceiptStatus.DRAFT):
            RECEIPT_STATES.require(receipt, ReceiptStatus.CANCELLED)
            receipt.status = ReceiptStatus.CANCELLED
            receipt.version += 1
            receipt.save(update_fields=["status", "version", "updated_at"])
        order.status = PurchaseOrderStatus.CANCELLED
        order.version += 1
        order.save(update_fields=["status", "version", "updated_at"])
        record(PurchaseOrderCancelled(order.pk), company_id=order.company_id)
    return order


def _as_data(line: PurchaseOrderLine) -> LineData:
    return LineData(
        item_id=line.item_id,
        quantity=line.quantity,
        description=line.description,
        unit_id=line.unit_id,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_set_id=line.tax_set_id,
    )
