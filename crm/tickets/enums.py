"""States and choices of tickets."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.documents.states import Transitions


class TicketStatus(models.TextChoices):
    """New: nobody has taken it. Open: somebody works on it. Waiting: the customer has to say something."""

    NEW = "new", _("New")
    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


OPEN_STATUSES = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.WAITING)
"""Tickets that are not settled yet."""

TICKET_TRANSITIONS = Transitions(
    {
        TicketStatus.NEW: (TicketStatus.OPEN, TicketStatus.WAITING, TicketStatus.RESOLVED, TicketStatus.CLOSED),
        TicketStatus.OPEN: (TicketStatus.WAITING, TicketStatus.RESOLVED, TicketStatus.CLOSED),
        TicketStatus.WAITING: (TicketStatus.OPEN, TicketStatus.RESOLVED, TicketStatus.CLOSED),
        TicketStatus.RESOLVED: (TicketStatus.OPEN, TicketStatus.CLOSED),
        TicketStatus.CLOSED: (TicketStatus.OPEN,),
    }
)


class TicketPriority(models.TextChoices):
    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class TicketChannel(models.TextChoices):
    """How a ticket or a message came in."""

    EMAIL = "email", _("Mail")
    PHONE = "phone", _("Phone")
    WEB = "web", _("Website")
    CHAT = "chat", _("Chat")
    IN_PERSON = "in_person", _("In person")


class MessageKind(models.TextChoices):
    """What is said in a ticket, and the three marks at which its course turned."""

    ANSWER = "answer", _("Answer")
    NOTE = "note", _("Internal note")
    CUSTOMER = "customer", _("Customer's message")
    RESOLUTION = "resolution", _("Resolved")
    REOPENING = "reopening", _("Reopened")
    CLOSING = "closing", _("Closed")


SPOKEN = (MessageKind.ANSWER, MessageKind.NOTE, MessageKind.CUSTOMER)
"""Messages that must have words; the marks may do without."""


class AnswerThen(models.TextChoices):
    """What an answer does to its ticket besides."""

    NOTHING = "", _("Leave it as it is")
    WAIT = "waiting", _("Wait for the customer")
    RESOLVE = "resolved", _("Resolve the ticket")


class MailStatus(models.TextChoices):
    """How far the mail of an answer has come."""

    WAITING = "waiting", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not delivered")
