"""Kinds of interactions and consent."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InteractionKind(models.TextChoices):
    NOTE = "note", _("Note")
    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")
    EMAIL = "email", _("Mail")
    TASK = "task", _("Task")


PLANNED_KINDS = (InteractionKind.TASK, InteractionKind.CALL, InteractionKind.MEETING)
"""Kinds that may lie in the future, with a day on which they are due."""


class Direction(models.TextChoices):
    INBOUND = "in", _("Inbound")
    OUTBOUND = "out", _("Outbound")


class Channel(models.TextChoices):
    EMAIL = "email", _("Mail")
    PHONE = "phone", _("Phone")
    POST = "post", _("Post")


class ConsentAct(models.TextChoices):
    GIVEN = "given", _("Given")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ActivityState(models.TextChoices):
    """How a record stands against its next planned activity."""

    NONE = "none", _("Nothing planned")
    PLANNED = "planned", _("Planned")
    LATE = "late", _("Late")


class RelationKind(models.TextChoices):
    WORKS_FOR = "works_for", _("Works for")
    REFERRED_BY = "referred_by", _("Referred by")
    PARTNER_OF = "partner_of", _("Partner of")
    ADVISES = "advises", _("Advises")
