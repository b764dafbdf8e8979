"""What waits for whom: the figures of the support desk."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.tickets.enums import TicketStatus
from crm.tickets.operations import answer_ticket, record_customer_message, resolve_ticket
from crm.tickets.queries import (
    Workload,
    mail_address,
    open_tickets,
    open_tickets_by_assignee,
    open_tickets_by_status,
    resolved_tickets,
    tickets_of_party,
    unanswered_count,
    unanswered_tickets,
    unassigned_tickets,
)
from tests.factories.company import UserFactory
from tests.factories.parties import ContactPointFactory, PartyFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


def settled(company, **values):
    return TicketFactory(
        company=company, status=TicketStatus.RESOLVED, resolved_at=timezone.now(), unanswered_since=None, **values
    )


def test_the_most_urgent_first_then_whoever_waits_longest(company, now):
    answered = TicketFactory(company=company, unanswered_since=None)
    late = TicketFactory(company=company, unanswered_since=now - HOUR)
    fresh = TicketFactory(company=company, unanswered_since=now)
    urgent = TicketFactory(company=company, priority="urgent", unanswered_since=None)
    settled(company, priority="urgent")
    TicketFactory()
    assert list(open_tickets(company_id=company.pk)) == [urgent, late, fresh, answered]


def test_a_desk_each_and_nobodys_last(company):
    ada, bo = UserFactory(name="Ada"), UserFactory(name="Bo")
    TicketFactory(company=company, assignee=ada)
    for since in (None, timezone.now()):
        TicketFactory(company=company, assignee=bo, unanswered_since=since)
    nobodys = TicketFactory(company=company)
    settled(company, assignee=ada)
    assert open_tickets_by_assignee(company_id=company.pk) == [
        Workload(bo, 2, 1), Workload(ada, 1, 1), Workload(None, 1, 1),
    ]  # fmt: skip
    assert list(unassigned_tickets(company_id=company.pk)) == [nobodys]
    assert open_tickets(company_id=company.pk, assignee_id=bo.pk).count() == 2


def test_who_waits_for_us(company, now):
    first = TicketFactory(company=company, unanswered_since=now - HOUR)
    second = TicketFactory(company=company, unanswered_since=now)
    TicketFactory(company=company, unanswered_since=None)
    assert list(unanswered_tickets(company_id=company.pk)) == [first, second]
    assert list(unanswered_tickets(company_id=company.pk, before=now)) == [first]
    assert unanswered_count(company_id=company.pk) == 2


def test_an_answer_ends_the_wait_and_a_reply_begins_it_anew(ticket, agent, now):
    counts = [unanswered_count(company_id=ticket.company_id)]
    answer_ticket(ticket_id=ticket.pk, user=agent, now=now, text="Try another bulb.")
    counts.append(unanswered_count(company_id=ticket.company_id))
    record_customer_message(ticket_id=ticket.pk, user=None, now=now + HOUR, text="Still dark.")
    counts.append(unanswered_count(company_id=ticket.company_id))
    assert counts == [1, 0, 1]


def test_how_many_stand_where(company):
    TicketFactory(company=company)
    TicketFactory(company=company, status=TicketStatus.WAITING)
    settled(company)
    assert open_tickets_by_status(company_id=company.pk) == {"new": 1, "open": 0, "waiting": 1}


def test_resolved_within_a_span(ticket, agent, now):
    resolve_ticket(ticket_id=ticket.pk, user=agent, now=now, resolution="New bulb")
    spans = [(now - HOUR, None), (now - HOUR, now), (now, now + HOUR), (now + HOUR, None)]
    found = [resolved_tickets(company_id=ticket.company_id, since=since, until=until).count() for since, until in spans]
    assert found == [1, 0, 1, 0]
    record_customer_message(ticket_id=ticket.pk, user=None, now=now, text="Dark again.")
    assert resolved_tickets(company_id=ticket.company_id, since=now).count() == 0


def test_a_partys_tickets_with_those_of_its_people(company, ticket, customer, contact):
    branch = PartyFactory(company=company, parent=customer)
    of_branch = TicketFactory(company=company, party=branch)
    TicketFactory(company=company)
    assert list(tickets_of_party(party_id=customer.pk)) == [of_branch, ticket]
    assert list(tickets_of_party(party_id=contact.pk)) == [ticket]


def test_where_an_answer_goes(ticket, customer, contact):
    ContactPointFactory(party=customer, value="desk@nordlicht.example")
    assert mail_address(ticket) == "ada@nordlicht.example"
    contact.contact_points.all().delete()
    assert mail_address(ticket) == "desk@nordlicht.example"
    ticket.contact_id = None
    assert mail_address(ticket) == "desk@nordlicht.example"
    customer.contact_points.all().delete()
    assert mail_address(ticket) == ""
