"""Campaigns, and the leads that came of them."""

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.documents.facts import Fact
from core.documents.models import Record, unique_external_id
from core.fields import AmountField
from core.search.triggers import searchable
from crm.campaigns.enums import AttributedBy, CampaignStatus
from crm.leads.models import Lead

CODE = RegexValidator(r"^[a-z0-9]+([-_.][a-z0-9]+)*$", _("Use small letters, digits, hyphens, dots and underscores."))


@tracked
class Campaign(Record):
    """An effort to win customers, with its mailings and the leads that came of it. States: see CAMPAIGN_TRANSITIONS.

    :ivar code: stands as `utm_campaign` in links that lead to our pages; small letters, unique within the company.
    :ivar budget_amount: in the company's currency; empty means none is set.
    """

    name = models.CharField(_("name"), max_length=120)
    code = models.CharField(
        _("code"),
        max_length=60,
        validators=[CODE],
        help_text=_("Write it as utm_campaign into your links; leads that come by them count for this campaign."),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=CampaignStatus, default=CampaignStatus.DRAFT, editable=False
    )
    start_date = models.DateField(_("from"), null=True, blank=True)
    end_date = models.DateField(_("until"), null=True, blank=True)
    budget_amount = AmountField(_("budget"), null=True, blank=True, validators=[MinValueValidator(0)])
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("owner"), related_name="+"
    )
    notes = models.TextField(_("notes"), blank=True)
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ("-id",)
        constraints = [
            unique_external_id("campaigns_campaign"),
            models.UniqueConstraint("company", "code", name="campaigns_campaign_code"),
            models.CheckConstraint(
                condition=Q(start_date=None) | Q(end_date=None) | Q(end_date__gte=F("start_date")),
                name="campaigns_campaign_ends_after_start",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]
        triggers = [*searchable(title="name", subtitle="code", words=("code",))]

    def __str__(self) -> str:
        return self.name


class LeadAttribution(Fact):
    """The campaign that brought a lead: the first one that is known. A lead has one and keeps it."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name=_("campaign"), related_name="attributions")
    lead = models.OneToOneField(Lead, models.PROTECT, verbose_name=_("lead"), related_name="attribution")
    by = models.CharField(_("recognised by"), max_length=8, choices=AttributedBy)
    at = models.DateTimeField(_("at"))

    class Meta(Fact.Meta):
        verbose_name = _("lead attribution")
        verbose_name_plural = _("lead attributions")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.campaign} · {self.lead_id}"
