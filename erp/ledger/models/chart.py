"""The chart of accounts, journals, and the rules by which postings find their accounts."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.catalog.models import ItemCategory, Tax
from core.company.models import CompanyOwned, Currency
from core.documents.models import Record, unique_external_id
from core.search.triggers import searchable
from erp.ledger.enums import AccountKey, AccountKind, ChartTemplate, JournalKind, Section


class Chart(CompanyOwned):
    """The template that a company's chart was made from. It orders the income statement, and is never changed."""

    template = models.CharField(_("template"), max_length=8, choices=ChartTemplate)

    class Meta:
        verbose_name = _("chart of accounts")
        verbose_name_plural = _("charts of accounts")
        ordering = ("company",)
        constraints = [models.UniqueConstraint("company", name="ledger_chart_once")]

    def __str__(self) -> str:
        return self.get_template_display()


@tracked
class Account(Record):
    """An account of the general ledger. Its `kind` alone decides where it stands in the statements.

    :ivar is_group: a heading of the tree; nothing is posted to it.
    :ivar is_control: a subledger keeps its balance, so manual entries may not touch it.
    :ivar party_required: every line on it names a party.
    :ivar currency: when set, every line on it is in this currency.
    """

    code = models.CharField(
        _("code"), max_length=20, validators=[RegexValidator(r"^[0-9A-Za-z.\-]+$", _("Use digits, letters and dots."))]
    )
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=24, choices=AccountKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("parent"), related_name="children"
    )
    is_group = models.BooleanField(_("heading"), default=False, help_text=_("Only its sub-accounts take lines."))
    is_control = models.BooleanField(
        _("control account"), default=False, help_text=_("Kept by invoices, payments or stock, not by manual entries.")
    )
    party_required = models.BooleanField(_("needs a party"), default=False)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, verbose_name=_("currency"), related_name="+"
    )
    description = models.TextField(_("description"), blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ("code",)
        constraints = [
            unique_external_id("ledger_account"),
            models.UniqueConstraint("company", "code", name="ledger_account_code"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="ledger_account_not_own_parent"),
        ]
        triggers = [*searchable(title="name", subtitle="code", words=("code",))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def section(self) -> Section:
        return AccountKind(self.kind).section

    def clean(self) -> None:
        """:raises ValidationError: when the tree would bend, or an account with lines would become something else."""
        errors: dict[str, Any] = {}
        if self.parent is not None and not self.parent.is_group:
            errors["parent"] = _("Choose a heading.")
        elif self.pk and self._is_below_itself():
            errors["parent"] = _("This heading lies below the account itself.")
        if self.pk and self.lines.exists():
            before = Account.objects.get(pk=self.pk)
            if self.is_group:
                errors["is_group"] = _("The account has journal lines, so it cannot become a heading.")
            if before.section != self.section:
                errors["kind"] = _("The account has journal lines, so it stays among %(section)s.") % {
                    "section": before.section.label
                }
        if errors:
            raise ValidationError(errors)

    def _is_below_itself(self) -> bool:
        above = self.parent
        while above is not None and above.pk != self.pk:
            above = above.parent
        return above is not None


@tracked
class Journal(Record):
    """A book of journal entries with its own gapless numbers.

    :ivar code: begins every number: `GEN-2026-00001`.
    :ivar is_default: the journal that postings of its kind go to; one a kind.
    """

    code = models.CharField(
        _("code"), max_length=10, validators=[RegexValidator(r"^[A-Z0-9]+$", _("Use capital letters and digits."))]
    )
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=JournalKind)
    is_default = models.BooleanField(_("default of its kind"), default=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("journal")
        verbose_name_plural = _("journals")
        ordering = ("code",)
        constraints = [
            unique_external_id("ledger_journal"),
            models.UniqueConstraint("company", "code", name="ledger_journal_code"),
            models.UniqueConstraint(
                "company", "kind", condition=Q(is_default=True), name="ledger_journal_one_default_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """:raises ValidationError: when a used journal would change its code, which its numbers begin with."""
        if self.pk and self.entries.exists() and Journal.objects.get(pk=self.pk).code != self.code:
            raise ValidationError({"code": _("Numbers with this code have been given; it stays.")})


@tracked
class PostingRule(Record):
    """Which account answers to a key: for an item category and those below it, or for everything."""

    key = models.CharField(_("for"), max_length=24, choices=AccountKey)
    item_category = models.ForeignKey(
        ItemCategory, models.CASCADE, null=True, blank=True, verbose_name=_("item category"), related_name="+"
    )
    account = models.ForeignKey(Account, models.PROTECT, verbose_name=_("account"), related_name="posting_rules")

    class Meta:
        verbose_name = _("posting rule")
        verbose_name_plural = _("posting rules")
        ordering = ("key", "item_category")
        constraints = [
            unique_external_id("ledger_postingrule"),
            models.UniqueConstraint(
                "company", "key", "item_category", name="ledger_postingrule_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()} · {self.item_category or '*'}"


@tracked
class TaxAccount(Record):
    """The account of one tax. A tax without a row goes to the general account for output or input tax."""

    tax = models.ForeignKey(Tax, models.CASCADE, verbose_name=_("tax"), related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, verbose_name=_("account"), related_name="tax_accounts")

    class Meta:
        verbose_name = _("tax account")
        verbose_name_plural = _("tax accounts")
        ordering = ("tax",)
        constraints = [
            unique_external_id("ledger_taxaccount"),
            models.UniqueConstraint("tax", name="ledger_taxaccount_once"),
        ]

    def __str__(self) -> str:
        return f"{self.tax} · {self.account}"
