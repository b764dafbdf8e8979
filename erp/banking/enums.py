"""Choices of banking, and what may follow what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.documents.states import Transitions


class PaymentKind(models.TextChoices):
    RECEIVED = "received", _("Received")
    SENT = "sent", _("Sent")


class PaymentStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    CANCELLED = "cancelled", _("Cancelled")


PAYMENT_TRANSITIONS = Transitions(
    {
        PaymentStatus.DRAFT: (PaymentStatus.POSTED, PaymentStatus.CANCELLED),
        PaymentStatus.POSTED: (PaymentStatus.CANCELLED,),
    }
)


class PaymentMethod(models.TextChoices):
    TRANSFER = "transfer", _("Bank transfer")
    CARD = "card", _("Card")
    CASH = "cash", _("Cash")
    CHEQUE = "cheque", _("Cheque")
    OTHER = "other", _("Other")


class CashAccountKind(models.TextChoices):
    BANK = "bank", _("Bank account")
    CASH = "cash", _("Cash box")
