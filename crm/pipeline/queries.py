"""Figures of the pipeline. Each takes the deals it is about, so that the caller's policy decides which those are:
`funnel(deals=scoped(user, company_deals(company_id)), ...)`. Amounts are in the company's currency."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Avg,
    Case,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Now

from crm.pipeline.enums import DealStatus, RotState
from crm.pipeline.models import Deal, Stage, StageLog

ZERO = Decimal(0)
ROTTEN_AFTER = Decimal("1.5")
SECONDS_A_DAY = 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFigures:
    """A stage with the open deals in it.

    :ivar weighted: sum of amount times probability.
    """

    stage_id: int
    name: str
    probability: Decimal
    count: int
    amount: Decimal
    weighted: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """How many deals reached a stage, and which share of them went on to the next."""

    stage_id: int
    name: str
    count: int
    amount: Decimal
    went_on: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WinRate:
    """:ivar rate: won per closed, from 0 to 1; None when nothing was closed."""

    won: int
    lost: int
    won_amount: Decimal
    lost_amount: Decimal

    @property
    def closed(self) -> int:
        return self.won + self.lost

    @property
    def rate(self) -> Decimal | None:
        return Decimal(self.won) / self.closed if self.closed else None


def company_deals(company_id: int) -> QuerySet[Deal]:
    """All deals of a company."""
    return Deal.objects.filter(company_id=company_id)


def board_columns(*, deals: QuerySet[Deal], pipeline_id: int) -> list[StageFigures]:
    """Every stage of a pipeline with count, sum and weighted sum of its open deals: two queries whatever the number."""
    weighted = Sum(F("company_amount") * F("probability") / 100)
    rows = (
        deals.filter(pipeline_id=pipeline_id, status=DealStatus.OPEN)
        .order_by()
        .values("stage_id")
        .annotate(count=Count("pk"), amount=Sum("company_amount"), weighted=weighted)
    )
    found: dict[int, Mapping[str, Any]] = {row["stage_id"]: row for row in rows}
    return [_figures(stage, found.get(stage.pk, {})) for stage in Stage.objects.filter(pipeline_id=pipeline_id)]


def _figures(stage: Stage, row: Mapping[str, Any]) -> StageFigures:
    return StageFigures(
        stage_id=stage.pk,
        name=stage.name,
        probability=stage.probability,
        count=row.get("count", 0),
        amount=row.get("amount") or ZERO,
        weighted=row.get("weighted") or ZERO,
    )


def weighted_pipeline(*, deals: QuerySet[Deal], closing_until: dt.date | None = None) -> Decimal:
    """Sum of amount times probability over the open deals, up to an expected close when given."""
    wanted = deals.filter(status=DealStatus.OPEN)
    if closing_until is not None:
        wanted = wanted.filter(expected_close_date__lte=closing_until)
    total = wanted.aggregate(total=Sum(F("company_amount") * F("probability") / 100))["total"]
    return total or ZERO


def win_rate(*, deals: QuerySet[Deal], since: dt.datetime | None = None, until: dt.datetime | None = None) -> WinRate:
    """Deals won and lost, closed from `since` up to but not at `until`."""
    closed = deals.exclude(status=DealStatus.OPEN)
    closed = closed.filter(closed_at__gte=since) if since else closed
    closed = closed.filter(closed_at__lt=until) if until else closed
    won, lost = Q(status=DealStatus.WON), Q(status=DealStatus.LOST)
    figures = closed.aggregate(
        won=Count("pk", filter=won),
        lost=Count("pk", filter=lost),
        won_amount=Sum("company_amount", filter=won),
        lost_amount=Sum("company_amount", filter=lost),
    )
    return WinRate(
        won=figures["won"],
        lost=figures["lost"],
        won_amount=figures["won_amount"] or ZERO,
        lost_amount=figures["lost_amount"] or ZERO,
    )


def funnel(
    *, deals: QuerySet[Deal], pipeline_id: int, since: dt.datetime | None = None, until: dt.datetime | None = None
) -> list[FunnelStep]:
    """How many deals opened in the period reached each stage, and how many were won at the end.

    Read from the stage log, not from where deals stand today. A deal that stands in a later stage, or was won, has
    reached every earlier one, also when it skipped some. The last step has stage id 0 and means won.
    """
    opened = deals.filter(pipeline_id=pipeline_id)
    opened = opened.filter(opened_at__gte=since) if since else opened
    opened = opened.filter(opened_at__lt=until) if until else opened
    stages = list(Stage.objects.filter(pipeline_id=pipeline_id))
    counts, amounts = [0] * (len(stages) + 1), [ZERO] * (len(stages) + 1)
    for row in _by_furthest(opened, stages):
        furthest = len(stages) if row["status"] == DealStatus.WON else row["furthest"] or 0
        for number in range(furthest + 1):
            counts[number] += row["count"]
            amounts[number] += row["amount"] or ZERO
    names = [(stage.pk, stage.name) for stage in stages] + [(0, str(DealStatus.WON.label))]
    return [
        FunnelStep(stage_id=key, name=name, count=counts[n], amount=amounts[n], went_on=_share(counts, n))
        for n, (key, name) in enumerate(names)
    ]


def _by_furthest(deals: QuerySet[Deal], stages: Sequence[Stage]) -> Iterable[Mapping[str, Any]]:
    """Count and amount of deals by status and the number of the furthest stage they were in, by one statement."""
    numbers = [When(to_stage_id=stage.pk, then=Value(number)) for number, stage in enumerate(stages)]
    number = Case(*numbers, output_field=IntegerField())
    log = StageLog.objects.filter(deal=OuterRef("pk")).order_by().values("deal")
    furthest = Subquery(log.annotate(furthest=Max(number)).values("furthest"))
    found = deals.order_by().annotate(furthest=furthest).values("status", "furthest")
    return found.annotate(count=Count("pk"), amount=Sum("company_amount"))


def deals_that_reached(stage: Stage) -> QuerySet[Deal]:
    """Deals of the stage's pipeline that the funnel counts at this stage. Every deal has reached the first one."""
    deals = Deal.objects.filter(pipeline_id=stage.pipeline_id)
    stages = list(Stage.objects.filter(pipeline_id=stage.pipeline_id).values_list("pk", flat=True))
    place = stages.index(stage.pk)
    if place == 0:
        return deals
    been = StageLog.objects.filter(deal=OuterRef("pk"), to_stage_id__in=stages[place:])
    return deals.filter(Q(status=DealStatus.WON) | Exists(been))


