"""Tickets are opened, changed, handed on and put on hold."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.company.models import Company
from core.company.queries import local_date
from core.documents.records import lock_record
from core.documents.sequences import NumberPlan, draw_number
from core.errors import WrongStateError
from core.events.outbox import record
from crm.tickets.enums import TICKET_TRANSITIONS, TicketChannel, TicketPriority, TicketStatus
from crm.tickets.events import TicketAssigned, TicketOpened
from crm.tickets.models import Ticket
from crm.tickets.operations.parts import check_people, claim, give_to, require_not_closed, said, save

if TYPE_CHECKING:
    from core.access.models import User

TICKET = NumberPlan("ticket", "T-{year}-{number:05d}")
CHANGEABLE = frozenset(
    {"subject", "description", "party_id", "contact_id", "priority", "category_id", "channel", "assignee_id", "team_id"}
)


def create_ticket(
    *,
    company_id: int,
    user: "User | None",
    now: dt.datetime,
    subject: str,
    party_id: int,
    description: str = "",
    contact_id: int | None = None,
    priority: str = TicketPriority.NORMAL,
    category_id: int | None = None,
    channel: str = TicketChannel.EMAIL,
    assignee_id: int | None = None,
    team_id: int | None = None,
    external_id: str = "",
) -> Ticket:
    """Open a ticket: new, or open when somebody gets it at once. A known external id answers the ticket it names.

    :param now: when the customer said it; the number bears the year of that day in the company's time.
    :raises NothingSaidError: it has no subject.
    :raises InvalidInputError: the customer is none of the company.
    :raises WrongContactError: the contact is none of the customer's people.
    """
    with transaction.atomic():
        known = Ticket.objects.filter(company_id=company_id, external_id=external_id).first() if external_id else None
        if known is not None:
            return known
        company = Company.objects.get(pk=company_id)
        check_people(company_id, party_id, contact_id)
        ticket = Ticket(
            company=company,
            created_by=user,
            external_id=external_id,
            subject=said(subject, field="subject"),
            description=description.strip(),
            party_id=party_id,
            contact_id=contact_id,
            priority=TicketPriority(priority),
            category_id=category_id,
            channel=TicketChannel(channel),
            team_id=team_id,
            opened_at=now,
            unanswered_since=now,
            last_message_at=now,
        )
        give_to(ticket, assignee_id)
        on = local_date(company, now)
        ticket.number = draw_number(TICKET, company_id=company_id, on=on)
        ticket.save(force_insert=True)
        record(TicketOpened(ticket_id=ticket.pk), company_id=company_id)
    return ticket


def update_ticket(
    *, ticket_id: int, user: "User | None", now: dt.datetime, expected_version: int | None = None, **values: Any
) -> Ticket:
    """Change what a ticket says about itself, and who works on it.

    :param values: any of subject, description, party_id, contact_id, priority, category_id, channel, assignee_id and
        team_id.
    :raises ConflictError: somebody else changed it since.
    :raises TicketClosedError: it is closed.
    :raises InvalidInputError: as in `create_ticket`.
    """
    if unknown := values.keys() - CHANGEABLE:
        raise TypeError(f"a ticket's {', '.join(sorted(unknown))} cannot be changed like this")
    with transaction.atomic():
        ticket = lock_record(Ticket, ticket_id, expected_version=expected_version)
        require_not_closed(ticket)
        assignee_id = values.pop("assignee_id", ticket.assignee_id)
        for name, value in values.items():
            setattr(ticket, name, value.strip() if isinstance(value, str) else value)
        said(ticket.subject, field="subject")
        check_people(ticket.company_id, ticket.party_id, ticket.contact_id)
        _hand_over(ticket, assignee_id)
        save(ticket)
    return ticket


def assign_ticket(
    *,
    ticket_id: int,
    user: "User | None",
    now: dt.datetime,
    assignee_id: int | None = None,
    team_id: int | None = None,
) -> Ticket:
    """Give a ticket to a person, or to nobody; to a team when one is named. Whose it is already, theirs it stays.

    :raises TicketClosedError: it is closed.
    """
    with transaction.atomic():
        ticket = lock_record(Ticket, ticket_id)
        require_not_closed(ticket)
        team_id = team_id if team_id is not None else ticket.team_id
        if (ticket.assignee_id, ticket.team_id) == (assignee_id, team_id):
            return ticket
        ticket.team_id = team_id
        _hand_over(ticket, assignee_id)
        save(ticket)
    return ticket


def take_ticket(*, ticket_id: int, user: "User", now: dt.datetime) -> Ticket:
    """Take what nobody has taken: it is one's own, and open. What somebody works on stays theirs.

    :raises WrongStateError: it is resolved or closed.
    """
    with transaction.atomic():
        ticket = lock_record(Ticket, ticket_id)
        _require_open(ticket)
        if ticket.assignee_id is not None and ticket.status != TicketStatus.NEW:
            return ticket
        _hand_over(ticket, user.pk if ticket.assignee_id is None else ticket.assignee_id)
        ticket.status = TicketStatus.OPEN
        save(ticket)
    return ticket


def resume_ticket(*, ticket_id: int, user: "User | None", now: dt.datetime) -> Ticket:
    """Work on a ticket that waits for the customer without waiting any longer. An open one stays as it is.

    :raises WrongStateError: nobody has taken it yet, or it is resolved or closed.
    """
    with transaction.atomic():
        ticket = lock_record(Ticket, ticket_id)
        if ticket.status == TicketStatus.OPEN:
            return ticket
        _require_open(ticket)
        if ticket.status == TicketStatus.NEW:
            raise WrongStateError(_("%(ticket)s is new.") % {"ticket": ticket}, hint=_("Take it."))
        claim(ticket, user)
        ticket.status = TicketStatus.OPEN
        save(ticket)
    return ticket


def wait_for_customer(*, ticket_id: int, user: "User | None", now: dt.datetime) -> Ticket:
    """The customer has to say something before it goes on. Waiting already, it stays as it is.

    :raises WrongStateError: it is resolved or closed.
    """
    with transaction.atomic():
        ticket = lock_record(Ticket, ticket_id)
        if ticket.status == TicketStatus.WAITING:
            return ticket
        TICKET_TRANSITIONS.require(ticket, TicketStatus.WAITING)
        claim(ticket, user)
        ticket.status, ticket.unanswered_since = TicketStatus.WAITING, None
        save(ticket)
    return ticket


def move_ticket(
    *, ticket_id: int, status: str, user: "User", now: dt.datetime, expected_version: int | None = None
) -> Ticket:
    """Put a ticket into another column of the board: take it, resume it, or wait for the customer.

    :raises ConflictError: somebody else changed it since.
    :raises WrongStateError: that column is not reached by moving.
    """
    with transaction.atomic():
        ticket = lock_record(Ticket, ticket_id, expected_version=expected_version)
        if ticket.status == status:
            return ticket
        if status == TicketStatus.OPEN:
            operation = take_ticket if ticket.status == TicketStatus.NEW else resume_ticket
            return operation(ticket_id=ticket_id, user=user, now=now)
        if status == TicketStatus.WAITING:
            return wait_for_customer(ticket_id=ticket_id, user=user, now=now)
        raise WrongStateError(
            _("A ticket is not moved to %(status)s.") % {"status": TicketStatus(status).label},
            hint=_("What somebody has taken up is not new again; resolve it on its page."),
        )


def _require_open(ticket: Ticket) -> None:
    if not ticket.is_open:
        raise WrongStateError(
            _("%(ticket)s is %(status)s.") % {"ticket": ticket, "status": ticket.get_status_display()},
            hint=_("Reopen it, with the reason."),
        )


def _hand_over(ticket: Ticket, assignee_id: int | None) -> None:
    if ticket.assignee_id == assignee_id:
        return
    give_to(ticket, assignee_id)
    record(TicketAssigned(ticket_id=ticket.pk, assignee_id=assignee_id), company_id=ticket.company_id)
