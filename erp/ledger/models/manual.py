"""Entries made by hand: a draft document that becomes a journal entry when it is posted."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.catalog.models import TaxSet
from core.company.models import CompanyOwned
from core.documents.models import Document, unique_external_id, unique_number
from core.fields import AmountField
from core.parties.models import Party
from core.search.triggers import searchable
from erp.ledger.enums import ManualEntryStatus
from erp.ledger.models.chart import Account, Journal
from erp.ledger.models.entries import JournalEntry


@tracked
class ManualEntry(Document):
    """An entry made by hand. Its number is that of the journal entry it became.

    Amounts are in `currency`; posting converts them at the rate of `document_date`.
    """

    journal = models.ForeignKey(Journal, models.PROTECT, verbose_name=_("journal"), related_name="+")
    description = models.CharField(_("description"), max_length=300, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=ManualEntryStatus, default=ManualEntryStatus.DRAFT, editable=False
    )
    entry = models.OneToOneField(
        JournalEntry,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("journal entry"),
        related_name="+",
        editable=False,
    )
    total_amount = AmountField(_("total"), default=0, editable=False)

    class Meta:
        verbose_name = _("manual entry")
        verbose_name_plural = _("manual entries")
        ordering = ("-id",)
        constraints = [
            unique_external_id("ledger_manualentry"),
            unique_number("ledger_manualentry"),
            models.CheckConstraint(
                condition=Q(entry=None, number=None) | Q(entry__isnull=False, number__isnull=False),
                name="ledger_manualentry_posted_has_number",
            ),
        ]
        triggers = [*searchable(title="number", subtitle="description", words=("number", "description"))]


@tracked
class ManualEntryLine(CompanyOwned):
    """A line as it was entered: with taxes it becomes several journal lines."""

    manual_entry = models.ForeignKey(ManualEntry, models.CASCADE, verbose_name=_("manual entry"), related_name="lines")
    position = models.PositiveSmallIntegerField(_("position"))
    account = models.ForeignKey(Account, models.PROTECT, verbose_name=_("account"), related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, verbose_name=_("party"), related_name="+")
    description = models.CharField(_("description"), max_length=300, blank=True)
    debit = AmountField(_("debit"), default=0, validators=[MinValueValidator(0)])
    credit = AmountField(_("credit"), default=0, validators=[MinValueValidator(0)])
    tax_set = models.ForeignKey(
        TaxSet, models.PROTECT, null=True, blank=True, verbose_name=_("taxes"), related_name="+"
    )

    class Meta:
        verbose_name = _("line of a manual entry")
        verbose_name_plural = _("lines of manual entries")
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(debit__gte=0, credit=0) | Q(debit=0, credit__gte=0), name="ledger_manualline_one_side"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount}"

    @property
    def amount(self) -> Decimal:
        """Signed: debit positive."""
        return self.debit - self.credit
