"""How far a paper is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperState(models.TextChoices):
    WAITING = "waiting", _("Being made")
    PRINTED = "printed", _("Ready")
    FAILED = "failed", _("Could not be made")
