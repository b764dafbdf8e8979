"""Offers to customers, in versions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.documents.models import unique_external_id, unique_number
from core.search.triggers import searchable
from erp.orders.enums import QuotationStatus
from erp.orders.models.base import PARTY_NAME, SaleDocument, SaleLine


@tracked
class Quotation(SaleDocument):
    """An offer. A change after sending is a new version; the one before is then superseded and keeps what it said.

    :ivar revision: 1 for the first version. Versions share their number, later ones with `-V2`, `-V3`.
    :ivar valid_until: last day on which it can be accepted, in the company's calendar.
    :ivar answered_name: who accepted or declined on the public page, as typed there.
    :ivar answer_address_hash: keyed hash of the network address of that answer; the address itself is not kept.
    """

    status = models.CharField(
        _("status"), max_length=12, choices=QuotationStatus, default=QuotationStatus.DRAFT, editable=False
    )
    revision = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    revises = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("replaces"),
        related_name="revised_by",
    )
    valid_until = models.DateField(_("valid until"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("answer recorded by"),
        related_name="+",
    )
    answered_name = models.CharField(_("answered by"), max_length=150, blank=True, editable=False)
    consent_given = models.BooleanField(_("consent given"), default=False, editable=False)
    answer_address_hash = models.CharField(_("hash of the address"), max_length=64, blank=True, editable=False)
    answer_user_agent = models.CharField(_("browser"), max_length=300, blank=True, editable=False)
    decline_reason = models.CharField(_("reason for declining"), max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")
        ordering = ("-id",)
        constraints = [
            unique_external_id("orders_quotation"),
            unique_number("orders_quotation"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("document_date")), name="orders_quotation_valid_forward"
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(number__isnull=False), name="orders_quotation_sent_number"
            ),
        ]
        indexes = [
            models.Index("company", "status", "valid_until", name="orders_quotation_by_status"),
            models.Index(fields=["company", "-document_date"], name="orders_quotation_by_date"),
            models.Index("party", name="orders_quotation_by_party"),
            models.Index("source_label", "source_id", condition=~Q(source_label=""), name="orders_quotation_by_source"),
        ]
        triggers = [
            *searchable(title="coalesce(NEW.number, '')", subtitle=PARTY_NAME, words=("number", "reference")),
        ]

    @property
    def is_open(self) -> bool:
        """Whether the customer can still answer, the day aside."""
        return self.status == QuotationStatus.SENT


@tracked
class QuotationLine(SaleLine):
    quotation = models.ForeignKey(
        Quotation, models.CASCADE, verbose_name=_("quotation"), related_name="lines", editable=False
    )

    class Meta(SaleLine.Meta):
        verbose_name = _("quotation line")
        verbose_name_plural = _("quotation lines")
        indexes = [models.Index("quotation", "position", name="orders_quotationline_order")]
