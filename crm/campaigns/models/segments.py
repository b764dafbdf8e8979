"""Segments: whom a mailing addresses, as criteria in columns and people chosen by hand in rows."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.company.countries import validate_country
from core.company.models import CompanyOwned, Team
from core.documents.models import Record, unique_external_id
from core.parties.models import Party, PartyGroup
from core.search.triggers import searchable
from crm.campaigns.enums import Addressees, Audience, DealHistory, LegalGround
from crm.leads.models import Lead


@tracked
class Segment(Record):
    """Whom a mailing addresses, and on what legal ground. An empty criterion asks nothing.

    A person at an organisation counts as its customer, and takes over what they do not say themselves: country,
    language, industry, group, owner and team. Language, industry, group and deals narrow parties only, source and fit
    leads only.

    :ivar countries: two-letter codes, any of them.
    :ivar owned_by: whose parties and leads; a segment itself belongs to nobody.
    """

    name = models.CharField(_("name"), max_length=120)
    ground = models.CharField(
        _("legal ground"),
        max_length=8,
        choices=LegalGround,
        default=LegalGround.CONSENT,
        help_text=_("Existing customers may be mailed without consent only where the law of their country allows it."),
    )
    audience = models.CharField(_("audience"), max_length=10, choices=Audience, default=Audience.CUSTOMERS)
    addressees = models.CharField(_("addressees"), max_length=14, choices=Addressees, default=Addressees.EVERYBODY)
    countries = ArrayField(
        models.CharField(max_length=2, validators=[validate_country]),
        verbose_name=_("countries"),
        default=list,
        blank=True,
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    industry = models.CharField(_("industry"), max_length=120, blank=True)
    group = models.ForeignKey(
        PartyGroup, models.PROTECT, null=True, blank=True, verbose_name=_("group"), related_name="+"
    )
    owned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("owned by"), related_name="+"
    )
    owned_by_team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, verbose_name=_("owned by team"), related_name="+"
    )
    deals = models.CharField(_("deals"), max_length=8, choices=DealHistory, blank=True)
    lead_source = models.CharField(_("source of the lead"), max_length=80, blank=True)
    lead_score_min = models.PositiveSmallIntegerField(
        _("fit of the lead from"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ("name", "id")
        constraints = [
            unique_external_id("campaigns_segment"),
            models.UniqueConstraint("company", "name", name="campaigns_segment_name"),
        ]
        triggers = [*searchable(title="name")]

    def __str__(self) -> str:
        return self.name


class SegmentMember(CompanyOwned):
    """A party or a lead that belongs to a segment whatever its criteria say."""

    segment = models.ForeignKey(Segment, models.CASCADE, verbose_name=_("segment"), related_name="members")
    party = models.ForeignKey(Party, models.CASCADE, null=True, blank=True, verbose_name=_("party"), related_name="+")
    lead = models.ForeignKey(Lead, models.CASCADE, null=True, blank=True, verbose_name=_("lead"), related_name="+")

    class Meta:
        verbose_name = _("chosen by hand")
        verbose_name_plural = _("chosen by hand")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(party__isnull=False, lead=None) | Q(party=None, lead__isnull=False),
                name="campaigns_segmentmember_one_of_both",
            ),
            models.UniqueConstraint("segment", "party", name="campaigns_segmentmember_party"),
            models.UniqueConstraint("segment", "lead", name="campaigns_segmentmember_lead"),
        ]

    def __str__(self) -> str:
        return str(self.party or self.lead)
