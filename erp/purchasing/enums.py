"""States of the documents of buying, and what may follow what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.documents.states import Transitions


class PurchaseOrderStatus(models.TextChoices):
    """Draft, confirmed and cancelled are acts. Done is computed: all that was ordered is received and invoiced."""

    DRAFT = "draft", _("Draft")
    CONFIRMED = "confirmed", _("Confirmed")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


PURCHASE_ORDER_STATES = Transitions(
    {
        PurchaseOrderStatus.DRAFT: (PurchaseOrderStatus.CONFIRMED, PurchaseOrderStatus.CANCELLED),
        PurchaseOrderStatus.CONFIRMED: (PurchaseOrderStatus.DONE, PurchaseOrderStatus.CANCELLED),
        PurchaseOrderStatus.DONE: (PurchaseOrderStatus.CONFIRMED,),
    }
)


class ReceiptState(models.TextChoices):
    """How much of an order has arrived; computed from its lines."""

    NOTHING_TO_RECEIVE = "not_needed", _("Nothing to receive")
    NONE = "none", _("Not received")
    PARTIAL = "partial", _("Partly received")
    FULL = "full", _("Received")


class InvoiceState(models.TextChoices):
    """How much of an order is on posted supplier invoices; computed from its lines."""

    NONE = "none", _("Not invoiced")
    PARTIAL = "partial", _("Partly invoiced")
    FULL = "full", _("Invoiced")


class ReceiptStatus(models.TextChoices):
    DRAFT = "draft", _("Expected")
    POSTED = "posted", _("Received")
    CANCELLED = "cancelled", _("Cancelled")


RECEIPT_STATES = Transitions({ReceiptStatus.DRAFT: (ReceiptStatus.POSTED, ReceiptStatus.CANCELLED)})
