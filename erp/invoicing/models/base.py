"""What sales and supplier invoices share."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.catalog.documents import PricedDocument
from core.catalog.enums import TaxKindChoice
from core.catalog.models import Tax, TaxedLine
from core.documents.facts import Fact
from core.documents.references import RecordRefField
from core.fields import AmountField, RateField
from core.parties.models import PaymentTerm
from erp.invoicing.enums import InvoiceKind, InvoiceStatus
from erp.ledger.enums import AccountKey

POSTED_COLUMNS = (
    "company_id", "number", "kind", "status", "party_id", "document_date", "currency_id", "exchange_rate",
    "net_amount", "tax_amount", "total_amount", "reverses_id", "posted_at",
)  # fmt: skip
"""What of a posted invoice never changes; the database keeps it (PostedGuard)."""


class InvoiceBase(PricedDocument):
    """An invoice or a credit note. Amounts are positive on both; `sign` says which way they count.

    :ivar status: draft until posted or cancelled; both are final. A posted invoice is corrected by a credit note.
    :ivar exchange_rate: units of the company's currency for one of the document's, on the document date; a credit note
        for an invoice has that of the invoice.
    :ivar due_date: of the last instalment; without payment term the one day everything is due.
    :ivar source: the order, delivery, receipt or return it was made from.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=InvoiceKind, default=InvoiceKind.INVOICE, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=InvoiceStatus, default=InvoiceStatus.DRAFT, editable=False
    )
    payment_term = models.ForeignKey(
        PaymentTerm, models.PROTECT, null=True, blank=True, verbose_name=_("payment term"), related_name="+"
    )
    due_date = models.DateField(_("due"), null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=250, blank=True, editable=False)
    notes = models.TextField(_("notes"), blank=True)
    exchange_rate = RateField(_("exchange rate"), null=True, editable=False)
    posted_at = models.DateTimeField(_("posted"), null=True, editable=False)
    source = RecordRefField(_("source"))

    lines: Any  # reverse relation of the concrete class's lines

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number or f"{self.get_kind_display()} {self.draft_reference}"

    @property
    def is_credit_note(self) -> bool:
        return self.kind == InvoiceKind.CREDIT_NOTE

    @property
    def sign(self) -> int:
        """1 for an invoice, -1 for a credit note."""
        return -1 if self.is_credit_note else 1


class InvoiceLineBase(TaxedLine):
    """A line of an invoice.

    :ivar account_key: what the posting rules are asked for; empty for the item's usual one (revenue, expense, GRNI).
    :ivar source: the delivery, order or receipt line it invoices.
    """

    account_key = models.CharField(_("posts to"), max_length=24, choices=AccountKey, blank=True)
    source = RecordRefField(_("source"))

    class Meta(TaxedLine.Meta):
        abstract = True


class InvoiceLineTaxBase(Fact):
    """One tax on one posted line, as it was when the invoice was posted. Credit notes and the tax report read it, so a
    later change of the tax changes nothing of what was invoiced. Amounts are in the document's currency.

    :ivar position: order in which the taxes of the line apply.
    """

    tax = models.ForeignKey(Tax, models.PROTECT, verbose_name=_("tax"), related_name="+")
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("code"), max_length=20)
    kind = models.CharField(_("kind"), max_length=8, choices=TaxKindChoice)
    rate = RateField(_("rate in percent"))
    unit_amount = RateField(_("amount per unit"))
    category_code = models.CharField(_("e-invoice category"), max_length=4)
    base_amount = AmountField(_("base"))
    tax_amount = AmountField(_("tax"))

    class Meta(Fact.Meta):
        abstract = True
        ordering = ("line", "position")

    def __str__(self) -> str:
        return f"{self.code}: {self.tax_amount}"
