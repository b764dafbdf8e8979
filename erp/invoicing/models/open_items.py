"""Open items: the subledger of receivables and payables; and allocations, the dated facts that settle them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.company.models import CompanyOwned, Currency
from core.documents.facts import AppendOnly, Fact
from core.documents.references import RecordRefField
from core.fields import AmountField
from core.parties.models import Party
from erp.invoicing.enums import Side
from erp.invoicing.triggers import OpenItemGuard, SettleItems


def _within(open_field: str, field: str) -> Q:
    """What is open lies between nothing and the whole, on the item's own side of zero."""
    up = Q(**{f"{field}__gte": 0, f"{open_field}__gte": 0, f"{open_field}__lte": F(field)})
    down = Q(**{f"{field}__lte": 0, f"{open_field}__lte": 0, f"{open_field}__gte": F(field)})
    return up | down


class OpenItem(CompanyOwned):
    """An amount of the receivables or payables account that waits to be settled: an instalment of an invoice, a credit
    note, a payment on account. Signed as the ledger books it: debit positive, credit negative, on both sides.

    The sum of what is open on any day equals the control account on that day.

    :ivar amount: in the company's currency, at the rate of the document date.
    :ivar currency_amount: the same in `currency`, the document's.
    :ivar open_amount: what is left now; kept by the database from the allocations.
    :ivar settled_date: since when nothing is left; empty while something is.
    :ivar life: binary digits of the days it was open, once it is settled; reports of past days find it by this.
    """

    side = models.CharField(_("side"), max_length=10, choices=Side, editable=False)
    party = models.ForeignKey(Party, models.PROTECT, verbose_name=_("party"), related_name="+", editable=False)
    document = RecordRefField(_("document"), null=False)
    document_number = models.CharField(_("document"), max_length=40, editable=False)
    instalment = models.PositiveSmallIntegerField(_("instalment"), default=1, editable=False)
    document_date = models.DateField(_("date"), editable=False)
    due_date = models.DateField(_("due"), editable=False)
    currency = models.ForeignKey(Currency, models.PROTECT, verbose_name=_("currency"), related_name="+", editable=False)
    amount = AmountField(_("amount in company currency"), editable=False)
    currency_amount = AmountField(_("amount"), editable=False)
    open_amount = AmountField(_("open in company currency"), editable=False)
    open_currency_amount = AmountField(_("open"), editable=False)
    first_allocation_date = models.DateField(_("first allocation"), null=True, editable=False)
    last_allocation_date = models.DateField(_("last allocation"), null=True, editable=False)
    settled_date = models.DateField(_("settled"), null=True, editable=False)
    life = models.PositiveSmallIntegerField(_("life"), null=True, editable=False)

    class Meta:
        verbose_name = _("open item")
        verbose_name_plural = _("open items")
        ordering = ("due_date", "id")
        constraints = [
            models.UniqueConstraint(
                "document_label", "document_id", "instalment", name="invoicing_openitem_instalment_once"
            ),
            models.CheckConstraint(condition=_within("open_amount", "amount"), name="invoicing_openitem_not_exceeded"),
            models.CheckConstraint(
                condition=_within("open_currency_amount", "currency_amount"),
                name="invoicing_openitem_currency_not_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(settled_date=None, life=None) | Q(settled_date__gte=F("document_date"), life__isnull=False),
                name="invoicing_openitem_settled_after",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "side", "life", "document_date"], name="invoicing_openitem_standing"),
            models.Index(
                fields=["party", "side", "due_date"], name="invoicing_openitem_open", condition=Q(settled_date=None)
            ),
        ]
        triggers = [OpenItemGuard()]

    def __str__(self) -> str:
        return f"{self.document_number}/{self.instalment}" if self.instalment > 1 else self.document_number


class Allocation(Fact):
    """Settles a debit item by a credit item of the same party and currency, from `effective_date` on. Undone by a
    negative one, never by deleting it.

    :ivar debit_amount: company currency taken off the debit item.
    :ivar credit_amount: company currency taken off the credit item; the two differ by the realised exchange difference.
    :ivar currency_amount: the same in the items' currency.
    :ivar reverses: the allocation this one undoes.
    """

    debit_item = models.ForeignKey(
        OpenItem, models.PROTECT, verbose_name=_("debit item"), related_name="debit_allocations"
    )
    credit_item = models.ForeignKey(
        OpenItem, models.PROTECT, verbose_name=_("credit item"), related_name="credit_allocations"
    )
    debit_amount = AmountField(_("amount off the debit item"))
    credit_amount = AmountField(_("amount off the credit item"))
    currency_amount = AmountField(_("amount"))
    effective_date = models.DateField(_("effective"))
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("undoes"), related_name="reversed_by"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("created by"), related_name="+"
    )

    class Meta(Fact.Meta):
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ("effective_date", "id")
        constraints = [
            models.CheckConstraint(condition=~Q(debit_item=F("credit_item")), name="invoicing_allocation_two_items"),
            models.CheckConstraint(
                condition=Q(reverses=None, debit_amount__gte=0, credit_amount__gte=0, currency_amount__gt=0)
                | Q(reverses__isnull=False, debit_amount__lte=0, credit_amount__lte=0, currency_amount__lt=0),
                name="invoicing_allocation_sign",
            ),
        ]
        triggers = [AppendOnly(), SettleItems()]  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"{self.currency_amount} · {self.effective_date}"
