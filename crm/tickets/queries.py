"""Questions about tickets: what waits for whom, and how to reach a customer."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from core.access.models import User
from core.parties.enums import ContactKind
from core.parties.models import ContactPoint, Party
from crm.tickets.enums import OPEN_STATUSES, TicketStatus
from crm.tickets.models import Ticket, TicketMessage


@dataclass(frozen=True, slots=True)
class Workload:
    """Open tickets of one person, or of nobody.

    :ivar unanswered: those in which the customer waits for a word from us.
    """

    assignee: User | None
    open: int
    unanswered: int


def open_tickets(*, company_id: int, assignee_id: int | None = None) -> QuerySet[Ticket]:
    """Tickets that are not settled, of one person when given; the most urgent first, then whoever waits longest."""
    found = Ticket.objects.filter(company_id=company_id, status__in=OPEN_STATUSES)
    if assignee_id is not None:
        found = found.filter(assignee_id=assignee_id)
    return found.order_by("-priority_rank", F("unanswered_since").asc(nulls_last=True), "id")


def unassigned_tickets(*, company_id: int) -> QuerySet[Ticket]:
    """Open tickets that nobody has taken, in the order of `open_tickets`."""
    return open_tickets(company_id=company_id).filter(assignee=None)


def unanswered_tickets(*, company_id: int, before: dt.datetime | None = None) -> QuerySet[Ticket]:
    """Open tickets in which the customer waits for us, the longest wait first; those who waited already then, when
    `before` is given."""
    found = Ticket.objects.filter(company_id=company_id, status__in=OPEN_STATUSES, unanswered_since__isnull=False)
    if before is not None:
        found = found.filter(unanswered_since__lt=before)
    return found.order_by("unanswered_since", "id")


def unanswered_count(*, company_id: int) -> int:
    """How many customers wait for a word from us."""
    return unanswered_tickets(company_id=company_id).order_by().count()


def open_tickets_by_assignee(*, company_id: int) -> list[Workload]:
    """Open and unanswered tickets a person, the fullest desk first, nobody's last; two queries."""
    rows = (
        Ticket.objects.filter(company_id=company_id, status__in=OPEN_STATUSES)
        .order_by()
        .values("assignee_id")
        .annotate(open=Count("pk"), unanswered=Count("pk", filter=Q(unanswered_since__isnull=False)))
    )
    found = list(rows)
    people = User.objects.in_bulk([row["assignee_id"] for row in found if row["assignee_id"]])
    loads = [Workload(people.get(row["assignee_id"]), row["open"], row["unanswered"]) for row in found]
    return sorted(loads, key=lambda load: (load.assignee is None, -load.open, str(load.assignee)))


def open_tickets_by_status(*, company_id: int) -> dict[str, int]:
    """Status → open tickets, each open status named."""
    rows = Ticket.objects.filter(company_id=company_id, status__in=OPEN_STATUSES).order_by().values_list("status")
    counts = dict(rows.annotate(count=Count("pk")))
    return {status.value: counts.get(status.value, 0) for status in OPEN_STATUSES}


def resolved_tickets(*, company_id: int, since: dt.datetime, until: dt.datetime | None = None) -> QuerySet[Ticket]:
    """Tickets resolved from one moment up to another and not reopened, the latest first."""
    found = Ticket.objects.filter(
        company_id=company_id, resolved_at__gte=since, status__in=(TicketStatus.RESOLVED, TicketStatus.CLOSED)
    )
    if until is not None:
        found = found.filter(resolved_at__lt=until)
    return found.order_by("-resolved_at", "-id")


def tickets_of_party(*, party_id: int) -> QuerySet[Ticket]:
    """Everything asked by a party, its people or its subsidiaries, latest first."""
    own = Q(party_id=party_id) | Q(contact_id=party_id) | Q(party__parent_id=party_id)
    return Ticket.objects.filter(own).order_by("-id")


def conversation(*, ticket_id: int) -> QuerySet[TicketMessage]:
    """What was said in a ticket, latest first, with the people and the fate of the mails."""
    messages = TicketMessage.objects.filter(ticket_id=ticket_id).select_related("author", "sender", "mail")
    return messages.order_by("-at", "-id")


def mail_address(ticket: Ticket) -> str:
    """Where an answer goes: the contact's address, else the customer's own; empty when there is none."""
    if ticket.contact_id is None:
        return _addresses(ticket.party_id).values_list("value", flat=True).first() or ""
    nearest = Case(When(party_id=ticket.contact_id, then=Value(0)), default=Value(1), output_field=IntegerField())
    points = _addresses(ticket.contact_id, ticket.party_id).order_by(nearest, "-is_primary", "pk")
    return points.values_list("value", flat=True).first() or ""


def _addresses(*party_ids: int) -> QuerySet[ContactPoint]:
    points = ContactPoint.objects.filter(party_id__in=party_ids, kind=ContactKind.EMAIL)
    return points.order_by("-is_primary", "pk")


def contact_points(ticket: Ticket) -> list[ContactPoint]:
    """How to reach the contact and the customer, the contact's first."""
    wanted = [key for key in (ticket.contact_id, ticket.party_id) if key is not None]
    points = ContactPoint.objects.filter(party_id__in=wanted).order_by("kind", "-is_primary", "pk")
    return sorted(points, key=lambda point: point.party_id != ticket.contact_id)


def is_contact_of(contact: Party, party: Party) -> bool:
    """Whether an answer about the party may go to this contact: the party itself or one of its people."""
    return party.pk in {contact.pk, contact.parent_id}
