"""Screens of leads and capture forms."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.ui.actions import Action
from core.ui.panels import AttributesPanel, RelatedPanel
from core.ui.registry import register
from core.ui.resource import Column, Menu, PresetView, Resource, SearchIn
from crm.contacts.activities import activity_actions
from crm.contacts.columns import next_activity_column
from crm.contacts.panels import NextActivityPanel, TimelinePanel
from crm.leads import forms
from crm.leads.conversion import convert_to_deal
from crm.leads.enums import LEAD_TRANSITIONS, OPEN_STATUSES, LeadStatus
from crm.leads.filters import LeadFilter
from crm.leads.models import CaptureForm, Lead
from crm.leads.operations import (
    assign_lead,
    create_lead,
    disqualify_lead,
    qualify_lead,
    recycle_lead,
    update_lead,
    work_lead,
)
from crm.leads.panels import DuplicatesPanel, FitPanel


def is_open(lead: Lead) -> bool:
    return lead.status in OPEN_STATUSES


def leads_to(status: LeadStatus) -> Any:
    """Whether a lead may become that now."""
    return lambda lead: LEAD_TRANSITIONS.allows(lead.status, status)


@register
class LeadResource(Resource):
    model = Lead
    slug = "leads"
    menu = Menu("sales", order=15, icon="user-plus", key="l")
    columns = (
        Column("name", value=str),
        "email",
        "status",
        "score",
        "source",
        next_activity_column(),
        "owner",
        "created_at",
    )
    more_columns = (
        "phone",
        "organisation_name",
        "job_title",
        "country",
        "website",
        "team",
        "capture_form",
        "party",
        "deal",
        "converted_at",
    )
    filters = LeadFilter
    search = True
    files = True
    form, create, update = forms.LeadForm, create_lead, update_lead
    status_colors = {"new": "yellow", "working": "blue", "recycled": "yellow"}
    detail_related = ("company",)
    panels = (
        DuplicatesPanel(),
        AttributesPanel(
            fields=(
                "name",
                "organisation_name",
                "job_title",
                "email",
                "phone",
                "website",
                "country",
                "source",
                "capture_form",
                "utm_source",
                "utm_medium",
                "utm_campaign",
                "owner",
                "team",
                "message",
                "notes",
                "disqualify_reason",
                "disqualify_note",
            )
        ),
        AttributesPanel(
            name="became",
            title=_("Became"),
            side="side",
            fields=("party", "contact", "deal", "converted_at", "converted_by"),
        ),
        FitPanel(),
        NextActivityPanel(),
        TimelinePanel(),
    )
    actions = (
        Action(
            "convert",
            _("Convert"),
            convert_to_deal,
            form=forms.ConvertForm,
            when=leads_to(LeadStatus.CONVERTED),
            style="primary",
            icon="user-check",
            follow=True,
            success=_("The lead is a deal now."),
        ),
        Action("work", _("Start working"), work_lead, when=leads_to(LeadStatus.WORKING), icon="player-play", bulk=True),
        Action("qualify", _("Qualify"), qualify_lead, when=leads_to(LeadStatus.QUALIFIED), icon="star", bulk=True),
        Action(
            "disqualify",
            _("Disqualify"),
            disqualify_lead,
            form=forms.DisqualifyForm,
            when=leads_to(LeadStatus.DISQUALIFIED),
            style="danger",
            icon="ban",
            bulk=True,
        ),
        Action("recycle", _("Recycle"), recycle_lead, when=leads_to(LeadStatus.RECYCLED), icon="refresh", bulk=True),
        Action("assign", _("Assign"), assign_lead, form=forms.AssignForm, when=is_open, icon="user", bulk=True),
        *activity_actions("leads.lead"),
    )
    saved_views = (
        PresetView("open", _("Open"), {"status": ",".join(OPEN_STATUSES)}, default=True),
        PresetView("mine", _("Mine"), {"owner": "me", "status": ",".join(OPEN_STATUSES)}),
        PresetView("unassigned", _("Nobody's"), {"owner": "none", "status": ",".join(OPEN_STATUSES)}),
        PresetView("late", _("Late activity"), {"activity": "late", "status": ",".join(OPEN_STATUSES)}),
        PresetView("converted", _("Converted"), {"status": "converted"}),
    )

    def subtitle(self, obj: Lead) -> str:
        return obj.job_title or obj.source

    def editable(self, obj: Lead) -> bool:
        return is_open(obj)


def public_address(form: CaptureForm) -> str:
    """The page's path as a link."""
    url = reverse("leads:capture", args=[form.slug])
    return format_html('<a href="{}">{}</a>', url, url)


@register
class CaptureFormResource(Resource):
    model = CaptureForm
    slug = "capture-forms"
    search = SearchIn(words=("title", "slug"))
    menu = Menu("marketing", order=40, icon="inbox")
    columns = ("title", "slug", "source", "assignment", "owner", "team", "active")
    ordering = "title"
    filters = ("active", "owner", "team")
    form = forms.CaptureFormForm
    panels = (
        AttributesPanel(
            fields=(
                Column("page", _("Page"), value=public_address),
                "text",
                "thanks",
                "source",
                "assignment",
                "owner",
                "team",
                "asks_consent",
            )
        ),
        RelatedPanel(
            name="leads",
            title=_("Leads"),
            side="main",
            model=Lead,
            field="capture_form",
            columns=(Column("name", value=str), "status", "score", "created_at"),
        ),
    )
