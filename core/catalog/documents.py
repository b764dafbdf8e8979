"""Base of the documents that carry priced lines: quotation, order, invoice, credit note."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.fields import AmountField
from core.parties.models import PartyDocument

if TYPE_CHECKING:
    from core.catalog.pricing import PricedDocument as Priced


class PricedDocument(PartyDocument):
    """A document whose amounts the pricing engine computes; nobody types them.

    :ivar net_amount: sum of the lines' nets and charges, without tax.
    :ivar total_amount: net plus tax: what is to be paid.
    """

    net_amount = AmountField(_("net"), default=0, editable=False)
    tax_amount = AmountField(_("tax"), default=0, editable=False)
    total_amount = AmountField(_("total"), default=0, editable=False)

    class Meta:
        abstract = True

    def take_totals(self, priced: "Priced") -> None:
        """Carry over what the engine computed."""
        self.net_amount = priced.totals.net
        self.tax_amount = priced.totals.tax
        self.total_amount = priced.totals.total
