"""Journal entries and their lines: the facts of the ledger. Written by posting.py only."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.catalog.models import Tax
from core.company.models import Currency
from core.documents.facts import Fact
from core.documents.references import RecordRefField
from core.fields import AmountField
from core.parties.models import Party
from erp.ledger.models.chart import Account, Journal
from erp.ledger.models.fields import unindexed_company
from erp.ledger.models.periods import AccountingPeriod


class JournalEntry(Fact):
    """A posted entry. At commit the database refuses one whose lines are missing, too many or out of balance.

    :ivar sequence: its place among the entries of its journal and year, without gaps; `number` writes it out.
    :ivar source: the document it was posted for, once for each `purpose`.
    :ivar line_count: seals the entry: with this count every line refers to it, so none can be added later.
    :ivar total_amount: the sum of its debits, in the company's currency.
    :ivar chain_hash: hash over the entry, its lines and the previous entry's hash (see chain.py).
    """

    company = unindexed_company()
    journal = models.ForeignKey(
        Journal, models.PROTECT, verbose_name=_("journal"), related_name="entries", db_index=False
    )
    period = models.ForeignKey(
        AccountingPeriod, models.PROTECT, verbose_name=_("period"), related_name="+", db_index=False
    )
    year = models.PositiveSmallIntegerField(_("year"))
    sequence = models.PositiveIntegerField(_("sequence"))
    number = models.CharField(_("number"), max_length=40)
    entry_date = models.DateField(_("date"))
    description = models.CharField(_("description"), max_length=300, blank=True)
    source = RecordRefField(_("source"), null=False)
    source_number = models.CharField(_("source number"), max_length=60, blank=True)
    purpose = models.CharField(_("purpose"), max_length=40)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("reverses"), related_name="reversal"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    line_count = models.PositiveSmallIntegerField(_("number of lines"))
    total_amount = AmountField(_("total"))
    posted_at = models.DateTimeField(_("posted"))
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("posted by"),
        related_name="+",
        db_index=False,
    )
    chain_hash = models.CharField(_("hash"), max_length=70)

    class Meta(Fact.Meta):
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="ledger_entry_number"),
            models.UniqueConstraint(fields=("journal", "year", "sequence"), name="ledger_entry_sequence"),
            models.UniqueConstraint(
                fields=("source_id", "source_label", "purpose"), name="ledger_entry_once_a_purpose"
            ),
            models.UniqueConstraint(fields=("id", "company", "entry_date", "line_count"), name="ledger_entry_seal"),
            models.CheckConstraint(condition=Q(line_count__gte=2), name="ledger_entry_not_empty"),
        ]
        indexes = [
            models.Index("company", "entry_date", "id", name="ledger_entry_by_date"),
            # In the order of bytes, which finds beginnings whatever the database's locale is.
            models.Index(F("company"), OpClass("number", name="text_pattern_ops"), name="ledger_entry_beginning"),
        ]

    def __str__(self) -> str:
        return self.number


class JournalLine(Fact):
    """One line of an entry, in the company's currency, on one side.

    :ivar entry_date, line_count: copies of the entry's columns; the foreign key spans them, so they cannot differ.
    :ivar currency_amount: the same amount in `currency`, positive in debit.
    :ivar tax_base: on a tax line, the amount the tax was computed on, signed as the line (debit positive).
    """

    company = unindexed_company()
    entry = models.ForeignKey(
        JournalEntry,
        models.PROTECT,
        verbose_name=_("journal entry"),
        related_name="lines",
        db_constraint=False,
        db_index=False,
    )
    entry_date = models.DateField(_("date"))
    line_count = models.PositiveSmallIntegerField(_("number of lines"))
    position = models.PositiveSmallIntegerField(_("position"))
    account = models.ForeignKey(
        Account, models.PROTECT, verbose_name=_("account"), related_name="lines", db_index=False
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, verbose_name=_("party"), related_name="+", db_index=False
    )
    description = models.CharField(_("description"), max_length=300, blank=True)
    debit = AmountField(_("debit"), default=0)
    credit = AmountField(_("credit"), default=0)
    tax = models.ForeignKey(Tax, models.PROTECT, null=True, verbose_name=_("tax"), related_name="+", db_index=False)
    tax_base = AmountField(_("tax base"), null=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, verbose_name=_("currency"), related_name="+", db_index=False
    )
    currency_amount = AmountField(_("amount in currency"), null=True)

    class Meta(Fact.Meta):
        verbose_name = _("journal line")
        verbose_name_plural = _("journal lines")
        ordering = ("entry_id", "position")
        constraints = [
            models.UniqueConstraint(fields=("entry", "position"), name="ledger_line_position"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=F("line_count")), name="ledger_line_counted"
            ),
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0)
                | Q(debit=0, credit__gt=0)
                | Q(debit=0, credit=0, tax__isnull=False)
                | Q(debit=0, credit=0, currency__isnull=False),
                name="ledger_line_one_side",
            ),
        ]
        indexes = [
            models.Index("account", "entry_date", "id", name="ledger_line_by_account"),
            models.Index("company", "entry_date", "id", name="ledger_line_by_date"),
            models.Index("party", "entry_date", name="ledger_line_by_party", condition=Q(party__isnull=False)),
            models.Index("tax", "entry_date", name="ledger_line_by_tax", condition=Q(tax__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.debit - self.credit}"

    @property
    def amount(self) -> Decimal:
        """Signed: debit positive."""
        return self.debit - self.credit
