"""States and choices of leads."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.documents.states import Transitions


class LeadStatus(models.TextChoices):
    NEW = "new", _("New")
    WORKING = "working", _("Working")
    QUALIFIED = "qualified", _("Qualified")
    CONVERTED = "converted", _("Converted")
    DISQUALIFIED = "disqualified", _("Disqualified")
    RECYCLED = "recycled", _("Recycled")


OPEN_STATUSES = (LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.QUALIFIED, LeadStatus.RECYCLED)
"""Leads that somebody may still sell to."""

LEAD_TRANSITIONS = Transitions(
    {
        LeadStatus.NEW: (LeadStatus.WORKING, LeadStatus.QUALIFIED, LeadStatus.CONVERTED, LeadStatus.DISQUALIFIED),
        LeadStatus.WORKING: (LeadStatus.QUALIFIED, LeadStatus.CONVERTED, LeadStatus.DISQUALIFIED),
        LeadStatus.QUALIFIED: (LeadStatus.WORKING, LeadStatus.CONVERTED, LeadStatus.DISQUALIFIED),
        LeadStatus.DISQUALIFIED: (LeadStatus.RECYCLED,),
        LeadStatus.RECYCLED: (LeadStatus.WORKING, LeadStatus.QUALIFIED, LeadStatus.CONVERTED, LeadStatus.DISQUALIFIED),
    }
)


class DisqualifyReason(models.TextChoices):
    NO_FIT = "no_fit", _("Does not fit what we sell")
    NO_BUDGET = "no_budget", _("No budget")
    NO_INTEREST = "no_interest", _("No interest")
    UNREACHABLE = "unreachable", _("Cannot be reached")
    DUPLICATE = "duplicate", _("Known already")
    SPAM = "spam", _("Spam")
    OTHER = "other", _("Other")


class AssignmentRule(models.TextChoices):
    """Who gets a lead that a form captured."""

    OWNER = "owner", _("The form's owner")
    ROUND_ROBIN = "round_robin", _("The team, in turn")
    NOBODY = "nobody", _("Nobody yet")


class CaptureField(models.TextChoices):
    """Fields a capture form may show besides name and mail address. Never a status or an owner."""

    ORGANISATION = "organisation_name", _("Organisation")
    JOB_TITLE = "job_title", _("Job title")
    PHONE = "phone", _("Phone")
    WEBSITE = "website", _("Website")
    COUNTRY = "country", _("Country")
    MESSAGE = "message", _("Message")


class LeadSource(models.TextChoices):
    """Where leads usually come from; any other word may be written too."""

    WEB = "web", _("Website")
    PHONE = "phone", _("Phone call")
    EMAIL = "email", _("Mail")
    EVENT = "event", _("Event")
    REFERRAL = "referral", _("Referral")
    CAMPAIGN = "campaign", _("Campaign")
    IMPORT = "import", _("Import")
    OTHER = "other", _("Other")
