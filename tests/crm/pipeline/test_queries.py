"""Figures of the pipeline, exact."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.documents.references import RecordRef
from crm.contacts.operations import complete_task, plan_interaction
from crm.pipeline.enums import RotState
from crm.pipeline.models import CloseReason
from crm.pipeline.operations import create_deal, lose_deal, move_deal_to_stage, win_deal
from crm.pipeline.queries import (
    average_days_in_stage,
    board_columns,
    company_deals,
    funnel,
    rot_state,
    rotting_deals,
    weighted_pipeline,
    win_rate,
    won_per_stage,
)
from tests.factories.parties import PartyFactory
from tests.factories.pipeline import DealFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def deals(company, manager, now, stages):
    """Four deals of 100 each: open in stages 1 and 3, won from stage 2, lost in stage 2 after four days there."""
    party = PartyFactory(company=company)
    made = [
        create_deal(company_id=company.pk, user=manager, now=now, title=title, amount=Decimal(100), party_id=party.pk)
        for title in ("first", "third", "won", "lost")
    ]
    move_deal_to_stage(deal_id=made[1].pk, stage_id=stages[2].pk, user=manager, now=now + 2 * DAY)
    move_deal_to_stage(deal_id=made[2].pk, stage_id=stages[1].pk, user=manager, now=now + 4 * DAY)
    move_deal_to_stage(deal_id=made[3].pk, stage_id=stages[1].pk, user=manager, now=now + 6 * DAY)
    win_deal(deal_id=made[2].pk, user=manager, now=now + 6 * DAY)
    reason = CloseReason.objects.filter(company=company, kind="lost").first()
    lose_deal(deal_id=made[3].pk, user=manager, now=now + 10 * DAY, reason_id=reason.pk)
    return company_deals(company.pk)


def test_board_columns_count_and_sum_open_deals(deals, pipeline):
    figures = [(c.name, c.count, c.amount, c.weighted) for c in board_columns(deals=deals, pipeline_id=pipeline.pk)]
    assert figures == [
        ("Prospecting", 1, Decimal(100), Decimal(10)),
        ("Qualified", 0, Decimal(0), Decimal(0)),
        ("Proposal", 1, Decimal(100), Decimal(50)),
        ("Negotiation", 0, Decimal(0), Decimal(0)),
    ]


def test_board_columns_take_two_queries_whatever_the_number(deals, pipeline, company, stages):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            board_columns(deals=deals, pipeline_id=pipeline.pk)
        return len(captured)

    before = queries()
    for stage in stages:
        DealFactory.create_batch(3, company=company, stage=stage)
    assert (before, queries()) == (2, 2)


def test_weighted_pipeline(deals, now):
    assert weighted_pipeline(deals=deals) == Decimal(60)
    deals.filter(title="first").update(expected_close_date=now.date())
    assert weighted_pipeline(deals=deals, closing_until=now.date()) == Decimal(10)
    assert weighted_pipeline(deals=deals.none()) == Decimal(0)


def test_win_rate_in_a_period(deals, now):
    rate = win_rate(deals=deals)
    assert (rate.won, rate.lost, rate.won_amount, rate.lost_amount, rate.rate) == (1, 1, 100, 100, Decimal("0.5"))
    early = win_rate(deals=deals, until=now + 10 * DAY)
    assert (early.won, early.lost, early.rate) == (1, 0, Decimal(1))
    assert win_rate(deals=deals, since=now + 11 * DAY).rate is None


def test_the_funnel_reads_the_log_not_todays_stage(deals, pipeline, now):
    steps = [(step.name, step.count, step.amount) for step in funnel(deals=deals, pipeline_id=pipeline.pk)]
    assert steps == [
        ("Prospecting", 4, Decimal(400)),
        ("Qualified", 3, Decimal(300)),
        ("Proposal", 2, Decimal(200)),
        ("Negotiation", 1, Decimal(100)),
        ("Won", 1, Decimal(100)),
    ]
    shares = [step.went_on for step in funnel(deals=deals, pipeline_id=pipeline.pk)]
    assert shares == [Decimal("0.75"), Decimal(2) / 3, Decimal("0.5"), Decimal(1), None]
    assert [step.count for step in funnel(deals=deals, pipeline_id=pipeline.pk, since=now + DAY)] == [0] * 5


def test_days_in_a_stage_come_from_the_log(deals, stages):
    # Prospecting was left after 2, 4 and 6 days; Qualified after 2 (won) and 4 (lost).
    assert average_days_in_stage(deals=deals) == {stages[0].pk: Decimal(4), stages[1].pk: Decimal(3)}


def test_how_often_a_stage_was_won(deals, stages):
    assert won_per_stage(deals=deals) == {stages[0].pk: Decimal("0.5"), stages[1].pk: Decimal("0.5")}


class TestRot:
    @pytest.mark.parametrize(
        ("days", "state"),
        [(29, RotState.FRESH), (30, RotState.LATE), (44, RotState.LATE), (45, RotState.ROTTEN)],
    )
    def test_late_at_the_days_allowed_rotten_at_half_as_much_again(self, company, stages, days, state):
        now = timezone.now()
        deal = DealFactory(company=company, stage=stages[0], stage_since=now - days * DAY)
        assert rot_state(deal, now) == state

    def test_something_planned_keeps_a_deal_fresh(self, company, stages, manager):
        now = timezone.now()
        deal = DealFactory(company=company, stage=stages[0], stage_since=now - 90 * DAY)
        assert list(rotting_deals(deals=company_deals(company.pk))) == [deal]
        task = plan_interaction(
            company_id=company.pk, user=manager, now=now, subject="Visit", due_at=now + DAY, about=RecordRef.of(deal)
        )
        deal.refresh_from_db()
        assert (deal.next_activity_at, deal.version) == (now + DAY, 1)
        assert (rot_state(deal, now), list(rotting_deals(deals=company_deals(company.pk)))) == (RotState.FRESH, [])
        complete_task(interaction_id=task.pk, user=manager, now=now)
        deal.refresh_from_db()
        assert (deal.next_activity_at, rot_state(deal, now)) == (None, RotState.ROTTEN)

    def test_stages_without_a_limit_and_closed_deals_never_rot(self, company, stages, manager, now):
        stages[0].days_to_rot = None
        stages[0].save()
        DealFactory(company=company, stage=stages[0], stage_since=now - 900 * DAY)
        won = DealFactory(company=company, stage=stages[1], stage_since=now - 900 * DAY)
        win_deal(deal_id=won.pk, user=manager, now=now)
        assert list(rotting_deals(deals=company_deals(company.pk))) == []
