"""Deals of the past, in bulk: as they ended, with their stage log, without the consequences of winning."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from crm.pipeline.enums import DealStatus
from crm.pipeline.models import CloseReason, Deal, DealLine, Stage, StageLog

if TYPE_CHECKING:
    from core.access.models import User

BATCH = 1000
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDeal:
    """A deal as another system kept it.

    :ivar stage: where it is, or was when it was closed.
    :ivar closed_at: set for won and lost deals, empty for open ones.
    :ivar item_id: what it sold, once, for its amount.
    """

    external_id: str
    title: str
    stage: Stage
    status: DealStatus
    amount: Decimal
    currency_id: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None = None
    party_id: int | None = None
    owner_id: int | None = None
    team_id: int | None = None
    item_id: int | None = None
    unit_id: int | None = None
    item_name: str = ""
    close_reason: CloseReason | None = None


def import_deals(
    *, company_id: int, deals: Sequence[PastDeal], user: "User | None", now: dt.datetime
) -> dict[str, Deal]:
    """Write deals with their lines and stage log in a few statements, whatever their number. A won one makes no order:
    that happened elsewhere. External ids that are there already are left alone.

    :returns: external id → deal, the ones that were there included.
    """
    with transaction.atomic():
        wanted = [deal.external_id for deal in deals]
        known = {deal.external_id: deal for deal in Deal.objects.filter(company_id=company_id, external_id__in=wanted)}
        new = [deal for deal in deals if deal.external_id not in known]
        rows = [_deal(deal, company_id, user, place) for place, deal in enumerate(new)]
        Deal.objects.bulk_create(rows, batch_size=BATCH)
        DealLine.objects.bulk_create(_lines(zip(new, rows, strict=True)), batch_size=BATCH)
        StageLog.objects.bulk_create(_log(zip(new, rows, strict=True), user), batch_size=BATCH)
    return known | {row.external_id: row for row in rows}


def _deal(deal: PastDeal, company_id: int, user: "User | None", place: int) -> Deal:
    probabilities = {DealStatus.WON: HUNDRED, DealStatus.LOST: Decimal(0)}
    return Deal(
        company_id=company_id,
        created_by=user,
        external_id=deal.external_id,
        title=deal.title,
        party_id=deal.party_id,
        pipeline_id=deal.stage.pipeline_id,
        stage=deal.stage,
        status=deal.status,
        amount=deal.amount,
        currency_id=deal.currency_id,
        probability=probabilities.get(deal.status, deal.stage.probability),
        opened_at=deal.opened_at,
        stage_since=deal.closed_at or deal.opened_at,
        closed_at=deal.closed_at,
        close_reason=deal.close_reason,
        last_open_stage=deal.stage if deal.closed_at else None,
        owner_id=deal.owner_id,
        team_id=deal.team_id,
        board_position=Decimal(place),
    )


def _lines(pairs: Iterable[tuple[PastDeal, Deal]]) -> list[DealLine]:
    return [
        DealLine(
            company_id=row.company_id,
            deal=row,
            position=1,
            item_id=deal.item_id,
            description=deal.item_name,
            unit_id=deal.unit_id,
            quantity=Decimal(1),
            unit_price=deal.amount,
            net_amount=deal.amount,
        )
        for deal, row in pairs
        if deal.item_id is not None
    ]


def _log(pairs: Iterable[tuple[PastDeal, Deal]], user: "User | None") -> list[StageLog]:
    """One entry when it was opened, one when it was closed."""
    entries = []
    for deal, row in pairs:
        common = {"company_id": row.company_id, "deal": row, "to_stage": deal.stage, "by": user, "amount": deal.amount}
        entries.append(
            StageLog(status=DealStatus.OPEN, at=deal.opened_at, probability=deal.stage.probability, **common)
        )
        if deal.closed_at is not None:
            seconds = int((deal.closed_at - deal.opened_at).total_seconds())
            entries.append(
                StageLog(
                    from_stage=deal.stage,
                    status=deal.status,
                    at=deal.closed_at,
                    seconds=seconds,
                    probability=row.probability,
                    **common,
                )
            )
    return entries
