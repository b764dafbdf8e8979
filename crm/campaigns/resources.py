"""Screens of marketing, and what campaigns add to leads and deals."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.ui.actions import Action
from core.ui.filters import RecordFilter
from core.ui.panels import AttributesPanel, LinesPanel, RelatedPanel
from core.ui.registry import extend, register
from core.ui.resource import Column, LineForm, Menu, PresetView, Resource, SearchIn
from crm.campaigns import forms, operations, panels
from crm.campaigns.enums import CAMPAIGN_TRANSITIONS, MAILING_TRANSITIONS, CampaignStatus, MailingStatus
from crm.campaigns.filters import CampaignFilter, DealCampaignFilter, RecipientFilter
from crm.campaigns.models import Campaign, Mailing, MailingRecipient, Segment
from crm.campaigns.operations.mailings import CHANGEABLE, what_sending_does

OPEN_CAMPAIGNS = (CampaignStatus.DRAFT, CampaignStatus.RUNNING)


def campaign_to(status: CampaignStatus) -> Any:
    """Whether a campaign may become that now."""
    return lambda campaign: CAMPAIGN_TRANSITIONS.allows(campaign.status, status)


def mailing_to(status: MailingStatus) -> Any:
    """Whether a mailing may become that now."""
    return lambda mailing: MAILING_TRANSITIONS.allows(mailing.status, status)


def is_changeable(mailing: Mailing) -> bool:
    return mailing.status in CHANGEABLE


@register
class CampaignResource(Resource):
    model = Campaign
    slug = "campaigns"
    menu = Menu("marketing", order=10, icon="speakerphone")
    columns = ("name", "code", "status", "start_date", "end_date", "budget_amount", "owner")
    more_columns = ("started_at", "finished_at", "created_at")
    filters = CampaignFilter
    search = True
    form, create, update = forms.CampaignForm, operations.create_campaign, operations.update_campaign
    status_colors = {"finished": "green"}
    detail_related = ("company",)
    panels = (
        panels.ResultsPanel(),
        panels.CampaignMailsPanel(),
        RelatedPanel(
            name="mailings", title=_("Mailings"), side="main", lazy=False, model=Mailing, field="campaign",
            columns=("subject", "segment", "status", "released_at"),
            empty_text=_("No mailing is written yet."),
        ),
        panels.CampaignLeadsPanel(),
        panels.CampaignDealsPanel(),
        AttributesPanel(
            side="side",
            fields=("code", "start_date", "end_date", "owner", "started_at", "finished_at", "notes"),
        ),
        panels.CaptureFormsPanel(),
    )  # fmt: skip
    actions = (
        Action(
            "start", _("Start"), operations.start_campaign, when=campaign_to(CampaignStatus.RUNNING),
            style="primary", icon="player-play", success=_("The campaign runs."),
        ),
        Action(
            "finish", _("Finish"), operations.finish_campaign, when=campaign_to(CampaignStatus.FINISHED),
            icon="circle-check",
            confirm=_("No mailing goes out after that. Leads that still come by the code count for the campaign."),
        ),
        Action(
            "link_form", _("Link capture form"), operations.link_capture_form, form=forms.LinkFormForm, verb="change",
            when=lambda campaign: campaign.status in OPEN_CAMPAIGNS, icon="link", id_name="campaign_id",
        ),
        Action(
            "cancel", _("Cancel"), operations.cancel_campaign, when=campaign_to(CampaignStatus.CANCELLED),
            style="danger", icon="ban", confirm=_("Every mailing of the campaign that is not sent is cancelled too."),
        ),
    )  # fmt: skip
    saved_views = (
        PresetView("open", _("Open"), {"status": ",".join(OPEN_CAMPAIGNS)}, default=True),
        PresetView("mine", _("Mine"), {"owner": "me"}),
    )

    def subtitle(self, obj: Campaign) -> str:
        return obj.code

    def editable(self, obj: Campaign) -> bool:
        return obj.status != CampaignStatus.CANCELLED


def countries_of(segment: Segment) -> str:
    return ", ".join(segment.countries)


@register
class SegmentResource(Resource):
    model = Segment
    slug = "segments"
    menu = Menu("marketing", order=20, icon="users-group")
    columns = ("name", "audience", "ground", Column("countries", value=countries_of, sort=False), "language", "group")
    more_columns = (
        "addressees",
        "industry",
        "deals",
        "owned_by",
        "owned_by_team",
        "lead_source",
        "lead_score_min",
        "created_at",
    )
    ordering = "name"
    filters = ("audience", "ground", "group", "owned_by", "owned_by_team")
    search = True
    form = forms.SegmentForm
    lines = LineForm(form=forms.MemberForm, name="members", label=_("Chosen by hand, besides"), max=500)
    panels = (
        panels.ReachPanel(),
        AttributesPanel(
            title=_("Criteria"),
            fields=(
                "audience", "addressees", "ground", Column("countries", value=countries_of), "language", "industry",
                "group", "deals", "lead_source", "lead_score_min", "owned_by", "owned_by_team",
            ),
        ),
        LinesPanel(
            name="members", title=_("Chosen by hand"), relation="members", columns=("party", "lead"), limit=50,
            empty_text=_("Nobody was added by hand."),
        ),
        RelatedPanel(
            name="mailings", title=_("Mailings"), model=Mailing, field="segment", columns=("subject", "status"),
        ),
    )  # fmt: skip


@register
class MailingResource(Resource):
    model = Mailing
    slug = "mailings"
    menu = Menu("marketing", order=30, icon="mail")
    columns = ("subject", "campaign", "segment", "status", "scheduled_at", "released_at")
    more_columns = ("sender_name", "reply_to", "ground", "finished_at", "created_by", "created_at")
    filters = ("status", "campaign", "segment", "released_at")
    search = True
    form, create, update = forms.MailingForm, operations.create_mailing, operations.update_mailing
    status_colors = {"sending": "blue", "sent": "green"}
    detail_related = ("company", "segment", "campaign")
    panels = (
        panels.ProgressPanel(),
        panels.PreviewPanel(),
        AttributesPanel(
            side="side",
            fields=(
                "campaign", "segment", "ground", "sender_name", "reply_to", "scheduled_at", "released_at",
                "finished_at", "created_by",
            ),
        ),
    )  # fmt: skip
    actions = (
        Action(
            "send", _("Send now"), operations.send_mailing, when=mailing_to(MailingStatus.SENDING),
            confirm=what_sending_does, style="primary", icon="send",
            success=_("The recipients are frozen and the mails go out."),
        ),
        Action(
            "test", _("Send me a test"), operations.ask_for_test_mail, when=is_changeable, icon="mail",
            success=_("The test is on its way to your mailbox."),
        ),
        Action(
            "schedule", _("Schedule"), operations.schedule_mailing, form=forms.ScheduleForm, when=is_changeable,
            icon="calendar-time", success=_("The mailing is scheduled."),
        ),
        Action(
            "unschedule", _("Back to draft"), operations.unschedule_mailing, when=mailing_to(MailingStatus.DRAFT),
            icon="arrow-back-up",
        ),
        Action(
            "cancel", _("Cancel"), operations.cancel_mailing, when=mailing_to(MailingStatus.CANCELLED),
            style="danger", icon="ban",
            confirm=_("Whoever has not got the mail yet gets it no more. Mails that have left cannot be taken back."),
        ),
    )  # fmt: skip

    def editable(self, obj: Mailing) -> bool:
        return is_changeable(obj)


@register
class MailingRecipientResource(Resource):
    model = MailingRecipient
    slug = "mailing-recipients"
    search = SearchIn(words=("email",), records=("mailing", "party", "lead"), alike=False)
    label, label_plural = _("recipient"), _("recipients")
    columns = ("email", "party", "lead", "mailing", "status", "reason", "sent_at")
    more_columns = ("detail", "claimed_at")
    filters = RecipientFilter
    status_colors = {"sending": "blue", "sent": "green", "skipped": "grey"}
    create = update = False
    panels = (AttributesPanel(fields=("email", "party", "lead", "mailing", "status", "reason", "detail", "sent_at")),)

    def title(self, obj: MailingRecipient) -> str:
        return obj.email or str(obj.get_reason_display())


def campaign_of(lead: Any) -> Any:
    attribution = getattr(lead, "attribution", None)
    return attribution.campaign if attribution is not None else None


# The path as a name keeps the column out of the API, where a lead's attributes alone stand.
BROUGHT_BY = Column(
    "attribution__campaign",
    _("Campaign"),
    kind="link",
    value=campaign_of,
    related=("attribution__campaign",),
    sort=False,
)
LEADS_OF = RecordFilter(queryset=Campaign.objects.all(), field_name="attribution__campaign", label=_("Campaign"))

extend("leads").add_panel(panels.LeadCampaignPanel(), after="became").add_column(BROUGHT_BY)
extend("leads").add_filter("campaign", LEADS_OF)
extend("deals").add_filter("campaign", DealCampaignFilter(queryset=Campaign.objects.all(), label=_("Campaign")))
