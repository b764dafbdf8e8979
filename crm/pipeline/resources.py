"""Screens of deals, pipelines, stages and close reasons."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.ui import formats
from core.ui.actions import Action
from core.ui.panels import AttributesPanel, LinesPanel, RelatedPanel, TotalsPanel
from core.ui.registry import register
from core.ui.resource import Caller, Column, LineForm, Menu, PresetView, Resource, SearchIn
from crm.contacts.activities import activity_actions
from crm.contacts.columns import next_activity_column
from crm.contacts.panels import NextActivityPanel, TimelinePanel
from crm.pipeline import forms
from crm.pipeline.board import DEAL_BOARD
from crm.pipeline.enums import DealStatus
from crm.pipeline.filters import DealFilter
from crm.pipeline.models import CloseReason, Deal, Pipeline, Stage, StageLog
from crm.pipeline.operations import (
    assign_deal,
    create_deal,
    lose_deal,
    move_deal_to_stage,
    pin_probability,
    release_probability,
    reopen_deal,
    update_deal,
    win_deal,
)
from crm.pipeline.previews import preview_deal
from crm.pipeline.setup import create_pipeline, update_pipeline


def is_open(deal: Deal) -> bool:
    return deal.status == DealStatus.OPEN


def winning(deal: Deal) -> list[Any]:
    """What winning means, with the figure."""
    amount = formats.money_with_currency(deal.amount, deal.currency_id)
    return [_("The deal of %(amount)s is won, and its order is written as a draft.") % {"amount": amount}]


def deal_defaults(caller: Caller) -> Mapping[str, Any]:
    """A new deal stands in the first stage, in the company's currency."""
    stages = Stage.objects.filter(company_id=caller.company_id, pipeline__active=True)
    first = stages.order_by("pipeline__position", "pipeline_id", "position", "pk").first()
    return {"stage": first.pk if first else None, "currency": caller.company.currency_id}


class WorthPanel(TotalsPanel):
    """What the deal is worth, and what it is worth weighted."""

    name, title, side = "worth", _("Worth"), "side"

    def context(self, request: Any, obj: Deal) -> Mapping[str, Any]:
        probability = formats.percent(obj.probability)
        pinned = _("pinned") if obj.is_probability_pinned else _("follows the stage")
        return {
            "rows": [
                {
                    "label": _("Amount"),
                    "value": formats.money_with_currency(obj.amount, obj.currency_id),
                    "strong": True,
                },
                {"label": _("Probability, %(how)s") % {"how": pinned}, "value": probability},
                {"label": _("Weighted"), "value": formats.money(obj.weighted_amount, obj.company.currency_id)},
            ]
        }


