"""Deals: opened, changed, moved, won, lost, reopened. Winning has consequences above; see consequences.py."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.catalog.lines import LineData, read_lines
from core.company.models import Company
from core.documents.records import lock_record, update_record
from core.documents.references import RecordRef
from core.errors import InvalidInputError
from core.events.outbox import record
from core.parties.models import Party
from crm.pipeline.consequences import deal_won
from crm.pipeline.enums import DEAL_TRANSITIONS, DealStatus, ReasonKind
from crm.pipeline.events import DealLost, DealMoved, DealWon
from crm.pipeline.lines import priced_lines, replace_lines, value_deal
from crm.pipeline.models import CloseReason, Deal, DealLine, Stage, StageLog
from crm.pipeline.placing import place, stage_of, top_of

if TYPE_CHECKING:
    from core.access.models import User

Lines = Iterable[LineData | Mapping[str, Any]]


class NoCustomerError(InvalidInputError):
    """A deal needs a customer before it can be won."""

    code = "no_customer"


class ReasonMissingError(InvalidInputError):
    """Closing needs a reason of the right kind."""

    code = "reason_missing"


def create_deal(
    *,
    company_id: int,
    user: "User | None",
    now: dt.datetime,
    title: str,
    pipeline_id: int | None = None,
    stage_id: int | None = None,
    party_id: int | None = None,
    amount: Decimal = Decimal(0),
    currency_id: str | None = None,
    owner_id: int | None = None,
    campaign: RecordRef | None = None,
    lines: Lines = (),
    **values: Any,
) -> Deal:
    """Open a deal in the given stage, else in its pipeline's first. Without a pipeline the company's first is used.

    :raises InvalidInputError: it has no title, the company has no pipeline, the stage is of another one, a line is not
        valid.
    """
    _check(title, amount)
    with transaction.atomic():
        company = Company.objects.select_related("currency").get(pk=company_id)
        stage = stage_of(company_id, pipeline_id, stage_id)
        deal = Deal(
            company=company,
            created_by=user,
            title=title,
            pipeline_id=stage.pipeline_id,
            stage=stage,
            party_id=party_id,
            amount=amount or Decimal(0),
            currency_id=currency_id or company.currency_id,
            probability=stage.probability,
            owner_id=owner_id if owner_id is not None else getattr(user, "pk", None),
            opened_at=now,
            stage_since=now,
            board_position=top_of(stage),
            **values,
        )
        deal.campaign = campaign
        rows = priced_lines(deal, read_lines(lines), now)
        value_deal(deal, now)
        deal.save()
        DealLine.objects.bulk_create(rows)
        _log(deal, None, now, user)
    return deal


def update_deal(
    *,
    deal_id: int,
    user: "User | None",
    now: dt.datetime,
    expected_version: int | None = None,
    lines: Lines | None = None,
    stage_id: int | None = None,
    **values: Any,
) -> Deal:
    """Change an open deal; `lines`, when given, replace its lines. A new stage is a move.

    :raises ConflictError: somebody else changed it since.
    :raises WrongStateError: it is closed.
    :raises InvalidInputError: as in `create_deal`.
    """
    with transaction.atomic():
        deal = lock_record(Deal, deal_id, expected_version=expected_version)
        DEAL_TRANSITIONS.require(deal, DealStatus.WON)
        values.pop("pipeline_id", None)
        if not values.get("currency_id", True):
            del values["currency_id"]
        for name, value in values.items():
            setattr(deal, name, value)
        deal.amount = deal.amount or Decimal(0)
        _check(deal.title, deal.amount)
        if lines is not None:
            replace_lines(deal, read_lines(lines), now)
        value_deal(deal, now)
        if stage_id is None or stage_id == deal.stage_id:
            _save(deal)
        else:
            _enter(deal, stage_of(deal.company_id, None, stage_id), now, user)
    return deal


def move_deal_to_stage(
    *,
    deal_id: int,
    stage_id: int,
    user: "User | None",
    now: dt.datetime,
    before_id: int | None = None,
    expected_version: int | None = None,
) -> Deal:
    """Put an open deal into a stage, above the deal `before_id` or on top. The same stage again only changes its place.

    The probability follows the stage unless it is pinned.

    :raises WrongStateError: the deal is closed.
    :raises InvalidInputError: the stage is of another company.
    """
    with transaction.atomic():
        deal = lock_record(Deal, deal_id, expected_version=expected_version)
        DEAL_TRANSITIONS.require(deal, DealStatus.WON)
        stage = stage_of(deal.company_id, None, stage_id)
        deal.board_position = place(stage, before_id)
        if stage.pk == deal.stage_id:
            _save(deal)
        else:
            _enter(deal, stage, now, user)
    return deal


def assign_deal(*, deal_id: int, owner_id: int, user: "User | None", now: dt.datetime) -> Deal:
    """Give an open deal to another person.

    :raises WrongStateError: the deal is closed.
    """
    with transaction.atomic():
        deal = lock_record(Deal, deal_id)
        DEAL_TRANSITIONS.require(deal, DealStatus.WON)
        if deal.owner_id != owner_id:
            deal.owner_id = owner_id
            _save(deal)
    return deal


def pin_probability(
    *, deal_id: int, probability: Decimal, user: "User | None", now: dt.datetime, probability_note: str = ""
) -> Deal:
    """Set a probability by judgement; stages leave it alone until it is released.

    :raises InvalidInputError: it is not between 0 and 100.
    """
    if not 0 <= probability <= 100:
        raise InvalidInputError(_("A probability is between 0 and 100 percent."), field="probability")
    with transaction.atomic():
        deal = lock_record(Deal, deal_id)
        DEAL_TRANSITIONS.require(deal, DealStatus.WON)
        deal.probability, deal.probability_note = probability, probability_note
        deal.probability_pinned_at, deal.probability_pinned_by = now, user
        _save(deal)
    return deal


def release_probability(*, deal_id: int, user: "User | None", now: dt.datetime) -> Deal:
    """Let the probability follow the stage again."""
    with transaction.atomic():
        deal = lock_record(Deal, deal_id)
        DEAL_TRANSITIONS.require(deal, DealStatus.WON)
        if deal.is_probability_pinned:
            _follow_stage(deal)
            _save(deal)
    return deal


def win_deal(
    *,
    deal_id: int,
    user: "User | None",
    now: dt.datetime,
    reason_id: int | None = None,
    close_note: str = "",
    party_id: int | None = None,
) -> Deal:
    """Win an open deal. Winning again returns it as it is, so a double click wins once.

    Consequences run in the same transaction: if one refuses, the deal stays open. Its party becomes a customer.

    :param party_id: the customer, of a deal that has none yet.

    :raises NoCustomerError: it has no customer yet.
    :raises WrongStateError: it is lost.
    """
    with transaction.atomic():
        deal = lock_record(Deal, deal_id)
        if deal.status == DealStatus.WON:
            return deal
        DEAL_TRANSITIONS.require(deal, DealStatus.WON)
        _require_customer(deal, party_id, now, user)
        deal.close_reason, deal.close_note = _reason(deal, reason_id, ReasonKind.WON), close_note
        _close(deal, DealStatus.WON, now, user)
        deal_won.run(deal=deal, user=user, now=now)
        record(DealWon(deal_id=deal.pk), company_id=deal.company_id)
    return deal


def lose_deal(
    *, deal_id: int, user: "User | None", now: dt.datetime, reason_id: int | None, close_note: str = ""
) -> Deal:
    """Lose an open deal, with the reason. Losing again returns it as it is.

    :raises ReasonMissingError: no reason was given.
    :raises WrongStateError: it is won.
    """
    with transaction.atomic():
        deal = lock_record(Deal, deal_id)
        if deal.status == DealStatus.LOST:
            return deal
        DEAL_TRANSITIONS.require(deal, DealStatus.LOST)
        deal.close_reason, deal.close_note = _reason(deal, reason_id, ReasonKind.LOST), close_note
        if deal.close_reason is None:
            raise ReasonMissingError(
                _("Why was it lost?"), field="reason", hint=_("Choose a reason; reports learn from it.")
            )
        _close(deal, DealStatus.LOST, now, user)
        record(DealLost(deal_id=deal.pk), company_id=deal.company_id)
    return deal


def reopen_deal(*, deal_id: int, user: "User | None", now: dt.datetime) -> Deal:
    """Open a lost deal again, in the stage where it was lost. A won deal stays won: its order is cancelled instead.

    :raises WrongStateError: it is won.
    """
    with transaction.atomic():
        deal = lock_record(Deal, deal_id)
        if deal.status == DealStatus.OPEN:
            return deal
        DEAL_TRANSITIONS.require(deal, DealStatus.OPEN)
        deal.status = DealStatus.OPEN
        deal.stage = deal.last_open_stage or deal.stage
        deal.closed_at = deal.close_reason = deal.last_open_stage = None
        deal.close_note, deal.stage_since = "", now
        _follow_stage(deal)
        deal.board_position = top_of(deal.stage)
        _save(deal)
        _log(deal, None, now, user)
    return deal


def _check(title: str, amount: Decimal | None) -> None:
    if not title.strip():
        raise InvalidInputError(_("The deal has no title."), field="title", hint=_("Say what it is about."))
    if amount is not None and amount < 0:
        raise InvalidInputError(_("The amount is negative."), field="amount", hint=_("Enter what the deal is worth."))


def _require_customer(deal: Deal, party_id: int | None, now: dt.datetime, user: "User | None") -> None:
    """The deal's party, else the one named now; whoever buys is a customer from then on."""
    if deal.party_id is None and party_id is not None:
        deal.party = Party.objects.filter(company_id=deal.company_id, pk=party_id).first()
    if deal.party is None:
        raise NoCustomerError(
            _("%(deal)s has no customer.") % {"deal": deal},
            field="party",
            hint=_("Choose the customer on the deal, then win it."),
        )
    if not deal.party.is_customer:
        deal.party = update_record(
            Party, deal.party.pk, user=user, now=now, values={"is_customer": True, "is_prospect": False}
        )


