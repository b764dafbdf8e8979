"""Sales invoices and credit notes to customers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.documents.models import unique_external_id, unique_number
from core.search.triggers import searchable
from erp.invoicing.models.base import POSTED_COLUMNS, InvoiceBase, InvoiceLineBase, InvoiceLineTaxBase
from erp.invoicing.triggers import PostedGuard, PostedLinesGuard

PARTY_NAME = "(SELECT p.name FROM parties_party p WHERE p.id = NEW.party_id)"


@tracked
class SalesInvoice(InvoiceBase):
    """What a customer owes us for, or, as a credit note, what we give back. `reverses` is the invoice it credits."""

    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, verbose_name=_("credits"), related_name="credits"
    )

    class Meta:
        verbose_name = _("sales invoice")
        verbose_name_plural = _("sales invoices")
        ordering = ("-id",)
        constraints = [
            unique_external_id("invoicing_salesinvoice"),
            unique_number("invoicing_salesinvoice"),
            models.CheckConstraint(
                condition=~Q(status="posted") | Q(number__isnull=False), name="invoicing_salesinvoice_posted_number"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "party", "-document_date"], name="invoicing_sales_by_party"),
            models.Index(fields=["company", "-document_date"], name="invoicing_sales_by_date"),
            models.Index(fields=["source_label", "source_id"], name="invoicing_sales_by_source"),
        ]
        triggers = [
            PostedGuard(POSTED_COLUMNS),
            *searchable(title="coalesce(NEW.number, '')", subtitle=PARTY_NAME, words=("number", "reference")),
        ]


@tracked
class SalesInvoiceLine(InvoiceLineBase):
    """A line of a sales invoice. On a credit note `credited_line` is the invoice's line it takes back."""

    invoice = models.ForeignKey(
        SalesInvoice, models.CASCADE, verbose_name=_("sales invoice"), related_name="lines", editable=False
    )
    credited_line = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("credited line"),
        related_name="credits",
    )

    class Meta(InvoiceLineBase.Meta):
        verbose_name = _("sales invoice line")
        verbose_name_plural = _("sales invoice lines")
        indexes = [models.Index(fields=["source_label", "source_id"], name="invoicing_salesline_by_source")]
        triggers = [PostedLinesGuard()]


class SalesInvoiceLineTax(InvoiceLineTaxBase):
    """One tax on one line of a posted sales invoice."""

    line = models.ForeignKey(SalesInvoiceLine, models.PROTECT, verbose_name=_("line"), related_name="taxes")

    class Meta(InvoiceLineTaxBase.Meta):
        verbose_name = _("tax of a sales invoice line")
        verbose_name_plural = _("taxes of sales invoice lines")
        constraints = [models.UniqueConstraint("line", "position", name="invoicing_salestax_once")]
