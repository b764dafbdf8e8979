"""States of the documents of selling, and what may follow what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.documents.states import Transitions


class QuotationStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    SUPERSEDED = "superseded", _("Superseded")


QUOTATION_STATES = Transitions(
    {
        QuotationStatus.DRAFT: (QuotationStatus.SENT,),
        QuotationStatus.SENT: (
            QuotationStatus.ACCEPTED,
            QuotationStatus.DECLINED,
            QuotationStatus.EXPIRED,
            QuotationStatus.SUPERSEDED,
        ),
        QuotationStatus.DECLINED: (QuotationStatus.SUPERSEDED,),
        QuotationStatus.EXPIRED: (QuotationStatus.SUPERSEDED,),
    }
)


class OrderStatus(models.TextChoices):
    """Draft, confirmed and cancelled are acts. Done is computed: all that was ordered is delivered and invoiced."""

    DRAFT = "draft", _("Draft")
    CONFIRMED = "confirmed", _("Confirmed")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


ORDER_STATES = Transitions(
    {
        OrderStatus.DRAFT: (OrderStatus.CONFIRMED, OrderStatus.CANCELLED),
        OrderStatus.CONFIRMED: (OrderStatus.DONE, OrderStatus.CANCELLED),
        OrderStatus.DONE: (OrderStatus.CONFIRMED,),
    }
)


class DeliveryState(models.TextChoices):
    """How much of an order is delivered; computed from its lines."""

    NOTHING_TO_DELIVER = "not_needed", _("Nothing to deliver")
    NONE = "none", _("Not delivered")
    PARTIAL = "partial", _("Partly delivered")
    FULL = "full", _("Delivered")


class InvoiceState(models.TextChoices):
    """How much of an order is invoiced; computed from its lines and posted invoices."""

    NONE = "none", _("Not invoiced")
    PARTIAL = "partial", _("Partly invoiced")
    FULL = "full", _("Invoiced")


class DeliveryStatus(models.TextChoices):
    DRAFT = "draft", _("To ship")
    SHIPPED = "shipped", _("Shipped")
    CANCELLED = "cancelled", _("Cancelled")


DELIVERY_STATES = Transitions({DeliveryStatus.DRAFT: (DeliveryStatus.SHIPPED, DeliveryStatus.CANCELLED)})


class ReturnStatus(models.TextChoices):
    """Received, and then credited once the credit note for the invoiced part is posted."""

    RECEIVED = "received", _("Received")
    CREDITED = "credited", _("Credited")


RETURN_STATES = Transitions({ReturnStatus.RECEIVED: (ReturnStatus.CREDITED,)})


class ReturnCondition(models.TextChoices):
    """What the inspection of returned goods found."""

    RESALE = "resale", _("As new, back to stock")
    SCRAP = "scrap", _("Not saleable, scrapped")


class InvoiceBasis(models.TextChoices):
    """What an invoice of an order covers."""

    DELIVERED = "delivered", _("What was delivered")
    ORDERED = "ordered", _("The whole order")
