"""Deals of the past, thousands at once: as they ended, with their dates and the way they took, and nothing set off."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.catalog.lines import LineData, build_line
from core.catalog.pricing.rounding import rounded
from core.catalog.queries import tax_specs
from core.catalog.totals import price_lines
from core.company.models import Company, Currency
from core.company.queries import exchange_rate
from core.errors import InvalidInputError
from crm.pipeline.enums import DealStatus
from crm.pipeline.models import Deal, DealLine, Stage, StageLog
from crm.pipeline.placing import STEP

if TYPE_CHECKING:
    from core.access.models import User

BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DealInput:
    """One deal of another system.

    :ivar external_id: its name there; a deal that was imported before stays as it is. Empty when it has none.
    :ivar stage_id: where it stands, or stood when it was closed.
    :ivar moves: (stage id, moment) in order, before `stage_id`; empty when only the last stage is known.
    :ivar closed_at: of a deal that is won or lost.
    :ivar lines: with their prices; they decide the amount, where there are any.
    """

    external_id: str
    title: str
    stage_id: int
    opened_at: dt.datetime
    status: str = DealStatus.OPEN
    stage_since: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    moves: Sequence[tuple[int, dt.datetime]] = ()
    party_id: int | None = None
    contact_id: int | None = None
    amount: Decimal = Decimal(0)
    currency_id: str | None = None
    owner_id: int | None = None
    team_id: int | None = None
    close_reason_id: int | None = None
    expected_close_date: dt.date | None = None
    source: str = ""
    notes: str = ""
    lines: Sequence[LineData] = field(default_factory=tuple)


def import_deals(
    *, company_id: int, user: "User | None", now: dt.datetime, deals: Sequence[DealInput]
) -> dict[str, int]:
    """Write deals with their lines and stage log, in batches. Won and lost ones enter as such: no order, no event.

    :returns: external id → key of every deal given, also of those that were there already.
    :raises InvalidInputError: a stage is not the company's, or a closed deal has no day of closing; nothing is written.
    """
    with transaction.atomic():
        company = Company.objects.select_related("currency").get(pk=company_id)
        known = _known(company_id, deals)
        new = list({given.external_id: given for given in deals if given.external_id not in known}.values())
        stages = Stage.objects.in_bulk({key for given in new for key in _stage_ids(given)})
        _check(new, stages, company_id)
        rows = [_deal(given, company, stages[given.stage_id], user, number) for number, given in enumerate(new)]
        lines = _lines(rows, new, company)
        for row in rows:
            row.company_amount = _in_company_currency(row, company)
        Deal.objects.bulk_create(rows, batch_size=BATCH)
        DealLine.objects.bulk_create(lines, batch_size=BATCH)
        log = [entry for row, given in zip(rows, new, strict=True) for entry in _log(row, given, stages, user)]
        StageLog.objects.bulk_create(log, batch_size=BATCH)
    return known | {row.external_id: row.pk for row in rows}


def _known(company_id: int, deals: Sequence[DealInput]) -> dict[str, int]:
    wanted = {given.external_id for given in deals} - {""}
    found = Deal.objects.filter(company_id=company_id, external_id__in=wanted)
    return dict(found.values_list("external_id", "pk"))


def _stage_ids(given: DealInput) -> list[int]:
    return [stage_id for stage_id, _at in given.moves] + [given.stage_id]


def _check(deals: Sequence[DealInput], stages: dict[int, Stage], company_id: int) -> None:
    for given in deals:
        if any(key not in stages or stages[key].company_id != company_id for key in _stage_ids(given)):
            raise InvalidInputError(
                _("%(deal)s names a stage that is not there.") % {"deal": given.title}, field="stage"
            )
        if (given.status == DealStatus.OPEN) != (given.closed_at is None):
            raise InvalidInputError(
                _("%(deal)s: a deal has a day of closing when it is won or lost, and only then.")
                % {"deal": given.title},
                field="closed_at",
            )


def _deal(given: DealInput, company: Company, stage: Stage, user: "User | None", number: int) -> Deal:
    closed = {DealStatus.WON: Decimal(100), DealStatus.LOST: Decimal(0)}
    return Deal(
        company=company,
        created_by=user,
        external_id=given.external_id,
        title=given.title,
        party_id=given.party_id,
        contact_id=given.contact_id,
        pipeline_id=stage.pipeline_id,
        stage=stage,
        status=DealStatus(given.status),
        amount=given.amount,
        currency_id=given.currency_id or company.currency_id,
        probability=closed.get(DealStatus(given.status), stage.probability),
        expected_close_date=given.expected_close_date,
        opened_at=given.opened_at,
        stage_since=given.stage_since or (given.moves[-1][1] if given.moves else given.opened_at),
        closed_at=given.closed_at,
        close_reason_id=given.close_reason_id,
        last_open_stage=stage if given.closed_at else None,
        owner_id=given.owner_id,
        team_id=given.team_id,
        source=given.source,
        notes=given.notes,
        board_position=STEP * number,
    )


def _lines(rows: Sequence[Deal], deals: Sequence[DealInput], company: Company) -> list[DealLine]:
    """All lines, priced deal by deal with the taxes read once; each deal's amount becomes their net."""
    specs = tax_specs({line.tax_set_id for given in deals for line in given.lines if line.tax_set_id})
    currencies = Currency.objects.in_bulk({row.currency_id for row in rows})
    written: list[DealLine] = []
    for row, given in zip(rows, deals, strict=True):
        own = [
            build_line(DealLine, line, company_id=company.pk, position=number, deal=row)
            for number, line in enumerate(given.lines, 1)
        ]
        if own:
            priced = price_lines(own, company=company, currency=currencies[row.currency_id], specs=specs)
            row.amount = priced.totals.net
        written += own
    return written


def _in_company_currency(deal: Deal, company: Company) -> Decimal:
    if deal.currency_id == company.currency_id or not deal.amount:
        return deal.amount
    rate = exchange_rate(company, deal.currency_id, (deal.closed_at or deal.opened_at).date())
    return rounded(deal.amount * rate, company.currency.quantum)


def _log(deal: Deal, given: DealInput, stages: dict[int, Stage], user: "User | None") -> list[StageLog]:
    """Opened, moved, closed: one entry each, with how long the stage before had lasted."""
    steps = [*given.moves, (given.stage_id, given.stage_since or deal.stage_since)]
    steps = [step for n, step in enumerate(steps) if n == 0 or step[0] != steps[n - 1][0]]
    entries, before, since = [], None, given.opened_at
    for n, (stage_id, at) in enumerate(steps):
        moment = given.opened_at if n == 0 else at
        stage = stages[stage_id]
        entries.append(_entry(deal, before, stage, DealStatus.OPEN, moment, since, stage.probability, user))
        before, since = stage, moment
    if given.closed_at is not None:
        last = stages[given.stage_id]
        status = DealStatus(given.status)
        entries.append(_entry(deal, last, last, status, given.closed_at, since, deal.probability, user))
    return entries


def _entry(  # noqa: PLR0917 - one row of the log
    deal: Deal,
    before: Stage | None,
    stage: Stage,
    status: DealStatus,
    at: dt.datetime,
    since: dt.datetime,
    probability: Decimal,
    user: "User | None",
) -> StageLog:
    return StageLog(
        company_id=deal.company_id,
        deal=deal,
        from_stage=before,
        to_stage=stage,
        status=status,
        at=at,
        seconds=max(0, int((at - since).total_seconds())) if before else 0,
        by=user,
        amount=deal.amount,
        probability=probability,
    )
