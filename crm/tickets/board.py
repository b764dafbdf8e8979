"""The board of tickets: who is to act next."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ui import formats
from core.ui.resource import Caller, Card, Kanban
from crm.tickets.enums import OPEN_STATUSES, TicketPriority
from crm.tickets.models import Ticket
from crm.tickets.operations import move_ticket

PRESSING = (TicketPriority.URGENT, TicketPriority.HIGH)


def status_columns(caller: Caller) -> Sequence[tuple[Any, Any]]:
    """What is new, what is worked on, what waits for the customer."""
    return [(status.value, status.label) for status in OPEN_STATUSES]


def ticket_card(ticket: Ticket) -> Card:
    """Subject, customer, assignee; the priority where it presses, and how long the customer waits for us."""
    waits = formats.relative(ticket.unanswered_since, now=timezone.now())
    words = [str(ticket.get_priority_display())] if ticket.priority in PRESSING else []
    if waits:
        words.append(str(_("unanswered, %(when)s") % {"when": waits}))
    return Card(
        title=ticket.subject,
        subtitle=f"{ticket.number} · {ticket.party}",
        owner=str(ticket.assignee or ""),
        age_state="rotten" if ticket.priority in PRESSING else "planned",
        age=" · ".join(words),
    )


TICKET_BOARD = Kanban(
    group="status",
    columns=status_columns,
    move=move_ticket,
    card=ticket_card,
    related=("party", "assignee"),
    ordering=("-priority_rank", "unanswered_since", "-id"),
    verb="take",
    label=_("Board"),
)
