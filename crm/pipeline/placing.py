"""Where a deal stands: its stage, and its place within the board's column."""

from decimal import Decimal

from django.db.models import Min, QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInputError
from crm.pipeline.enums import DealStatus
from crm.pipeline.models import Deal, Pipeline, Stage

STEP = Decimal(1024)


def stage_of(company_id: int, pipeline_id: int | None, stage_id: int | None) -> Stage:
    """The stage that is meant: the given one, else the first of the pipeline, else the first of the company.

    :raises InvalidInputError: it is of another pipeline, or there is none.
    """
    if stage_id is not None:
        stage = Stage.objects.filter(company_id=company_id, pk=stage_id).first()
        if stage is None or pipeline_id not in (None, stage.pipeline_id):
            raise InvalidInputError(_("This stage does not belong to the pipeline."), field="stage")
        return stage
    pipelines = Pipeline.objects.filter(company_id=company_id, active=True)
    pipeline = pipelines.filter(pk=pipeline_id).first() if pipeline_id else pipelines.first()
    stage = pipeline.stages.order_by("position", "pk").first() if pipeline else None
    if stage is None:
        raise InvalidInputError(
            _("The company has no pipeline with stages."),
            field="pipeline",
            hint=_("Add one under Settings, Pipelines."),
        )
    return stage


def open_deals_in(stage: Stage) -> QuerySet[Deal]:
    """Deals on the board in a stage; by the columns of the board's index."""
    return Deal.objects.filter(company_id=stage.company_id, stage=stage, status=DealStatus.OPEN)


def top_of(stage: Stage) -> Decimal:
    first = open_deals_in(stage).aggregate(Min("board_position"))
    return (first["board_position__min"] or Decimal(0)) - STEP


def place(stage: Stage, before_id: int | None) -> Decimal:
    """A key between two neighbours, so that moving one deal renumbers no other."""
    column = open_deals_in(stage)
    before = column.filter(pk=before_id).values_list("board_position", flat=True).first() if before_id else None
    if before is None:
        return top_of(stage)
    above = column.filter(board_position__lt=before).order_by("-board_position")
    neighbour = above.values_list("board_position", flat=True).first()
    return before - STEP if neighbour is None else (before + neighbour) / 2
