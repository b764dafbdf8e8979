"""States and choices of campaigns, segments and mailings."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.documents.states import Transitions


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")


CAMPAIGN_TRANSITIONS = Transitions(
    {
        CampaignStatus.DRAFT: (CampaignStatus.RUNNING, CampaignStatus.CANCELLED),
        CampaignStatus.RUNNING: (CampaignStatus.FINISHED, CampaignStatus.CANCELLED),
    }
)


class MailingStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    CANCELLED = "cancelled", _("Cancelled")


MAILING_TRANSITIONS = Transitions(
    {
        MailingStatus.DRAFT: (MailingStatus.SCHEDULED, MailingStatus.SENDING, MailingStatus.CANCELLED),
        MailingStatus.SCHEDULED: (MailingStatus.DRAFT, MailingStatus.SENDING, MailingStatus.CANCELLED),
        MailingStatus.SENDING: (MailingStatus.SENT, MailingStatus.CANCELLED),
    }
)


class RecipientStatus(models.TextChoices):
    """What became of one person's mail. Queued → sending → sent or failed; or skipped, and why."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")


WAITING_STATUSES = (RecipientStatus.QUEUED, RecipientStatus.SENDING)


class RecipientReason(models.TextChoices):
    """Why somebody got no mail. The first five are found before sending, the others while sending."""

    NO_ADDRESS = "no_address", _("No mail address")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    BOUNCED = "bounced", _("Address does not exist")
    NO_CONSENT = "no_consent", _("No consent")
    DUPLICATE = "duplicate", _("Same address as another recipient")
    CANCELLED = "cancelled", _("Mailing was cancelled")
    REFUSED = "refused", _("Refused by the mail server")
    INTERRUPTED = "interrupted", _("Interrupted, perhaps delivered")


class LegalGround(models.TextChoices):
    """On what ground a mailing goes out. Who unsubscribed is skipped on either."""

    CONSENT = "consent", _("Opt-in consent")
    CUSTOMER = "customer", _("Consent, or existing customer")


class Audience(models.TextChoices):
    CUSTOMERS = "customers", _("Customers")
    PROSPECTS = "prospects", _("Prospects who are no customers yet")
    PARTIES = "parties", _("Customers and prospects")
    LEADS = "leads", _("Open leads")
    MEMBERS = "members", _("Only those chosen by hand")


class Addressees(models.TextChoices):
    EVERYBODY = "everybody", _("Organisations and people")
    PEOPLE = "people", _("People only")
    ORGANISATIONS = "organisations", _("Organisations only")


class DealHistory(models.TextChoices):
    NEVER = "never", _("Never had a deal")
    NOT_WON = "not_won", _("Never bought through a deal")
    OPEN = "open", _("Has an open deal")
    WON = "won", _("Bought through a deal")


class TouchKind(models.TextChoices):
    MAILED = "mailed", _("Got a mailing")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    RESPONDED = "responded", _("Became a lead")


class AttributedBy(models.TextChoices):
    """How a lead was recognised as the campaign's."""

    FORM = "form", _("Capture form of the campaign")
    CODE = "code", _("Campaign code in the link")


class StopReason(models.TextChoices):
    """Why nothing is mailed to an address any more."""

    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    BOUNCED = "bounced", _("Address does not exist")
