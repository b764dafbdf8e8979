"""Supplier invoices and the credit notes suppliers send us."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.documents.models import unique_external_id, unique_number
from core.search.triggers import searchable
from erp.invoicing.models.base import POSTED_COLUMNS, InvoiceBase, InvoiceLineBase, InvoiceLineTaxBase
from erp.invoicing.models.sales import PARTY_NAME
from erp.invoicing.triggers import PostedGuard, PostedLinesGuard


@tracked
class SupplierInvoice(InvoiceBase):
    """What a supplier asks of us.

    :ivar supplier_number: the number on the supplier's paper; the same one twice is refused.
    """

    supplier_number = models.CharField(_("supplier's number"), max_length=60, blank=True)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, verbose_name=_("credits"), related_name="credits"
    )

    class Meta:
        verbose_name = _("supplier invoice")
        verbose_name_plural = _("supplier invoices")
        ordering = ("-id",)
        constraints = [
            unique_external_id("invoicing_supplierinvoice"),
            unique_number("invoicing_supplierinvoice"),
            models.UniqueConstraint(
                "company",
                "party",
                "supplier_number",
                condition=~Q(supplier_number="") & ~Q(status="cancelled"),
                name="invoicing_supplier_number_once",
            ),
            models.CheckConstraint(
                condition=~Q(status="posted") | Q(number__isnull=False), name="invoicing_supplierinvoice_posted_number"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "party", "-document_date"], name="invoicing_supplier_by_party"),
            models.Index(fields=["company", "-document_date"], name="invoicing_supplier_by_date"),
            models.Index(fields=["source_label", "source_id"], name="invoicing_supplier_by_source"),
        ]
        triggers = [
            PostedGuard(POSTED_COLUMNS),
            *searchable(
                title="coalesce(NEW.number, '')", subtitle=PARTY_NAME, words=("number", "supplier_number", "reference")
            ),
        ]


@tracked
class SupplierInvoiceLine(InvoiceLineBase):
    """A line of a supplier invoice. Its `source` is the receipt or order line whose goods it invoices."""

    invoice = models.ForeignKey(
        SupplierInvoice, models.CASCADE, verbose_name=_("supplier invoice"), related_name="lines", editable=False
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
        verbose_name = _("supplier invoice line")
        verbose_name_plural = _("supplier invoice lines")
        indexes = [models.Index(fields=["source_label", "source_id"], name="invoicing_supline_by_source")]
        triggers = [PostedLinesGuard()]


class SupplierInvoiceLineTax(InvoiceLineTaxBase):
    """One tax on one line of a posted supplier invoice."""

    line = models.ForeignKey(SupplierInvoiceLine, models.PROTECT, verbose_name=_("line"), related_name="taxes")

    class Meta(InvoiceLineTaxBase.Meta):
        verbose_name = _("tax of a supplier invoice line")
        verbose_name_plural = _("taxes of supplier invoice lines")
        constraints = [models.UniqueConstraint("line", "position", name="invoicing_suptax_once")]
