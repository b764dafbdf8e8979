"""Imports: what was read, what is to become of it, what became of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.company.models import CompanyOwned
from core.documents.references import RecordRefField
from core.imports.enums import Outcome, RunStatus


class ImportRun(CompanyOwned):
    """One import of a data set (see dataset.py).

    `staged → checked → committing → done → undone`; a run with open questions or nothing to write stays `checked`.

    :ivar options: parameters stated by the user, shown on the report (for Northwind: cost as a share of list price).
    :ivar report: what came out, as lines of text.
    """

    dataset = models.CharField(_("data set"), max_length=60)
    label = models.CharField(_("name"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=RunStatus, default=RunStatus.STAGED)
    options = models.JSONField(_("parameters"), default=dict)
    report = models.JSONField(_("report"), default=list)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("imported by"), related_name="+"
    )
    created_at = models.DateTimeField(_("read"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.label or self.dataset} #{self.pk}"


class StagedRow(CompanyOwned):
    """One row of a source, as it was read.

    :ivar key: the row's identity in its source; with data set and table it makes the record's external id.
    :ivar before: what the record held before an update, so that undo can restore it.
    :ivar undo_note: why undo left this record alone.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, verbose_name=_("import"), related_name="rows")
    table = models.CharField(_("table"), max_length=60)
    number = models.PositiveIntegerField(_("row"))
    key = models.CharField(_("key"), max_length=120)
    data = models.JSONField(_("data"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.PENDING)
    message = models.TextField(_("message"), blank=True)
    record = RecordRefField(_("record"))
    before = models.JSONField(_("before"), null=True, blank=True)
    undo_note = models.TextField(_("left by undo"), blank=True)

    class Meta:
        verbose_name = _("staged row")
        verbose_name_plural = _("staged rows")
        ordering = ("id",)
        indexes = [
            models.Index("run", "table", "outcome", name="imports_row_by_outcome"),
            models.Index("company", "table", "key", name="imports_row_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.number}"


class ImportQuestion(CompanyOwned):
    """A value that cannot be mapped without being told: asked, never guessed.

    :ivar choices: the values it may mean, as key and label.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, verbose_name=_("import"), related_name="questions")
    topic = models.CharField(_("about"), max_length=60)
    value = models.CharField(_("value"), max_length=250)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    suggestion = models.CharField(_("suggestion"), max_length=250, blank=True)
    choices = models.JSONField(_("choices"), default=list)
    answer = models.CharField(_("answer"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("mapping question")
        verbose_name_plural = _("mapping questions")
        ordering = ("topic", "value")
        constraints = [models.UniqueConstraint("run", "topic", "value", name="imports_question_once")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.value}"
