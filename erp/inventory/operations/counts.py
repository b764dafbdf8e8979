"""Stock counts: what was counted against what the book says."""

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
from erp.inventory.enums import LocationKind
from erp.inventory.events import StockCountPosted
from erp.inventory.models import StockCount, StockCountLine
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
from erp.inventory.posting.locks import lock_existing_levels
from erp.inventory.setup import default_warehouse, location, stock_location_id

if TYPE_CHECKING:
    from core.access.models import User

NUMBERS = NumberPlan("stock_count", "CNT-{year}-{number:05d}")


def create_stock_count(
    *,
    company_id: int,
    document_date: dt.date,
    lines: Lines,
    user: "User | None",
    now: dt.datetime,
    location_id: int | None = None,
    note: str = "",
    external_id: str = "",
) -> StockCount:
    """A draft. Lines: item_id, counted_quantity (None: not counted).

    :raises InvalidInputError: no lines, an item twice, or a location that is not ours.
    """
    location_id = location_id or stock_location_id(default_warehouse(company_id))
    values = _checked(company_id, location_id, lines)
    values |= {"document_date": document_date, "note": note, "external_id": external_id}
    return create_draft(StockCount, company_id=company_id, user=user, now=now, values=values, lines=lines)


def update_stock_count(
    *,
    stock_count_id: int,
    location_id: int,
    document_date: dt.date,
    lines: Lines | None = None,
    user: "User | None",
    now: dt.datetime,
    note: str = "",
    expected_version: int | None = None,
) -> StockCount:
    """Change a draft. Lines, when given, replace the old ones.

    :raises ConflictError: somebody else changed it. :raises WrongStateError: no draft any more.
    """
    company_id = StockCount.objects.values_list("company_id", flat=True).get(pk=stock_count_id)
    values = _checked(company_id, location_id, lines or ()) | {"document_date": document_date, "note": note}
    return update_draft(StockCount, stock_count_id, values=values, lines=lines, expected_version=expected_version)


def post_stock_count(*, stock_count_id: int, user: "User | None", now: dt.datetime) -> StockCount:
    """Move the differences: draft → posted. Twice changes nothing.

    The difference is taken to what is on hand at the moment of posting, under the level's lock. P8: gain Dr Inventory
    Cr Inventory difference, at the present cost; loss the other way round.

    :raises WrongStateError: when it is cancelled.
    :raises InsufficientStockError: fewer were counted than are reserved.
    :raises PeriodClosedError: the period of its date is closed.
    """
    with transaction.atomic():
        count = lock_record(StockCount, stock_count_id)
        if count.status == POSTED:
            return count
        TRANSITIONS.require(count, POSTED)
        lines = list(count.lines.all())
        levels = lock_existing_levels({line.item_id for line in lines}, [count.location_id])
        for line in lines:
            level = levels.get((line.item_id, count.location_id))
            line.expected_quantity = level.on_hand if level else Decimal(0)
        StockCountLine.objects.bulk_update(lines, ["expected_quantity"])
        other = location(count.company_id, LocationKind.LOSS).pk
        post_moves(
            company_id=count.company_id,
            move_date=count.document_date,
            moves=[move for line in lines if (move := _difference(count, line, other))],
            source=RecordRef.of(count),
            source_number=lambda: number_of(count, NUMBERS),
            user=user,
            now=now,
        )
        mark_posted(count, NUMBERS, user=user, now=now)
        record(StockCountPosted(count.pk), company_id=count.company_id)
    return count


def cancel_stock_count(*, stock_count_id: int, user: "User | None", now: dt.datetime) -> StockCount:
    """Drop a draft. Twice changes nothing.

    :raises WrongStateError: when it is posted.
    """
    return cancel_draft(StockCount, stock_count_id)


def _difference(count: StockCount, line: StockCountLine, other: int) -> MoveInput | None:
    """The move of a line; none when it was not counted or is as expected."""
    difference = line.difference
    if not difference:
        return None
    source, target = (count.location_id, other) if difference < 0 else (other, count.location_id)
    return MoveInput(line.item_id, abs(difference), source, target, line=RecordRef.of(line))


def _checked(company_id: int, location_id: int, lines: Lines) -> dict[str, object]:
    require_internal(company_id, location_id)
    items = [line["item_id"] for line in lines]
    if len(set(items)) != len(items):
        raise InvalidInputError(_("An item stands on two lines."), code="item_twice", field="item")
    if any((line.get("counted_quantity") or 0) < 0 for line in lines):
        raise InvalidInputError(
            _("A counted quantity is not negative."), code="quantity_negative", field="counted_quantity"
        )
    return {"location_id": location_id}
