"""What the operations on tickets share: their checks, their marks, and how a ticket is saved."""

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInputError
from core.events.outbox import record
from core.parties.models import Party
from crm.tickets.enums import MessageKind, TicketStatus
from crm.tickets.errors import NothingSaidError, TicketClosedError, WrongContactError
from crm.tickets.events import TicketResolved
from crm.tickets.models import Ticket, TicketMessage
from crm.tickets.queries import is_contact_of

if TYPE_CHECKING:
    from core.access.models import User


def said(text: str, *, field: str) -> str:
    """The text without blanks around it.

    :raises NothingSaidError: nothing is left.
    """
    found = text.strip()
    if not found:
        raise NothingSaidError(_("There are no words."), field=field, hint=_("Write what there is to say."))
    return found


def require_not_closed(ticket: Ticket) -> None:
    """:raises TicketClosedError: it is closed."""
    if ticket.status == TicketStatus.CLOSED:
        raise TicketClosedError(
            _("%(ticket)s is closed.") % {"ticket": ticket}, hint=_("Reopen it first, or open a new ticket.")
        )


def check_people(company_id: int, party_id: int | None, contact_id: int | None, *, field: str = "contact") -> None:
    """The customer is one of the company, the contact one of the customer's people.

    :raises InvalidInputError: there is no such customer.
    :raises WrongContactError: the contact belongs to somebody else.
    """
    found = Party.objects.filter(company_id=company_id).in_bulk([key for key in (party_id, contact_id) if key])
    party, contact = found.get(party_id or 0), found.get(contact_id or 0)
    if party is None:
        raise InvalidInputError(_("Whose ticket is it?"), field="party", hint=_("Choose the customer."))
    if contact_id and (contact is None or not is_contact_of(contact, party)):
        raise WrongContactError(
            _("The contact is none of %(party)s.") % {"party": party},
            field=field,
            hint=_("Choose the customer or one of its people, so that no answer goes to a stranger."),
        )


def give_to(ticket: Ticket, assignee_id: int | None) -> None:
    """Whoever takes a new ticket has opened it."""
    ticket.assignee_id = assignee_id
    if assignee_id is not None and ticket.status == TicketStatus.NEW:
        ticket.status = TicketStatus.OPEN


def claim(ticket: Ticket, user: "User | None") -> None:
    """Nobody's ticket belongs to whoever works on it."""
    if ticket.assignee_id is None and user is not None:
        give_to(ticket, user.pk)


def settle(ticket: Ticket, resolution: str, *, mark_text: str, user: "User | None", now: dt.datetime) -> None:
    """Resolve the locked ticket: the fact, the fields, the event."""
    mark(ticket, MessageKind.RESOLUTION, mark_text, user=user, now=now)
    claim(ticket, user)
    ticket.status, ticket.resolution, ticket.resolved_at = TicketStatus.RESOLVED, resolution, now
    ticket.unanswered_since = None
    record(TicketResolved(ticket_id=ticket.pk), company_id=ticket.company_id)


def unsettle(ticket: Ticket) -> None:
    """Take the locked ticket up again."""
    ticket.status, ticket.resolution = TicketStatus.OPEN, ""
    ticket.resolved_at = ticket.closed_at = None


def mark(ticket: Ticket, kind: MessageKind, text: str, *, user: "User | None", now: dt.datetime) -> TicketMessage:
    """Write down that the ticket's course turned."""
    return TicketMessage.objects.create(
        company_id=ticket.company_id, ticket=ticket, kind=kind, text=text, author=user, at=now
    )


def save(ticket: Ticket) -> None:
    ticket.version += 1
    ticket.save()
