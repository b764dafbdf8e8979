"""Sums of the journal lines, kept exact in the transaction that posts them and without a row that all posters wait for.

A statement that writes journal lines appends their sums to `BalanceDelta` (a trigger does it, also for raw SQL). The
background folds deltas into days and months. A reader adds months, days and deltas in one statement, so it always sees
every committed line exactly once.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.company.models import CompanyOwned
from core.fields import AmountField
from erp.ledger.models.chart import Account
from erp.ledger.models.fields import unindexed_company


class Turnover(CompanyOwned):
    """Base: what was debited and credited to an account."""

    company = unindexed_company()
    account = models.ForeignKey(
        Account, models.PROTECT, verbose_name=_("account"), related_name="+", db_index=False, db_constraint=False
    )
    debit = AmountField(_("debit"))
    credit = AmountField(_("credit"))

    class Meta:
        abstract = True


class BalanceDelta(Turnover):
    """The sums of one writing statement, an account and a day; not folded yet."""

    date = models.DateField(_("date"))

    class Meta:
        verbose_name = _("unfolded turnover")
        verbose_name_plural = _("unfolded turnovers")
        indexes = [models.Index("company", "account", name="ledger_balancedelta_of")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.date}"


class DayBalance(Turnover):
    """The folded turnover of an account on a day."""

    date = models.DateField(_("date"))

    class Meta:
        verbose_name = _("turnover of a day")
        verbose_name_plural = _("turnovers of days")
        constraints = [
            models.UniqueConstraint(fields=("company", "date", "account"), name="ledger_daybalance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.date}"


class MonthBalance(Turnover):
    """The folded turnover of an account in a calendar month.

    :ivar month: the first day of the month.
    """

    month = models.DateField(_("month"))

    class Meta:
        verbose_name = _("turnover of a month")
        verbose_name_plural = _("turnovers of months")
        constraints = [
            models.UniqueConstraint(fields=("company", "account", "month"), name="ledger_monthbalance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month:%Y-%m}"
