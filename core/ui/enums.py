"""Choices of the screens' own records."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ViewScope(models.TextChoices):
    """Who sees a saved view."""

    PRIVATE = "private", _("Only me")
    TEAM = "team", _("My team")
    COMPANY = "company", _("Everybody")
