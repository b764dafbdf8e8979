"""Mailings and their recipients."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.company.models import CompanyOwned
from core.documents.models import Record, unique_external_id
from core.parties.models import Party
from core.search.triggers import searchable
from crm.campaigns.enums import LegalGround, MailingStatus, RecipientReason, RecipientStatus
from crm.campaigns.models.campaigns import Campaign
from crm.campaigns.models.segments import Segment
from crm.leads.models import Lead


@tracked
class Mailing(Record):
    """One text to one segment. Text and segment can be changed until it is sent; then the recipients are frozen.

    :ivar body: plain text with a little markup and merge fields; see `crm.campaigns.wording`.
    :ivar ground: the legal ground it went out on, taken from the segment when it was sent.
    :ivar scheduled_at: when it is to be sent; empty unless scheduled.
    :ivar released_at: when the recipients were frozen and sending began.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name=_("campaign"), related_name="mailings")
    segment = models.ForeignKey(Segment, models.PROTECT, verbose_name=_("segment"), related_name="mailings")
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=50_000)
    sender_name = models.CharField(_("sender"), max_length=120, blank=True, help_text=_("Empty: our company's name."))
    reply_to = models.EmailField(_("answers to"), blank=True, help_text=_("Empty: our company's mail address."))
    status = models.CharField(
        _("status"), max_length=10, choices=MailingStatus, default=MailingStatus.DRAFT, editable=False
    )
    ground = models.CharField(_("legal ground"), max_length=8, choices=LegalGround, blank=True, editable=False)
    scheduled_at = models.DateTimeField(_("scheduled for"), null=True, editable=False)
    released_at = models.DateTimeField(_("sending began"), null=True, editable=False)
    finished_at = models.DateTimeField(_("sent until"), null=True, editable=False)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ("-id",)
        constraints = [
            unique_external_id("campaigns_mailing"),
            models.CheckConstraint(
                condition=~Q(status=MailingStatus.SCHEDULED) | Q(scheduled_at__isnull=False),
                name="campaigns_mailing_scheduled_has_time",
            ),
        ]
        indexes = [
            models.Index(
                "scheduled_at",
                condition=Q(status__in=(MailingStatus.SCHEDULED, MailingStatus.SENDING)),
                name="campaigns_mailing_at_work",
            )
        ]
        triggers = [*searchable(title="subject")]

    def __str__(self) -> str:
        return self.subject


class MailingRecipient(CompanyOwned):
    """One person's copy of a mailing: an operational row, so it may hold the address it goes to.

    States: queued → sending → sent | failed; skipped from the start, or from queued when the person unsubscribes or the
    mailing is cancelled meanwhile. Who has taken a mail (`sending`) and is gone leaves it `failed`, interrupted: it may
    have been delivered, so it is not tried again.

    :ivar email: frozen when the mailing was sent; empty without an address.
    :ivar claimed_at: when a worker took it to send.
    """

    mailing = models.ForeignKey(Mailing, models.PROTECT, verbose_name=_("mailing"), related_name="recipients")
    party = models.ForeignKey(Party, models.PROTECT, null=True, verbose_name=_("party"), related_name="+")
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, verbose_name=_("lead"), related_name="+")
    email = models.EmailField(_("mail address"), max_length=250, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=RecipientStatus)
    reason = models.CharField(_("why not"), max_length=12, choices=RecipientReason, blank=True)
    detail = models.CharField(_("what the mail server said"), max_length=250, blank=True)
    claimed_at = models.DateTimeField(_("taken"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(party__isnull=False, lead=None) | Q(party=None, lead__isnull=False),
                name="campaigns_recipient_one_of_both",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(RecipientStatus.SKIPPED, RecipientStatus.FAILED)) | ~Q(reason=""),
                name="campaigns_recipient_says_why",
            ),
            models.UniqueConstraint("mailing", "party", name="campaigns_recipient_party"),
            models.UniqueConstraint("mailing", "lead", name="campaigns_recipient_lead"),
            models.UniqueConstraint(
                "mailing", "email", condition=~Q(status=RecipientStatus.SKIPPED), name="campaigns_recipient_address"
            ),
        ]
        indexes = [
            models.Index("mailing", "status", "reason", name="campaigns_recipient_figures"),
            models.Index("mailing", "id", condition=Q(status="queued"), name="campaigns_recipient_queue"),
        ]

    def __str__(self) -> str:
        return self.email or str(self.get_reason_display())

    @property
    def person(self) -> Party | Lead:
        """Whom the mail is for. Load party and lead with the row."""
        who = self.party or self.lead
        if who is None:
            raise TypeError("a recipient is a party or a lead; the database refuses anything else")
        return who
