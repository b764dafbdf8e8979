"""Deals: opened, moved through the stages, quoted, and won or lost some weeks later."""

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from core.access.enums import Role
from core.documents.references import RecordRef
from core.parties.models import Party
from crm.contacts.enums import Direction, InteractionKind
from crm.contacts.operations import log_interaction
from crm.pipeline.enums import DealStatus
from crm.pipeline.models import Deal, Stage
from crm.pipeline.operations import create_deal, lose_deal, move_deal_to_stage
from erp.orders.enums import QuotationStatus
from erp.orders.models import Quotation
from erp.orders.operations import accept_quotation, confirm_sales_order, decline_quotation, send_quotation
from integration.demo import words
from integration.demo.month import Month
from integration.operations import quote_deal

WON, LOST = 50, 50
QUANTITIES = (3, 4, 4, 5, 5, 5, 6, 6, 8, 10)


def team_id(month: Month) -> int:
    """The team of everybody who sells."""
    return month.masters.team_id


def draw_lines(month: Month, rng: random.Random) -> list[dict[str, Any]]:
    """Two to four items; the first third of the catalogue is asked for twice as often."""
    items = month.masters.items
    wanted = [*items, *items[: len(items) // 3]]
    chosen = {item.pk: item for item in rng.sample(wanted, k=min(len(items), rng.randint(2, 4)))}
    return [
        {
            "item_id": item_id,
            "quantity": Decimal(rng.choice(QUANTITIES)),
            "discount_percent": Decimal(rng.choice((0, 0, 0, 0, 3, 5, 10))),
        }
        for item_id in chosen
    ]


def draw_customer(month: Month, rng: random.Random) -> Party:
    """The first customers buy most, as they do everywhere."""
    customers = month.masters.customers
    return customers[int(len(customers) * rng.random() ** 1.7)]


def open_deals(month: Month) -> None:
    """New deals of the part with customers who are known already."""
    rng = month.rng("deals")
    for day in sorted(month.a_day(rng) for _number in range(month.share(month.size.deals_a_month, rng))):
        _open(month, rng, day)


def open_earlier_deals(month: Month) -> None:
    """What the sellers were at before the book was opened."""
    rng = month.rng("earlier deals")
    days = (month.first - dt.timedelta(days=rng.randint(2, 38)) for _number in range(month.size.deals_a_month))
    for day in sorted(days):
        _open(month, rng, day)


def _open(month: Month, rng: random.Random, day: dt.date) -> None:
    customer = draw_customer(month, rng)
    thing = rng.choice([thing for things in words.THINGS.values() for thing in things])
    deal = create_deal(
        company_id=month.company.pk,
        user=month.people[Role.SALESPERSON if rng.random() < 0.7 else Role.SALES_MANAGER],
        now=month.at(day, 8),
        title=f"{customer.name}: {rng.choice(words.OCCASIONS).format(things=words.plural(thing))}",
        party_id=customer.pk,
        lines=draw_lines(month, rng),
        team_id=team_id(month),
        source=rng.choice(words.SOURCES),
        expected_close_date=day + dt.timedelta(days=rng.randint(20, 45)),
    )
    _talk(month, deal, month.at(day, 9), rng)


def work_deals(month: Month) -> None:
    """Move on what is open: a stage further, a quotation, or the end, each after its time."""
    stages = list(Stage.objects.filter(company=month.company, pipeline__active=True).order_by("position"))
    found = Deal.objects.filter(company=month.company, status=DealStatus.OPEN).select_related("owner", "stage")
    quoted = _quotations(month)
    for deal in found.order_by("opened_at", "pk"):
        rng = month.chance(f"deal:{deal.title}:{deal.opened_at:%Y%m%d}")
        opened, days = deal.opened_at.date(), rng.randint(9, 48)
        is_won = rng.choices((True, False), (WON, LOST))[0]
        reach = len(stages) if is_won else rng.randint(1, len(stages))
        quotation = quoted.get(deal.pk)
        if month.within(opened + dt.timedelta(days=days)):
            day = month.not_before(opened + dt.timedelta(days=days))
            (_win if is_won else _lose)(month, deal, quotation, day)
            continue
        age = (month.last - opened).days
        place = min(len(stages) * age // days, reach - 1)
        if place > deal.stage.position - stages[0].position:
            day = month.not_before(opened + dt.timedelta(days=max(days * place // len(stages), 1)))
            now = month.at(min(day, month.last), 10)
            move_deal_to_stage(deal_id=deal.pk, stage_id=stages[place].pk, user=deal.owner, now=now)
            if quotation is None and place >= len(stages) - 2:
                _quote(deal, now)


def _quotations(month: Month) -> dict[int, Quotation]:
    """Deal → its quotation that waits for an answer."""
    found = Quotation.objects.filter(
        company=month.company, status=QuotationStatus.SENT, source_label=Deal._meta.label_lower
    )
    return {quotation.source.id: quotation for quotation in found if quotation.source is not None}


def _quote(deal: Deal, now: dt.datetime) -> Quotation:
    quotation = quote_deal(deal_id=deal.pk, user=deal.owner, now=now)
    return send_quotation(quotation_id=quotation.pk, user=deal.owner, now=now)


def _win(month: Month, deal: Deal, quotation: Quotation | None, day: dt.date) -> None:
    now = month.at(day, 14)
    if quotation is None or quotation.valid_until < day:
        quotation = _quote(deal, month.at(day, 11))
    order = accept_quotation(quotation_id=quotation.pk, user=deal.owner, now=now)
    confirm_sales_order(sales_order_id=order.pk, user=deal.owner, now=month.at(day, 15))


def _lose(month: Month, deal: Deal, quotation: Quotation | None, day: dt.date) -> None:
    rng = month.chance(f"lost:{deal.title}:{deal.opened_at:%Y%m%d}")
    reason = rng.choice(month.masters.lost_reasons)
    now = month.at(day, 16)
    if quotation is not None and quotation.valid_until >= day:
        decline_quotation(quotation_id=quotation.pk, user=deal.owner, now=now, reason=str(reason))
    lose_deal(deal_id=deal.pk, user=deal.owner, now=now, reason_id=reason.pk)


def _talk(month: Month, deal: Deal, now: dt.datetime, rng: random.Random) -> None:
    """Something was said about every other deal."""
    if rng.random() < 0.5:
        return
    kind, subject = rng.choice(
        (
            (InteractionKind.CALL, words.CALLS),
            (InteractionKind.MEETING, words.MEETINGS),
            (InteractionKind.EMAIL, words.MAILS),
        )
    )
    log_interaction(
        company_id=month.company.pk, user=deal.owner, now=now, kind=kind, subject=rng.choice(subject),
        party_id=deal.party_id, about=RecordRef.of(deal), minutes=rng.choice((10, 15, 25, 40)),
        direction=rng.choice((Direction.INBOUND, Direction.OUTBOUND)),
    )  # fmt: skip
