"""States of an import and outcomes of its rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunStatus(models.TextChoices):
    STAGED = "staged", _("Read")
    CHECKED = "checked", _("Checked")
    COMMITTING = "committing", _("Importing")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Failed")
    UNDONE = "undone", _("Undone")


class Outcome(models.TextChoices):
    """What becomes, or became, of a row."""

    PENDING = "pending", _("Not checked")
    NEW = "new", _("New")
    UPDATE = "update", _("Update")
    UNCHANGED = "unchanged", _("Unchanged")
    DUPLICATE = "duplicate", _("Duplicate")
    ERROR = "error", _("Error")


WRITTEN = (Outcome.NEW, Outcome.UPDATE)
