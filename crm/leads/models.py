"""Leads: somebody who might buy, before they are a party; and the forms by which they come in."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.company.countries import validate_country
from core.company.models import Team
from core.documents.models import Record, unique_external_id
from core.documents.references import RecordRefField
from core.parties.models import Party
from core.search.triggers import searchable
from crm.leads.enums import AssignmentRule, CaptureField, DisqualifyReason, LeadSource, LeadStatus
from crm.pipeline.models import Deal

SLUG = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Use small letters, digits and hyphens."))


@tracked
class CaptureForm(Record):
    """A public page by which people outside leave their details: `/f/<slug>/`.

    :ivar slug: part of the address, so unique over all companies.
    :ivar shown_fields: fields shown besides name and mail address, in this order.
    :ivar campaign: leads of this form count for it.
    """

    slug = models.CharField(_("address"), max_length=60, unique=True, validators=[SLUG])
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("introduction"), blank=True)
    thanks = models.CharField(_("thank-you text"), max_length=250, blank=True)
    shown_fields = ArrayField(
        models.CharField(max_length=20, choices=CaptureField), verbose_name=_("fields"), default=list, blank=True
    )
    asks_consent = models.BooleanField(_("ask for consent to mailings"), default=True)
    source = models.CharField(_("source"), max_length=80, default=LeadSource.WEB)
    assignment = models.CharField(_("goes to"), max_length=12, choices=AssignmentRule, default=AssignmentRule.NOBODY)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("owner"), related_name="+"
    )
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, verbose_name=_("team"), related_name="+")
    campaign = RecordRefField(_("campaign"))
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("capture form")
        verbose_name_plural = _("capture forms")
        ordering = ("title", "id")
        constraints = [unique_external_id("leads_captureform")]

    def __str__(self) -> str:
        return self.title


@tracked
class Lead(Record):
    """Somebody who might buy. Open until converted or disqualified; a disqualified one may be recycled.

    :ivar score: fit from 0 to 100 by plain rules; `crm.leads.scoring` gives the reasons.
    :ivar consented_at: when they agreed to mailings on a form; becomes the party's consent on conversion.
    :ivar next_activity_at: when the nearest open task, call or meeting about it is due.
    :ivar assigned_at: when its owner got it; the one who waited longest is next in turn.
    """

    name = models.CharField(_("name"), max_length=200, blank=True)
    organisation_name = models.CharField(_("organisation"), max_length=200, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    email = models.EmailField(_("mail address"), max_length=250, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.CharField(_("website"), max_length=250, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[validate_country])
    message = models.TextField(_("message"), blank=True)
    source = models.CharField(_("source"), max_length=80, blank=True)
    campaign = RecordRefField(_("campaign"))
    utm_source = models.CharField(_("UTM source"), max_length=120, blank=True)
    utm_medium = models.CharField(_("UTM medium"), max_length=120, blank=True)
    utm_campaign = models.CharField(_("UTM campaign"), max_length=120, blank=True)
    capture_form = models.ForeignKey(
        CaptureForm, models.PROTECT, null=True, editable=False, verbose_name=_("capture form"), related_name="leads"
    )
    consented_at = models.DateTimeField(_("agreed to mailings"), null=True, editable=False)
    status = models.CharField(_("status"), max_length=12, choices=LeadStatus, default=LeadStatus.NEW, editable=False)
    disqualify_reason = models.CharField(
        _("why disqualified"), max_length=12, choices=DisqualifyReason, blank=True, editable=False
    )
    disqualify_note = models.CharField(_("note on the reason"), max_length=500, blank=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("owner"), related_name="+"
    )
    assigned_at = models.DateTimeField(_("assigned"), null=True, editable=False)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, verbose_name=_("team"), related_name="+")
    score = models.PositiveSmallIntegerField(_("fit"), default=0, validators=[MaxValueValidator(100)], editable=False)
    next_activity_at = models.DateTimeField(_("next activity"), null=True, editable=False)
    notes = models.TextField(_("notes"), blank=True)
    converted_at = models.DateTimeField(_("converted"), null=True, editable=False)
    converted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        verbose_name=_("converted by"),
        related_name="+",
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, editable=False, verbose_name=_("party"), related_name="leads"
    )
    contact = models.ForeignKey(
        Party, models.PROTECT, null=True, editable=False, verbose_name=_("contact"), related_name="+"
    )
    deal = models.ForeignKey(
        Deal, models.PROTECT, null=True, editable=False, verbose_name=_("deal"), related_name="leads"
    )

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ("-id",)
        constraints = [
            unique_external_id("leads_lead"),
            models.CheckConstraint(
                condition=~Q(name="") | ~Q(organisation_name="") | ~Q(email=""), name="leads_lead_has_a_name"
            ),
            models.CheckConstraint(
                condition=~Q(status=LeadStatus.CONVERTED)
                | Q(party__isnull=False, deal__isnull=False, converted_at__isnull=False),
                name="leads_lead_converted_is_linked",
            ),
        ]
        indexes = [
            models.Index(fields=("company", "status", "-id"), name="leads_lead_by_status"),
            models.Index(fields=("company", "owner", "status"), name="leads_lead_by_owner"),
            models.Index("company", "email", condition=~Q(email=""), name="leads_lead_by_email"),
            models.Index("company", "phone", condition=~Q(phone=""), name="leads_lead_by_phone"),
            models.Index(
                "company",
                Lower("organisation_name"),
                condition=~Q(organisation_name=""),
                name="leads_lead_by_organisation",
            ),
            models.Index(
                "company", Lower("utm_campaign"), condition=~Q(utm_campaign=""), name="leads_lead_by_utm_campaign"
            ),
        ]
        triggers = [
            *searchable(
                title="coalesce(nullif(NEW.name, ''), nullif(NEW.organisation_name, ''), NEW.email)",
                subtitle="organisation_name",
                words=("name", "organisation_name", "email", "phone"),
            )
        ]

    def __str__(self) -> str:
        names = [part for part in (self.name, self.organisation_name) if part]
        return " · ".join(names) or self.email
