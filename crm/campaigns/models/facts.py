"""What happened between campaigns and people. Facts hold ids and hashes, never names or addresses."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.documents.facts import Fact
from core.parties.models import Party
from crm.campaigns.enums import StopReason, TouchKind
from crm.campaigns.models.campaigns import Campaign
from crm.campaigns.models.mailings import MailingRecipient
from crm.leads.models import Lead


class Touch(Fact):
    """A campaign reached a person, or the person answered. One a kind and source: a recipient, or a lead's arrival."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name=_("campaign"), related_name="touches")
    party = models.ForeignKey(Party, models.PROTECT, null=True, verbose_name=_("party"), related_name="touches")
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, verbose_name=_("lead"), related_name="touches")
    recipient = models.ForeignKey(
        MailingRecipient, models.PROTECT, null=True, verbose_name=_("recipient"), related_name="touches"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=TouchKind)
    at = models.DateTimeField(_("at"))

    class Meta(Fact.Meta):
        verbose_name = _("touch")
        verbose_name_plural = _("touches")
        ordering = ("-at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(party__isnull=False) | Q(lead__isnull=False), name="campaigns_touch_reaches_somebody"
            ),
            models.UniqueConstraint("recipient", "kind", name="campaigns_touch_once"),
            models.UniqueConstraint(
                "lead", condition=Q(kind=TouchKind.RESPONDED), name="campaigns_touch_responds_once"
            ),
        ]
        indexes = [
            models.Index(fields=("party", "-at"), condition=Q(party__isnull=False), name="campaigns_touch_by_party"),
            models.Index(fields=("lead", "-at"), condition=Q(lead__isnull=False), name="campaigns_touch_by_lead"),
            models.Index("campaign", "kind", name="campaigns_touch_by_campaign"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Suppression(Fact):
    """Nothing is mailed to an address any more, unless its owner gives consent anew later.

    :ivar address_hash: SHA-256 of company and address, so that the stop outlives the erasure of the address.
    """

    address_hash = models.CharField(_("hash of the address"), max_length=64)
    reason = models.CharField(_("reason"), max_length=12, choices=StopReason)
    recipient = models.ForeignKey(
        MailingRecipient, models.PROTECT, null=True, verbose_name=_("recipient"), related_name="suppressions"
    )
    at = models.DateTimeField(_("at"))

    class Meta(Fact.Meta):
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=("company", "address_hash", "-at"), name="campaigns_suppression_latest")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} · {self.address_hash[:12]}"
