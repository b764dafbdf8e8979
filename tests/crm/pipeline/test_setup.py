"""The default pipeline, and changing a pipeline with its stages."""

from decimal import Decimal

import pytest

from core.errors import InvalidInputError
from crm.pipeline.models import CloseReason, Pipeline
from crm.pipeline.operations import create_deal, move_deal_to_stage, pin_probability
from crm.pipeline.setup import StageInUseError, create_pipeline, set_up_pipeline, update_pipeline

pytestmark = pytest.mark.django_db


def test_the_default_pipeline_comes_once(company, manager, now, pipeline):
    assert set_up_pipeline(company_id=company.pk, user=manager, now=now) == pipeline
    stages = [(stage.name, stage.probability) for stage in pipeline.stages.all()]
    assert stages == [("Prospecting", 10), ("Qualified", 25), ("Proposal", 50), ("Negotiation", 75)]
    assert (Pipeline.objects.count(), CloseReason.objects.filter(company=company).count()) == (1, 10)


def as_given(stages, **changes):
    return [
        {"id": stage.pk, "name": stage.name, "probability": changes.get(stage.name, stage.probability)}
        for stage in stages
    ]


def test_open_deals_follow_a_new_probability_of_their_stage(company, manager, now, pipeline, stages):
    follows = create_deal(company_id=company.pk, user=manager, now=now, title="Follows")
    pinned = create_deal(company_id=company.pk, user=manager, now=now, title="Pinned")
    pin_probability(deal_id=pinned.pk, probability=Decimal(66), user=manager, now=now)
    given = as_given(stages, Prospecting=Decimal(15))
    update_pipeline(pipeline_id=pipeline.pk, user=manager, now=now, name="Direct", stages=given)
    follows.refresh_from_db()
    pinned.refresh_from_db()
    assert (follows.probability, follows.version, pinned.probability) == (15, 2, 66)


def test_stages_are_added_reordered_and_dropped(manager, now, pipeline, stages):
    given = [{"name": "First call", "probability": Decimal(5)}, *as_given(reversed(stages[:2]))]
    update_pipeline(pipeline_id=pipeline.pk, user=manager, now=now, stages=given)
    assert [stage.name for stage in pipeline.stages.all()] == ["First call", "Qualified", "Prospecting"]


def test_a_stage_that_had_deals_stays(company, manager, now, pipeline, stages):
    deal = create_deal(company_id=company.pk, user=manager, now=now, title="Was here")
    move_deal_to_stage(deal_id=deal.pk, stage_id=stages[1].pk, user=manager, now=now)
    with pytest.raises(StageInUseError) as refusal:
        update_pipeline(pipeline_id=pipeline.pk, user=manager, now=now, stages=as_given(stages[1:]))
    assert refusal.value.field == "stages"
    assert pipeline.stages.count() == 4


def test_a_pipeline_needs_a_stage(company, manager, now, pipeline):
    with pytest.raises(InvalidInputError):
        create_pipeline(company_id=company.pk, user=manager, now=now, name="Empty")
    with pytest.raises(InvalidInputError):
        update_pipeline(pipeline_id=pipeline.pk, user=manager, now=now, stages=[])
