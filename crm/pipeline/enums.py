"""States and choices of the pipeline."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.documents.states import Transitions


class DealStatus(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


DEAL_TRANSITIONS = Transitions(
    {
        DealStatus.OPEN: (DealStatus.WON, DealStatus.LOST),
        DealStatus.LOST: (DealStatus.OPEN,),
    }
)


class ReasonKind(models.TextChoices):
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class RotState(models.TextChoices):
    """How a deal stands against the time its stage allows."""

    FRESH = "fresh", _("On time")
    LATE = "late", _("Longer than usual")
    ROTTEN = "rotten", _("Much too long")
