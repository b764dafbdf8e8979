"""Pipelines, stages, deals."""

import datetime as dt
from decimal import Decimal

import factory
from django.utils import timezone

from crm.pipeline.enums import ReasonKind
from crm.pipeline.models import CloseReason, Deal, DealLine, Pipeline, Stage
from tests.factories.company import CompanyFactory
from tests.factories.parties import PartyFactory


class PipelineFactory(factory.django.DjangoModelFactory):
    """A pipeline with one stage; without any when `stages=False`."""

    class Meta:
        model = Pipeline
        skip_postgeneration_save = True

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Pipeline {n}")

    @factory.post_generation
    def stages(self, create: bool, extracted: bool | None, **kwargs: object) -> None:
        if create and extracted is not False:
            Stage.objects.create(company=self.company, pipeline=self, name="Prospecting", position=1, probability=10)


class StageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Stage

    company = factory.SubFactory(CompanyFactory)
    pipeline = factory.SubFactory(PipelineFactory, company=factory.SelfAttribute("..company"), stages=False)
    name = factory.Sequence(lambda n: f"Stage {n}")
    position = factory.Sequence(lambda n: n % 30000)
    probability = Decimal(10)
    days_to_rot = 30


class CloseReasonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CloseReason

    company = factory.SubFactory(CompanyFactory)
    kind = ReasonKind.LOST
    name = factory.Sequence(lambda n: f"Reason {n}")


class DealFactory(factory.django.DjangoModelFactory):
    """An open deal in a stage of its own pipeline, opened a week ago."""

    class Meta:
        model = Deal

    company = factory.SubFactory(CompanyFactory)
    title = factory.Sequence(lambda n: f"Deal {n}")
    party = factory.SubFactory(PartyFactory, company=factory.SelfAttribute("..company"))
    stage = factory.SubFactory(StageFactory, company=factory.SelfAttribute("..company"))
    pipeline = factory.SelfAttribute("stage.pipeline")
    amount = Decimal("1000.0000")
    currency = factory.SelfAttribute("company.currency")
    company_amount = factory.SelfAttribute("amount")
    probability = factory.SelfAttribute("stage.probability")
    opened_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=7))
    stage_since = factory.SelfAttribute("opened_at")


class DealLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DealLine

    company = factory.SelfAttribute("deal.company")
    deal = factory.SubFactory(DealFactory)
    position = 1
    description = "Advice"
    quantity = Decimal(2)
    unit_price = Decimal(50)
    net_amount = Decimal(100)
