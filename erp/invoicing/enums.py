"""Choices of invoicing, and what may follow what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.documents.states import Transitions


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")


class InvoiceStatus(models.TextChoices):
    """Whether an invoice is paid is no status: it is computed from its open items (see PaymentState)."""

    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    CANCELLED = "cancelled", _("Cancelled")


INVOICE_TRANSITIONS = Transitions({InvoiceStatus.DRAFT: (InvoiceStatus.POSTED, InvoiceStatus.CANCELLED)})


class PaymentState(models.TextChoices):
    """What the open items of a posted invoice say on a day."""

    NONE = "none", _("Not posted")
    UNPAID = "unpaid", _("Unpaid")
    PARTLY_PAID = "partly_paid", _("Partly paid")
    PAID = "paid", _("Paid")
    OVERDUE = "overdue", _("Overdue")


class Side(models.TextChoices):
    """Which control account an open item belongs to."""

    RECEIVABLE = "receivable", _("Receivable")
    PAYABLE = "payable", _("Payable")
