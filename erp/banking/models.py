"""Our bank accounts and cash boxes, and the payments that go through them."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.company.models import Currency
from core.documents.models import Record, unique_external_id, unique_number
from core.fields import AmountField, RateField
from core.parties.models import PartyDocument
from core.search.triggers import searchable
from erp.banking.enums import CashAccountKind, PaymentKind, PaymentMethod, PaymentStatus
from erp.invoicing.enums import Side
from erp.invoicing.triggers import PostedGuard
from erp.ledger.enums import AccountKey
from erp.ledger.models import Account

POSTED_COLUMNS = (
    "company_id", "number", "kind", "side", "party_id", "document_date", "currency_id", "exchange_rate",
    "cash_account_id", "amount", "write_off_amount", "write_off_key", "posted_at",
)  # fmt: skip
"""What of a posted payment never changes; the database keeps it (PostedGuard)."""


@tracked
class CashAccount(Record):
    """One of our bank accounts or cash boxes and the ledger account that keeps its balance.

    :ivar currency: what the account holds; every payment through it is in this currency.
    :ivar is_default: proposed for new payments in its currency.
    """

    kind = models.CharField(_("kind"), max_length=4, choices=CashAccountKind, default=CashAccountKind.BANK)
    name = models.CharField(_("name"), max_length=80)
    account = models.ForeignKey(Account, models.PROTECT, verbose_name=_("ledger account"), related_name="+")
    currency = models.ForeignKey(Currency, models.PROTECT, verbose_name=_("currency"), related_name="+")
    iban = models.CharField(_("IBAN or account number"), max_length=40, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    is_default = models.BooleanField(_("default"), default=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("bank or cash account")
        verbose_name_plural = _("bank and cash accounts")
        ordering = ("name",)
        constraints = [
            unique_external_id("banking_cashaccount"),
            models.UniqueConstraint("company", "name", name="banking_cashaccount_name"),
            models.UniqueConstraint(
                "company", "currency", condition=Q(is_default=True), name="banking_cashaccount_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Payment(PartyDocument):
    """Money received from or sent to a party.

    :ivar status: draft, posted, cancelled; a posted one is cancelled by a reversal, never deleted.
    :ivar side: receivables when it settles what a customer owes (or refunds it), payables for suppliers.
    :ivar amount: what moved on our account, in the document's currency.
    :ivar write_off_amount: what is given up beside it (a few cents, a discount), settled with it.
    :ivar document_date: the day the money moved.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=PaymentKind, default=PaymentKind.RECEIVED)
    side = models.CharField(_("side"), max_length=10, choices=Side, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=PaymentStatus, default=PaymentStatus.DRAFT, editable=False
    )
    cash_account = models.ForeignKey(
        CashAccount, models.PROTECT, verbose_name=_("our account"), related_name="payments"
    )
    method = models.CharField(_("method"), max_length=10, choices=PaymentMethod, default=PaymentMethod.TRANSFER)
    amount = AmountField(_("amount"), validators=[MinValueValidator(0)])
    write_off_amount = AmountField(_("write-off"), default=0, validators=[MinValueValidator(0)])
    write_off_key = models.CharField(_("write off to"), max_length=24, choices=AccountKey, blank=True)
    reference = models.CharField(_("reference"), max_length=140, blank=True)
    exchange_rate = RateField(_("exchange rate"), null=True, editable=False)
    posted_at = models.DateTimeField(_("posted"), null=True, editable=False)
    cancelled_date = models.DateField(_("cancelled on"), null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=250, blank=True, editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-id",)
        constraints = [
            unique_external_id("banking_payment"),
            unique_number("banking_payment"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="banking_payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(write_off_amount__gte=0) & (Q(write_off_amount=0) | ~Q(write_off_key="")),
                name="banking_payment_write_off_key",
            ),
            models.CheckConstraint(
                condition=~Q(status="posted") | Q(number__isnull=False), name="banking_payment_posted_number"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_date=None) | Q(cancelled_date__gte=F("document_date")),
                name="banking_payment_cancelled_after",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "party", "-document_date"], name="banking_payment_by_party"),
            models.Index(fields=["company", "-document_date"], name="banking_payment_by_date"),
        ]
        triggers = [
            PostedGuard(POSTED_COLUMNS),
            *searchable(
                title="coalesce(NEW.number, '')",
                subtitle="(SELECT p.name FROM parties_party p WHERE p.id = NEW.party_id)",
                words=("number", "reference"),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.get_kind_display()} {self.draft_reference}"

    @property
    def sign(self) -> int:
        """1 when the payment debits the control account (money sent), -1 when it credits it."""
        return 1 if self.kind == PaymentKind.SENT else -1