@register
class DealResource(Resource):
    model = Deal
    slug = "deals"
    menu = Menu("sales", order=20, icon="target", key="d")
    columns = (
        "title",
        "party",
        "stage",
        "status",
        Column("amount", total=True, own="company_amount"),
        Column("probability", _("Probability"), kind="percent"),
        "expected_close_date",
        next_activity_column(),
        "owner",
    )
    more_columns = (
        Column("company_amount", total=True),
        "pipeline",
        "team",
        "source",
        "contact",
        "opened_at",
        "stage_since",
        "closed_at",
        "close_reason",
        "next_step",
        "created_at",
    )
    filters = DealFilter
    search = True
    files = True
    form, create, update = forms.DealForm, create_deal, update_deal
    preview, defaults = preview_deal, staticmethod(deal_defaults)
    lines = LineForm(forms.DealLineForm, label=_("Lines"))
    views = {"board": DEAL_BOARD}
    detail_related = ("company__currency", "currency")
    panels = (
        AttributesPanel(
            fields=(
                "party",
                "contact",
                "pipeline",
                "stage",
                "expected_close_date",
                "next_step",
                "source",
                "owner",
                "team",
                "opened_at",
                "stage_since",
                "closed_at",
                "close_reason",
                "close_note",
                "probability_note",
                "notes",
            )
        ),
        LinesPanel(
            columns=(
                "item",
                "description",
                "quantity",
                "unit_price",
                Column("discount_percent", kind="percent"),
                "net_amount",
            )
        ),
        RelatedPanel(
            name="stages",
            title=_("Way through the stages"),
            side="main",
            model=StageLog,
            field="deal",
            linked=False,
            ordering=("-at", "-pk"),
            columns=("at", "to_stage", "status", "amount", "by"),
        ),
        WorthPanel(),
        NextActivityPanel(),
        TimelinePanel(),
    )
    actions = (
        Action(
            "win", _("Win"), win_deal, form=forms.WinForm, confirm=winning, when=is_open, style="primary", icon="trophy"
        ),
        Action(
            "lose", _("Lose"), lose_deal, form=forms.LoseForm, when=is_open, style="danger", icon="circle-x", bulk=True
        ),
        Action(
            "reopen", _("Reopen"), reopen_deal, when=lambda deal: deal.status == DealStatus.LOST, icon="arrow-back-up"
        ),
        Action(
            "move",
            _("Move"),
            move_deal_to_stage,
            form=forms.MoveForm,
            when=is_open,
            verb="change",
            icon="arrow-right",
            bulk=True,
        ),
        Action("pin", _("Pin probability"), pin_probability, form=forms.PinForm, when=is_open, icon="percentage"),
        Action(
            "release",
            _("Release probability"),
            release_probability,
            when=lambda deal: is_open(deal) and deal.is_probability_pinned,
            icon="rotate",
        ),
        Action(
            "assign",
            _("Assign"),
            assign_deal,
            form=forms.OwnerForm,
            when=is_open,
            verb="change",
            icon="user-check",
            bulk=True,
        ),
        *activity_actions("pipeline.deal"),
    )
    saved_views = (
        PresetView("mine", _("My open deals"), {"owner": "me", "status": "open"}),
        PresetView("open", _("Open"), {"status": "open"}),
        PresetView("late", _("Late activity"), {"status": "open", "activity": "late"}),
        PresetView("unplanned", _("Nothing planned"), {"status": "open", "activity": "none"}),
        PresetView("rotting", _("Rotting"), {"rotting": "1"}),
        PresetView("closing", _("Closing this month"), {"status": "open", "expected_close_date_to": "month_end"}),
        PresetView("won", _("Won this month"), {"status": "won", "closed_at_from": "month_start"}),
    )

    def subtitle(self, obj: Deal) -> str:
        return str(obj.party or "")

    def editable(self, obj: Deal) -> bool:
        return is_open(obj)


@register
class PipelineResource(Resource):
    model = Pipeline
    slug = "pipelines"
    search = SearchIn(words=("name",))
    menu = Menu("settings", order=50, icon="filter")
    columns = ("name", "position", "active")
    ordering = "position"
    form, create, update = forms.PipelineForm, create_pipeline, update_pipeline
    lines = LineForm(forms.StageForm, name="stages", min=1, label=_("Stages"))
    panels = (
        AttributesPanel(fields=("position", "active")),
        LinesPanel(
            name="stages",
            title=_("Stages"),
            relation="stages",
            columns=("name", Column("probability", kind="percent"), "days_to_rot"),
        ),
    )


@register
class StageResource(Resource):
    """Stages are changed on their pipeline; here they are looked up."""

    model = Stage
    slug = "stages"
    search = SearchIn(words=("name", "pipeline__name"))
    columns = ("name", "pipeline", "position", Column("probability", kind="percent"), "days_to_rot")
    ordering = "pipeline"
    filters = ("pipeline",)
    panels = (
        AttributesPanel(fields=("pipeline", Column("probability", kind="percent"), "days_to_rot")),
        RelatedPanel(
            name="deals",
            title=_("Open deals"),
            model=Deal,
            field="stage",
            where={"status": DealStatus.OPEN},
            ordering=("board_position", "pk"),
            columns=("title", "party", "amount", "owner"),
            side="main",
        ),
    )

    def queryset(self) -> QuerySet[Any]:
        return Stage.objects.all()


@register
class CloseReasonResource(Resource):
    model = CloseReason
    slug = "close-reasons"
    search = SearchIn(words=("name",))
    menu = Menu("settings", order=55, icon="list-details")
    columns = ("name", "kind", "active")
    ordering = "name"
    filters = ("kind", "active")
    form = forms.CloseReasonForm
    panels = (AttributesPanel(fields=("kind", "active")),)
