"""What quotation and sales order have in common."""

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.catalog.documents import PricedDocument
from core.catalog.models import TaxedLine
from core.documents.references import RecordRefField
from core.fields import AmountField
from core.parties.models import PaymentTerm
from erp.inventory.models import Warehouse

PARTY_NAME = "(SELECT p.name FROM parties_party p WHERE p.id = NEW.party_id)"


class SaleDocument(PricedDocument):
    """Head of a quotation or a sales order.

    :ivar delivery_address: text as it was when the document was made; a later change of the party does not touch it.
    :ivar freight_amount: net, in the document's currency; it is one of the lines, too, and so part of the totals.
    :ivar source: what the document came from (a deal).
    """

    reference = models.CharField(_("customer's reference"), max_length=120, blank=True)
    requested_date = models.DateField(_("requested date"), null=True, blank=True)
    delivery_address = models.TextField(_("delivery address"), blank=True)
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, null=True, blank=True, verbose_name=_("warehouse"), related_name="+"
    )
    payment_term = models.ForeignKey(
        PaymentTerm, models.PROTECT, null=True, blank=True, verbose_name=_("payment term"), related_name="+"
    )
    freight_amount = AmountField(_("freight"), default=0)
    notes = models.TextField(_("notes"), blank=True, help_text=_("Printed on the document."))
    source = RecordRefField(_("source"))

    lines: Any  # the lines that people edit; freight is a field of the head

    class Meta:
        abstract = True


class EditedLines(models.Manager[Any]):
    """The lines without freight. First of the managers, so that a document's `lines` are these; `objects` has all."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(is_freight=False)


class SaleLine(TaxedLine):
    """A line of a quotation or a sales order.

    :ivar is_freight: the one line that carries the document's freight.
    :ivar source: the line of another document that this one continues (a deal line).
    """

    edited = EditedLines()
    objects = models.Manager()

    is_freight = models.BooleanField(_("freight"), default=False, editable=False)
    source = RecordRefField(_("source"))

    class Meta(TaxedLine.Meta):
        abstract = True