def _share(counts: list[int], number: int) -> Decimal | None:
    if number + 1 >= len(counts) or not counts[number]:
        return None
    return Decimal(counts[number + 1]) / counts[number]


def average_days_in_stage(*, deals: QuerySet[Deal]) -> dict[int, Decimal]:
    """Stage → how many days deals stayed there on average, over those that left it; from the stage log."""
    left = StageLog.objects.filter(deal__in=deals.values("pk"), from_stage__isnull=False)
    rows = left.order_by().values("from_stage_id").annotate(seconds=Avg("seconds"))
    return {row["from_stage_id"]: Decimal(str(row["seconds"])) / SECONDS_A_DAY for row in rows}


def won_per_stage(*, deals: QuerySet[Deal]) -> dict[int, Decimal]:
    """Stage → share of the closed deals that were once there and were won: the truth beside the stage's probability."""
    closed = deals.exclude(status=DealStatus.OPEN)
    rows = (
        StageLog.objects.filter(deal__in=closed.values("pk"))
        .order_by()
        .values("to_stage_id")
        .annotate(
            all=Count("deal", distinct=True), won=Count("deal", distinct=True, filter=Q(deal__status=DealStatus.WON))
        )
    )
    return {row["to_stage_id"]: Decimal(row["won"]) / row["all"] for row in rows if row["all"]}


def rotting_deals(*, deals: QuerySet[Deal]) -> QuerySet[Deal]:
    """Open deals that have been in their stage longer than it allows and have nothing planned, the longest first."""
    age = ExpressionWrapper(Now() - F("stage_since"), output_field=DurationField())
    limit = ExpressionWrapper(F("stage__days_to_rot") * dt.timedelta(days=1), output_field=DurationField())
    stale = deals.filter(status=DealStatus.OPEN, stage__days_to_rot__isnull=False)
    unplanned = stale.filter(Q(next_activity_at=None) | Q(next_activity_at__lt=Now()))
    return unplanned.annotate(age=age).filter(age__gt=limit).order_by("stage_since", "pk")


def rot_state(deal: Deal, now: dt.datetime) -> RotState:
    """How an open deal stands against the days its stage allows: late beyond them, rotten at one and a half times.

    Something planned in the future keeps it fresh: somebody is on it. Reads the deal's stage; load it with the deal.
    """
    allowed = deal.stage.days_to_rot
    planned = deal.next_activity_at is not None and deal.next_activity_at >= now
    if deal.status != DealStatus.OPEN or allowed is None or planned:
        return RotState.FRESH
    days = deal.days_in_stage(now)
    if days >= allowed * ROTTEN_AFTER:
        return RotState.ROTTEN
    return RotState.LATE if days >= allowed else RotState.FRESH