def _follow_stage(deal: Deal) -> None:
    deal.probability, deal.probability_note = deal.stage.probability, ""
    deal.probability_pinned_at = deal.probability_pinned_by = None


def _enter(deal: Deal, stage: Stage, now: dt.datetime, user: "User | None") -> None:
    came_from, since = deal.stage, deal.stage_since
    deal.stage, deal.pipeline_id, deal.stage_since = stage, stage.pipeline_id, now
    if not deal.is_probability_pinned:
        deal.probability = stage.probability
    _save(deal)
    _log(deal, came_from, now, user, since=since)
    record(DealMoved(deal_id=deal.pk, stage_id=stage.pk), company_id=deal.company_id)


def _close(deal: Deal, status: DealStatus, now: dt.datetime, user: "User | None") -> None:
    since = deal.stage_since
    deal.status, deal.closed_at, deal.last_open_stage = status, now, deal.stage
    deal.probability = Decimal(100) if status == DealStatus.WON else Decimal(0)
    _save(deal)
    _log(deal, deal.stage, now, user, since=since)


def _reason(deal: Deal, reason_id: int | None, kind: ReasonKind) -> CloseReason | None:
    if reason_id is None:
        return None
    reason = CloseReason.objects.filter(company_id=deal.company_id, pk=reason_id, kind=kind).first()
    if reason is None:
        raise ReasonMissingError(_("This is no reason for it."), field="reason", hint=_("Choose one from the list."))
    return reason


def _log(
    deal: Deal, came_from: Stage | None, now: dt.datetime, user: "User | None", since: dt.datetime | None = None
) -> None:
    StageLog.objects.create(
        company_id=deal.company_id,
        deal=deal,
        from_stage=came_from,
        to_stage=deal.stage,
        status=deal.status,
        at=now,
        seconds=int((now - since).total_seconds()) if since else 0,
        by=user,
        amount=deal.amount,
        probability=deal.probability,
    )


def _save(deal: Deal) -> None:
    deal.version += 1
    deal.save()
