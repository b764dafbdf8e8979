"""Transfers between our own locations."""

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
from erp.inventory.events import StockTransferPosted
from erp.inventory.models import StockTransfer
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

if TYPE_CHECKING:
    from core.access.models import User

NUMBERS = NumberPlan("stock_transfer", "TRF-{year}-{number:05d}")


def create_stock_transfer(
    *,
    company_id: int,
    from_location_id: int,
    to_location_id: int,
    document_date: dt.date,
    lines: Lines,
    user: "User | None",
    now: dt.datetime,
    note: str = "",
    external_id: str = "",
) -> StockTransfer:
    """A draft. Lines: item_id, quantity in the item's unit.

    :raises InvalidInputError: no lines, the same location twice, one that is not ours, a quantity that is not positive.
    """
    values = _checked(company_id, from_location_id, to_location_id, lines)
    values |= {"document_date": document_date, "note": note, "external_id": external_id}
    return create_draft(StockTransfer, company_id=company_id, user=user, now=now, values=values, lines=lines)


def update_stock_transfer(
    *,
    stock_transfer_id: int,
    from_location_id: int,
    to_location_id: int,
    document_date: dt.date,
    lines: Lines | None = None,
    user: "User | None",
    now: dt.datetime,
    note: str = "",
    expected_version: int | None = None,
) -> StockTransfer:
    """Change a draft. Lines, when given, replace the old ones.

    :raises ConflictError: somebody else changed it. :raises WrongStateError: no draft any more.
    """
    company_id = StockTransfer.objects.values_list("company_id", flat=True).get(pk=stock_transfer_id)
    values = _checked(company_id, from_location_id, to_location_id, lines or ())
    values |= {"document_date": document_date, "note": note}
    return update_draft(StockTransfer, stock_transfer_id, values=values, lines=lines, expected_version=expected_version)


def post_stock_transfer(*, stock_transfer_id: int, user: "User | None", now: dt.datetime) -> StockTransfer:
    """Move the goods: draft → posted. Twice changes nothing. Their value and its account stay.

    :raises WrongStateError: when it is cancelled.
    :raises InsufficientStockError: less is free than is to be moved.
    """
    with transaction.atomic():
        transfer = lock_record(StockTransfer, stock_transfer_id)
        if transfer.status == POSTED:
            return transfer
        TRANSITIONS.require(transfer, POSTED)
        moves = [
            MoveInput(
                line.item_id,
                line.quantity,
                transfer.from_location_id,
                transfer.to_location_id,
                line=RecordRef.of(line),
            )
            for line in transfer.lines.all()
        ]
        post_moves(
            company_id=transfer.company_id,
            move_date=transfer.document_date,
            moves=moves,
            source=RecordRef.of(transfer),
            source_number=lambda: number_of(transfer, NUMBERS),
            user=user,
            now=now,
        )
        mark_posted(transfer, NUMBERS, user=user, now=now)
        record(StockTransferPosted(transfer.pk), company_id=transfer.company_id)
    return transfer


def cancel_stock_transfer(*, stock_transfer_id: int, user: "User | None", now: dt.datetime) -> StockTransfer:
    """Drop a draft. Twice changes nothing.

    :raises WrongStateError: when it is posted.
    """
    return cancel_draft(StockTransfer, stock_transfer_id)


def _checked(company_id: int, from_location_id: int, to_location_id: int, lines: Lines) -> dict[str, object]:
    if from_location_id == to_location_id:
        raise InvalidInputError(_("A transfer needs two locations."), code="same_location", field="to_location")
    require_internal(company_id, from_location_id, to_location_id)
    if any(line["quantity"] <= Decimal(0) for line in lines):
        raise InvalidInputError(_("A quantity is more than zero."), code="quantity_not_positive", field="quantity")
    return {"from_location_id": from_location_id, "to_location_id": to_location_id}
