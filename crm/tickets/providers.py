"""What tickets put on timelines."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.access.policies import may, scoped
from core.ui.registry import url_for
from crm.contacts.timeline import Subject, TimelineEntry
from crm.tickets.enums import MessageKind
from crm.tickets.models import Ticket, TicketMessage
from crm.tickets.queries import tickets_of_party

TOLD = (MessageKind.ANSWER, MessageKind.RESOLUTION)
FIRST_WORDS = 200


def tickets_of(subject: Subject) -> Iterable[TimelineEntry]:
    """Tickets that a party opened, how they were answered, and what solved them."""
    if not subject.is_a("parties.party") or not may(subject.user, "view", Ticket, subject.company_id):
        return []
    tickets = scoped(subject.user, tickets_of_party(party_id=subject.record.pk), "view", subject.company_id)
    return [*_opened(tickets.select_related("assignee")[: subject.limit]), *_told(tickets, subject.limit)]


def _opened(tickets: Iterable[Ticket]) -> Iterator[TimelineEntry]:
    for ticket in tickets:
        yield TimelineEntry(
            at=ticket.opened_at,
            icon="ticket",
            title=_("%(number)s opened: %(subject)s") % {"number": ticket.number, "subject": ticket.subject},
            text=ticket.description[:FIRST_WORDS],
            user=str(ticket.assignee or ""),
            url=url_for(ticket),
        )


def _told(tickets: QuerySet[Ticket], limit: int) -> Iterator[TimelineEntry]:
    messages = TicketMessage.objects.filter(kind__in=TOLD, ticket__in=tickets)
    for message in messages.select_related("ticket", "author").order_by("-at", "-id")[:limit]:
        is_answer = message.kind == MessageKind.ANSWER
        words = _("%(number)s answered") if is_answer else _("%(number)s resolved")
        yield TimelineEntry(
            at=message.at,
            icon="message" if is_answer else "circle-check",
            title=words % {"number": message.ticket.number},
            text=message.text[:FIRST_WORDS],
            user=str(message.author or ""),
            url=url_for(message.ticket),
        )
