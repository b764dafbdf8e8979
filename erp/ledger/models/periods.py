"""Fiscal years and their accounting periods."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.documents.facts import Fact
from core.documents.models import Record, unique_external_id
from erp.ledger.enums import PeriodStatus


@tracked
class FiscalYear(Record):
    """A fiscal year, named after the calendar year in which it ends. Its periods are the calendar months."""

    year = models.PositiveSmallIntegerField(_("year"))
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("to"))

    class Meta:
        verbose_name = _("fiscal year")
        verbose_name_plural = _("fiscal years")
        ordering = ("-start_date",)
        constraints = [
            unique_external_id("ledger_fiscalyear"),
            models.UniqueConstraint("company", "year", name="ledger_fiscalyear_once"),
            models.CheckConstraint(condition=Q(end_date__gt=F("start_date")), name="ledger_fiscalyear_forward"),
        ]

    def __str__(self) -> str:
        return str(self.year)


@tracked
class AccountingPeriod(Record):
    """A month of a fiscal year. A closed one takes no entry until it is opened again with a reason."""

    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, verbose_name=_("fiscal year"), related_name="periods")
    number = models.PositiveSmallIntegerField(_("number"))
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("to"))
    status = models.CharField(_("status"), max_length=8, choices=PeriodStatus, default=PeriodStatus.OPEN)

    class Meta:
        verbose_name = _("accounting period")
        verbose_name_plural = _("accounting periods")
        ordering = ("-start_date",)
        constraints = [
            unique_external_id("ledger_accountingperiod"),
            models.UniqueConstraint("company", "start_date", name="ledger_period_once"),
            models.CheckConstraint(condition=Q(end_date__gt=F("start_date")), name="ledger_period_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.start_date:%Y-%m}"


class PeriodChange(Fact):
    """Who closed or opened a period, when and why."""

    period = models.ForeignKey(AccountingPeriod, models.PROTECT, verbose_name=_("period"), related_name="changes")
    status = models.CharField(_("status"), max_length=8, choices=PeriodStatus)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    changed_at = models.DateTimeField(_("at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("by"), related_name="+"
    )

    class Meta(Fact.Meta):
        verbose_name = _("change of a period")
        verbose_name_plural = _("changes of periods")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.period} {self.get_status_display()}"
