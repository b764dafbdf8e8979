"""The search index: one row a findable thing, kept by triggers (see triggers.py), read through one function."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from core.company.models import CompanyOwned


class SearchEntry(CompanyOwned):
    """What a record can be found by.

    `label` and `object_id` name the record to open; `source_label` and `source_id` the row the words come from (a phone
    number's row finds its party).
    """

    label = models.CharField(_("kind"), max_length=60)
    object_id = models.BigIntegerField(_("record"))
    source_label = models.CharField(_("source kind"), max_length=60)
    source_id = models.BigIntegerField(_("source"))
    title = models.CharField(_("title"), max_length=250)
    subtitle = models.CharField(_("subtitle"), max_length=250, blank=True)
    text = models.TextField(_("text"), help_text=_("Lower case, without accents."))

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints = [models.UniqueConstraint("source_label", "source_id", name="search_entry_source")]
        indexes = [
            # In the order of bytes, which finds beginnings whatever the database's locale is.
            models.Index(
                F("company"), OpClass(Left("text", 120), name="text_pattern_ops"), name="search_entry_beginning"
            ),
            GinIndex(OpClass(F("text"), name="gin_trgm_ops"), name="search_entry_text"),
            models.Index("company", "label", "object_id", name="search_entry_record"),
        ]

    def __str__(self) -> str:
        return self.title
