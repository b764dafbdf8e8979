"""Pipelines: the default one of a new company, and changing one with its stages."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.documents.records import create_record, update_record
from core.errors import InvalidInputError
from crm.pipeline.enums import DealStatus, ReasonKind
from crm.pipeline.models import CloseReason, Deal, Pipeline, Stage

if TYPE_CHECKING:
    from core.access.models import User

Stages = Sequence[Mapping[str, Any]]


class StageInUseError(InvalidInputError):
    """Deals are, or were, in the stage."""

    code = "stage_in_use"


def set_up_pipeline(*, company_id: int, user: "User | None", now: dt.datetime) -> Pipeline:
    """Give a company its first pipeline with four stages, and the usual reasons. What it has already stays as it is."""
    with transaction.atomic():
        pipeline = Pipeline.objects.filter(company_id=company_id).first()
        if pipeline is None:
            pipeline = create_pipeline(
                company_id=company_id, user=user, now=now, name=_("Sales"), stages=_default_stages()
            )
        _set_up_reasons(company_id, user)
    return pipeline


def create_pipeline(
    *, company_id: int, user: "User | None", now: dt.datetime, stages: Stages = (), **values: Any
) -> Pipeline:
    """Write a pipeline with its stages, in their order.

    :raises InvalidInputError: it has no stage, or a name is taken.
    """
    _require_stages(stages)
    with transaction.atomic():
        pipeline = create_record(Pipeline, company_id=company_id, user=user, now=now, values=values)
        for position, stage in enumerate(stages, 1):
            _write_stage(pipeline, None, position, stage, user, now)
    return pipeline


def update_pipeline(
    *,
    pipeline_id: int,
    user: "User | None",
    now: dt.datetime,
    stages: Stages | None = None,
    expected_version: int | None = None,
    **values: Any,
) -> Pipeline:
    """Change a pipeline and make its stages the given ones. Open deals follow a stage's new probability unless theirs
    is pinned.

    :raises StageInUseError: a stage that is left out has had deals.
    :raises ConflictError: somebody else changed it since.
    """
    with transaction.atomic():
        pipeline = update_record(
            Pipeline, pipeline_id, user=user, now=now, values=values, expected_version=expected_version
        )
        if stages is not None:
            _require_stages(stages)
            _replace_stages(pipeline, stages, user, now)
    return pipeline


def _replace_stages(pipeline: Pipeline, stages: Stages, user: "User | None", now: dt.datetime) -> None:
    stored = {stage.pk: stage for stage in pipeline.stages.select_for_update(of=("self",))}
    kept = {stage["id"] for stage in stages if stage.get("id") in stored}
    _drop([stage for key, stage in stored.items() if key not in kept])
    for position, stage in enumerate(stages, 1):
        _write_stage(pipeline, stored.get(stage.get("id", 0)), position, stage, user, now)


def _drop(stages: list[Stage]) -> None:
    for stage in stages:
        if stage.deals.exists() or stage.entries.exists():
            raise StageInUseError(
                _("There are deals that are or were in %(stage)s.") % {"stage": stage},
                field="stages",
                hint=_("Rename it instead, or move it to the end."),
            )
        stage.delete()


def _write_stage(  # noqa: PLR0917 - where it stands, and what it is
    pipeline: Pipeline,
    stored: Stage | None,
    position: int,
    given: Mapping[str, Any],
    user: "User | None",
    now: dt.datetime,
) -> None:
    values = {name: given[name] for name in ("name", "probability", "days_to_rot") if name in given}
    values["position"] = position
    if stored is None:
        values["pipeline"] = pipeline
        create_record(Stage, company_id=pipeline.company_id, user=user, now=now, values=values)
    elif any(getattr(stored, name) != value for name, value in values.items()):
        stage = update_record(Stage, stored.pk, user=user, now=now, values=values)
        if stage.probability != stored.probability:
            _let_deals_follow(stage)


def _let_deals_follow(stage: Stage) -> None:
    followers = Deal.objects.filter(
        company_id=stage.company_id, stage=stage, status=DealStatus.OPEN, probability_pinned_at=None
    )
    followers.update(probability=stage.probability, version=F("version") + 1)


def _require_stages(stages: Stages) -> None:
    if not stages:
        raise InvalidInputError(_("A pipeline needs a stage."), field="stages", hint=_("Add at least one."))


def _default_stages() -> Stages:
    return (
        {"name": _("Prospecting"), "probability": Decimal(10), "days_to_rot": 30},
        {"name": _("Qualified"), "probability": Decimal(25), "days_to_rot": 30},
        {"name": _("Proposal"), "probability": Decimal(50), "days_to_rot": 21},
        {"name": _("Negotiation"), "probability": Decimal(75), "days_to_rot": 14},
    )


def _set_up_reasons(company_id: int, user: "User | None") -> None:
    names = {
        ReasonKind.WON: (_("Best price"), _("Best fit"), _("Known and trusted"), _("Fastest delivery")),
        ReasonKind.LOST: (
            _("Too expensive"),
            _("Chose a competitor"),
            _("No budget"),
            _("No decision"),
            _("Feature missing"),
            _("Other"),
        ),
    }
    if CloseReason.objects.filter(company_id=company_id).exists():
        return
    CloseReason.objects.bulk_create(
        [
            CloseReason(company_id=company_id, kind=kind, name=name, created_by=user)
            for kind, group in names.items()
            for name in group
        ]
    )
