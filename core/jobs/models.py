"""Runs of jobs: who asked for what, how far it is, what came out."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.company.models import CompanyOwned
from core.jobs.enums import JobStatus


class JobRun(CompanyOwned):
    """One run of a registered job (see registry.py).

    :ivar done: units of work finished, of `total`; a total of 0 means that it is not known yet.
    :ivar params: the job's arguments; plain values only.
    :ivar deaths: workers that died over it since it last got further.
    :ivar summary: what came out, in one sentence.
    """

    kind = models.CharField(_("kind"), max_length=80)
    status = models.CharField(_("status"), max_length=10, choices=JobStatus, default=JobStatus.QUEUED)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("asked by"), related_name="+"
    )
    params = models.JSONField(_("parameters"), default=dict)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    failures = models.PositiveIntegerField(_("refused"), default=0)
    deaths = models.PositiveSmallIntegerField(_("workers lost"), default=0)
    summary = models.TextField(_("summary"), blank=True)
    result = models.FileField(_("result"), upload_to="jobs/%Y/%m/", blank=True)
    cancel_asked = models.BooleanField(_("asked to stop"), default=False)
    queued_at = models.DateTimeField(_("queued"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    beat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        ordering = ("-id",)
        indexes = [models.Index("status", "beat_at", name="jobs_run_by_status")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class JobRow(CompanyOwned):
    """What a job did with one record: done, or refused and why."""

    run = models.ForeignKey(JobRun, models.CASCADE, verbose_name=_("run"), related_name="rows")
    label = models.CharField(_("record"), max_length=200)
    object_id = models.BigIntegerField(_("id"), null=True, blank=True)
    succeeded = models.BooleanField(_("done"))
    message = models.TextField(_("message"), blank=True)

    class Meta:
        verbose_name = _("job row")
        verbose_name_plural = _("job rows")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.label
