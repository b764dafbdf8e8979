"""Fields of tables with very many rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.company.models import Company


def unindexed_company() -> models.ForeignKey:  # type: ignore[type-arg]
    """The company of a row whose table is never read by company alone; an index of its own would only slow writing."""
    return models.ForeignKey(
        Company, models.PROTECT, verbose_name=_("company"), related_name="+", editable=False, db_index=False
    )
