"""What is said in a ticket: answers, internal notes, the customer's messages."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.documents.records import lock_record
from core.errors import ConflictError, InvalidInputError
from core.events.outbox import record
from crm.tickets.enums import TICKET_TRANSITIONS, AnswerThen, MessageKind, TicketChannel, TicketStatus
from crm.tickets.events import AnswerMailWaiting, CustomerMessageRecorded, TicketAnswered, TicketReopened
from crm.tickets.models import AnswerMail, Ticket, TicketMessage
from crm.tickets.operations.parts import (
    check_people,
    claim,
    mark,
    require_not_closed,
    said,
    save,
    settle,
    unsettle,
)
from crm.tickets.queries import mail_address

if TYPE_CHECKING:
    from core.access.models import User


def answer_ticket(
    *,
    ticket_id: int,
    user: "User | None",
    now: dt.datetime,
    text: str,
    then: str = AnswerThen.NOTHING,
    mail: bool = True,
    external_id: str = "",
    expected_version: int | None = None,
) -> Ticket:
    """Answer the customer. The first answer stamps the ticket's first response; nobody's ticket becomes one's own.

    The mail leaves after the commit, so that no mail server can lose the answer.

    :param then: `waiting` or `resolved` for what the answer does besides; with `resolved` it is the resolution too.
    :param mail: send it to the contact, where an address is known.
    :param external_id: name of the answer where it comes from; the same one again changes nothing.
    :raises ConflictError: somebody else changed the ticket since; perhaps they answered already.
    :raises TicketClosedError: it is closed.
    :raises NothingSaidError: there are no words.
    :raises WrongStateError: a resolved ticket cannot wait for the customer; reopen it.
    """
    if then not in AnswerThen.values:
        raise InvalidInputError(_("An answer leaves the ticket, waits, or resolves it."), field="then")
    with transaction.atomic():
        ticket = lock_record(Ticket, ticket_id)
        if _is_known(ticket, external_id):
            return ticket
        if expected_version is not None and ticket.version != expected_version:
            raise ConflictError(current_version=ticket.version)
        require_not_closed(ticket)
        message = _say(
            ticket, MessageKind.ANSWER, said(text, field="text"), user=user, now=now, external_id=external_id
        )
        _answered(ticket, user, now)
        if then == AnswerThen.WAIT and ticket.status != TicketStatus.WAITING:
            TICKET_TRANSITIONS.require(ticket, TicketStatus.WAITING)
            ticket.status = TicketStatus.WAITING
        if then == AnswerThen.RESOLVE and ticket.status != TicketStatus.RESOLVED:
            settle(ticket, message.text, mark_text="", user=user, now=now)
        save(ticket)
        record(TicketAnswered(ticket_id=ticket.pk, message_id=message.pk), company_id=ticket.company_id)
        if mail:
            _queue_mail(ticket, message, now)
    return ticket


def add_ticket_note(
    *, ticket_id: int, user: "User | None", now: dt.datetime, text: str, external_id: str = ""
) -> Ticket:
    """Write down something for ourselves, also about a closed ticket. The customer never sees it.

    :raises NothingSaidError: there are no words.
    """
    with transaction.atomic():
        ticket = lock_record(Ticket, ticket_id)
        if not _is_known(ticket, external_id):
            _say(ticket, MessageKind.NOTE, said(text, field="text"), user=user, now=now, external_id=external_id)
    return ticket


def record_customer_message(
    *,
    ticket_id: int,
    user: "User | None",
    now: dt.datetime,
    text: str,
    sender_id: int | None = None,
    channel: str = "",
    external_id: str = "",
) -> Ticket:
    """Write down what the customer said. A ticket that waits for them is open again, and so is a resolved one.

    :param sender_id: who said it, by default the contact.
    :param channel: how it came, by default as the ticket did.
    :param external_id: its name where it comes from, such as a mail's id; the same one again changes nothing.
    :raises TicketClosedError: it is closed; nothing of the customer may be lost in it.
    :raises WrongContactError: the sender is none of the customer's people.
    :raises NothingSaidError: there are no words.
    """
    with transaction.atomic():
        ticket = lock_record(Ticket, ticket_id)
        if _is_known(ticket, external_id):
            return ticket
        require_not_closed(ticket)
        check_people(ticket.company_id, ticket.party_id, sender_id, field="sender")
        message = TicketMessage.objects.create(
            company_id=ticket.company_id,
            ticket=ticket,
            kind=MessageKind.CUSTOMER,
            text=said(text, field="text"),
            author=user,
            sender_id=sender_id or ticket.contact_id or ticket.party_id,
            channel=TicketChannel(channel or ticket.channel),
            at=now,
            external_id=external_id,
        )
        ticket.last_message_at = max(ticket.last_message_at, now)
        ticket.unanswered_since = ticket.unanswered_since or now
        if ticket.status == TicketStatus.RESOLVED:
            mark(ticket, MessageKind.REOPENING, "", user=None, now=now)
            unsettle(ticket)
            record(TicketReopened(ticket_id=ticket.pk), company_id=ticket.company_id)
        elif ticket.status == TicketStatus.WAITING:
            ticket.status = TicketStatus.OPEN
        save(ticket)
        record(CustomerMessageRecorded(ticket_id=ticket.pk, message_id=message.pk), company_id=ticket.company_id)
    return ticket


def _is_known(ticket: Ticket, external_id: str) -> bool:
    return bool(external_id) and ticket.messages.filter(external_id=external_id).exists()


def _say(
    ticket: Ticket, kind: MessageKind, text: str, *, user: "User | None", now: dt.datetime, external_id: str
) -> TicketMessage:
    return TicketMessage.objects.create(
        company_id=ticket.company_id, ticket=ticket, kind=kind, text=text, author=user, at=now, external_id=external_id
    )


def _answered(ticket: Ticket, user: "User | None", now: dt.datetime) -> None:
    claim(ticket, user)
    if ticket.status == TicketStatus.NEW:
        ticket.status = TicketStatus.OPEN
    ticket.first_response_at = ticket.first_response_at or now
    ticket.unanswered_since = None
    ticket.last_message_at = max(ticket.last_message_at, now)


def _queue_mail(ticket: Ticket, message: TicketMessage, now: dt.datetime) -> None:
    address = mail_address(ticket)
    if not address:
        return
    mail = AnswerMail.objects.create(company_id=ticket.company_id, message=message, address=address, next_try_at=now)
    record(AnswerMailWaiting(mail_id=mail.pk), company_id=ticket.company_id)
