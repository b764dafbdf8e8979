"""The outbox: what happened, written in the transaction in which it happened, and what has been done about it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.company.models import CompanyOwned


class OutboxEvent(CompanyOwned):
    """Something that happened and that others act on after the commit.

    `done_at` is set when every handler has run. A failing handler leaves `last_error` and moves `run_after` on; after
    `MAX_ATTEMPTS` the event stays with `failed_at` until somebody retries it, and so does one over which `MOST_DEATHS`
    workers died. A done event is kept for a time (see pruning.py), one that was given up for ever.

    :ivar began_at: when the attempt that has not ended yet began; set without one when a worker died over it.
    :ivar deaths: workers that died over it.
    """

    kind = models.CharField(_("kind"), max_length=80)
    payload = models.JSONField(_("payload"), default=dict)
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    run_after = models.DateTimeField(_("not before"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    began_at = models.DateTimeField(_("attempt began"), null=True, blank=True, editable=False)
    deaths = models.PositiveSmallIntegerField(_("workers lost"), default=0)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("outbox event")
        verbose_name_plural = _("outbox events")
        ordering = ("id",)
        indexes = [
            models.Index("run_after", "id", condition=Q(done_at=None, failed_at=None), name="events_outbox_open"),
            models.Index("kind", "id", condition=Q(failed_at__isnull=False), name="events_outbox_given_up"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class HandledEvent(CompanyOwned):
    """A handler has acted on an event; written in the handler's own transaction, so it acts once."""

    event = models.ForeignKey(OutboxEvent, models.CASCADE, verbose_name=_("event"), related_name="handled")
    handler = models.CharField(_("handler"), max_length=120)
    handled_at = models.DateTimeField(_("handled"), auto_now_add=True)

    class Meta:
        verbose_name = _("handled event")
        verbose_name_plural = _("handled events")
        constraints = [models.UniqueConstraint("event", "handler", name="events_handled_once")]

    def __str__(self) -> str:
        return f"{self.handler} · {self.event_id}"


class Heartbeat(models.Model):
    """When a process last showed that it works, not merely that it runs."""

    name = models.CharField(_("name"), max_length=60, primary_key=True)
    beat_at = models.DateTimeField(_("last beat"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
