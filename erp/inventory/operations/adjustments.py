"""Opening stock, receipts without order, gains, losses and scrap."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.documents.records import lock_record
from core.documents.references import RecordRef
from core.documents.sequences import NumberPlan
from core.errors import InvalidInputError
from core.events.outbox import record
from erp.inventory.enums import AdjustmentKind, LocationKind, StockReason
from erp.inventory.events import StockAdjustmentPosted
from erp.inventory.models import StockAdjustment, StockAdjustmentLine
from erp.inventory.operations.drafts import (
    POSTED,
    TRANSITIONS,
    Lines,
    cancel_draft,
    create_draft,
    mark_posted,
    number_of,
    require_internal,
    update_draft,
)
from erp.inventory.posting import MoveInput, post_moves
from erp.inventory.setup import default_warehouse, location, stock_location_id

if TYPE_CHECKING:
    from core.access.models import User

NUMBERS = NumberPlan("stock_adjustment", "ADJ-{year}-{number:05d}")
OTHER_SIDE = {
    AdjustmentKind.OPENING: LocationKind.OPENING,
    AdjustmentKind.RECEIPT: LocationKind.SUPPLIER,
    AdjustmentKind.GAIN_LOSS: LocationKind.LOSS,
    AdjustmentKind.SCRAP: LocationKind.SCRAP,
}
NEEDS_REASON = (AdjustmentKind.GAIN_LOSS, AdjustmentKind.SCRAP)


def create_stock_adjustment(
    *,
    company_id: int,
    kind: str,
    document_date: dt.date,
    lines: Lines,
    user: "User | None",
    now: dt.datetime,
    location_id: int | None = None,
    reason: str = "",
    note: str = "",
    external_id: str = "",
) -> StockAdjustment:
    """A draft. Lines: item_id, quantity (in the item's unit; negative for a loss), unit_cost (optional).

    :raises InvalidInputError: no lines, a location that is not ours, a gain, loss or scrap without reason, a negative
        quantity where goods only come in.
    """
    location_id = location_id or stock_location_id(default_warehouse(company_id))
    values = _checked(company_id, kind, location_id, reason, lines)
    values |= {"document_date": document_date, "note": note, "external_id": external_id}
    return create_draft(StockAdjustment, company_id=company_id, user=user, now=now, values=values, lines=lines)


def update_stock_adjustment(
    *,
    stock_adjustment_id: int,
    kind: str,
    location_id: int,
    document_date: dt.date,
    lines: Lines | None = None,
    user: "User | None",
    now: dt.datetime,
    reason: str = "",
    note: str = "",
    expected_version: int | None = None,
) -> StockAdjustment:
    """Change a draft. Lines, when given, replace the old ones.

    :raises ConflictError: somebody else changed it. :raises WrongStateError: no draft any more.
    :raises InvalidInputError: as at creation.
    """
    company_id = StockAdjustment.objects.values_list("company_id", flat=True).get(pk=stock_adjustment_id)
    values = _checked(company_id, kind, location_id, reason, lines or ()) | {
        "document_date": document_date,
        "note": note,
    }
    return update_draft(
        StockAdjustment, stock_adjustment_id, values=values, lines=lines, expected_version=expected_version
    )


def post_stock_adjustment(*, stock_adjustment_id: int, user: "User | None", now: dt.datetime) -> StockAdjustment:
    """Make the moves and the entry: draft → posted. Twice changes nothing.

    P8: gain Dr Inventory Cr Inventory difference, loss and scrap the other way round; opening stock Cr Opening
    balances; a receipt Cr GRNI.

    :raises WrongStateError: when it is cancelled.
    :raises InsufficientStockError: a loss or scrap of what is not there.
    :raises PeriodClosedError: the period of its date is closed.
    """
    with transaction.atomic():
        adjustment = lock_record(StockAdjustment, stock_adjustment_id)
        if adjustment.status == POSTED:
            return adjustment
        TRANSITIONS.require(adjustment, POSTED)
        other = location(adjustment.company_id, OTHER_SIDE[AdjustmentKind(adjustment.kind)]).pk
        post_moves(
            company_id=adjustment.company_id,
            move_date=adjustment.document_date,
            moves=[_move(adjustment, line, other) for line in adjustment.lines.all()],
            source=RecordRef.of(adjustment),
            source_number=lambda: number_of(adjustment, NUMBERS),
            user=user,
            now=now,
        )
        mark_posted(adjustment, NUMBERS, user=user, now=now)
        record(StockAdjustmentPosted(adjustment.pk), company_id=adjustment.company_id)
    return adjustment


def cancel_stock_adjustment(*, stock_adjustment_id: int, user: "User | None", now: dt.datetime) -> StockAdjustment:
    """Drop a draft. Twice changes nothing.

    :raises WrongStateError: when it is posted.
    """
    return cancel_draft(StockAdjustment, stock_adjustment_id)


def post_opening_stock(
    *,
    company_id: int,
    document_date: dt.date,
    lines: Lines,
    user: "User | None",
    now: dt.datetime,
    location_id: int | None = None,
    external_id: str = "",
) -> StockAdjustment:
    """Opening stock in one act: Dr Inventory Cr Opening balances.

    :raises DomainError: as creating and posting an adjustment.
    """
    with transaction.atomic():
        draft = create_stock_adjustment(
            company_id=company_id,
            kind=AdjustmentKind.OPENING,
            document_date=document_date,
            lines=lines,
            user=user,
            now=now,
            location_id=location_id,
            external_id=external_id,
        )
        return post_stock_adjustment(stock_adjustment_id=draft.pk, user=user, now=now)


def _move(adjustment: StockAdjustment, line: StockAdjustmentLine, other: int) -> MoveInput:
    outward = line.quantity < 0 or adjustment.kind == AdjustmentKind.SCRAP
    source, target = (adjustment.location_id, other) if outward else (other, adjustment.location_id)
    return MoveInput(
        line.item_id,
        abs(line.quantity),
        source,
        target,
        unit_cost=None if outward else line.unit_cost,
        line=RecordRef.of(line),
    )


def _checked(company_id: int, kind: str, location_id: int, reason: str, lines: Lines) -> dict[str, object]:
    require_internal(company_id, location_id)
    if kind in NEEDS_REASON and reason not in StockReason.values:
        raise InvalidInputError(_("Say why stock is corrected."), code="reason_missing", field="reason")
    if kind != AdjustmentKind.GAIN_LOSS and any(line["quantity"] <= Decimal(0) for line in lines):
        raise InvalidInputError(
            _("Only a gain or loss may have a negative quantity."), code="quantity_not_positive", field="quantity"
        )
    return {"kind": kind, "location_id": location_id, "reason": reason}
