"""Tickets are resolved, reopened and closed."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from core.documents.records import lock_record
from core.events.outbox import record
from crm.tickets.enums import TICKET_TRANSITIONS, MessageKind, TicketStatus
from crm.tickets.events import TicketClosed, TicketReopened
from crm.tickets.models import Ticket
from crm.tickets.operations.parts import mark, said, save, settle, unsettle

if TYPE_CHECKING:
    from core.access.models import User


def resolve_ticket(*, ticket_id: int, user: "User | None", now: dt.datetime, resolution: str) -> Ticket:
    """Say what solved it. Resolved already, it stays as it is; nobody's ticket becomes one's own.

    :raises NothingSaidError: the resolution has no words.
    :raises WrongStateError: it is closed.
    """
    with transaction.atomic():
        ticket = lock_record(Ticket, ticket_id)
        if ticket.status == TicketStatus.RESOLVED:
            return ticket
        TICKET_TRANSITIONS.require(ticket, TicketStatus.RESOLVED)
        text = said(resolution, field="resolution")
        settle(ticket, text, mark_text=text, user=user, now=now)
        save(ticket)
    return ticket


def reopen_ticket(*, ticket_id: int, user: "User | None", now: dt.datetime, reason: str) -> Ticket:
    """Take a resolved or closed ticket up again; what had solved it stays in the conversation. An open one stays as it
    is.

    :raises NothingSaidError: the reason has no words.
    """
    with transaction.atomic():
        ticket = lock_record(Ticket, ticket_id)
        if ticket.is_open:
            return ticket
        TICKET_TRANSITIONS.require(ticket, TicketStatus.OPEN)
        mark(ticket, MessageKind.REOPENING, said(reason, field="reason"), user=user, now=now)
        unsettle(ticket)
        save(ticket)
        record(TicketReopened(ticket_id=ticket.pk), company_id=ticket.company_id)
    return ticket


def close_ticket(*, ticket_id: int, user: "User | None", now: dt.datetime, reason: str = "") -> Ticket:
    """Put a ticket away for good. Closed already, it stays as it is.

    :param reason: why, where nothing was resolved: a duplicate, spam, a matter for somebody else.
    :raises NothingSaidError: it is not resolved and there is no reason.
    """
    with transaction.atomic():
        ticket = lock_record(Ticket, ticket_id)
        if ticket.status == TicketStatus.CLOSED:
            return ticket
        TICKET_TRANSITIONS.require(ticket, TicketStatus.CLOSED)
        text = reason.strip() if ticket.status == TicketStatus.RESOLVED else said(reason, field="reason")
        mark(ticket, MessageKind.CLOSING, text, user=user, now=now)
        ticket.status, ticket.closed_at, ticket.unanswered_since = TicketStatus.CLOSED, now, None
        save(ticket)
        record(TicketClosed(ticket_id=ticket.pk), company_id=ticket.company_id)
    return ticket
