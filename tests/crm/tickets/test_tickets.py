"""Tickets are opened, changed, handed on, put on hold, resolved, reopened and closed."""

import datetime as dt

import pytest

from core.access.enums import Role
from core.errors import ConflictError, InvalidInputError, WrongStateError
from core.events.models import OutboxEvent
from core.events.outbox import subscribe
from crm.tickets import events
from crm.tickets.enums import TICKET_TRANSITIONS, TicketStatus
from crm.tickets.errors import NothingSaidError, TicketClosedError, WrongContactError
from crm.tickets.models import Ticket
from crm.tickets.operations import (
    add_ticket_note,
    answer_ticket,
    assign_ticket,
    close_ticket,
    create_ticket,
    move_ticket,
    record_customer_message,
    reopen_ticket,
    resolve_ticket,
    resume_ticket,
    take_ticket,
    update_ticket,
    wait_for_customer,
)
from crm.tickets.setup import set_up_tickets
from tests.factories.company import CompanyFactory, TeamFactory, user_with
from tests.factories.parties import PartyFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def heard():
    """Every event of tickets is written, because somebody listens; answers their kinds in order."""
    for name in ("TicketOpened", "TicketAssigned", "TicketResolved", "TicketReopened", "TicketClosed"):
        subscribe(getattr(events, name), lambda event: None)

    def kinds():
        return [kind.rpartition(".")[2] for kind in OutboxEvent.objects.order_by("pk").values_list("kind", flat=True)]

    return kinds


def marks(ticket):
    return [(m.kind, m.text, m.author_id) for m in ticket.messages.order_by("pk")]


class TestOpening:
    def test_a_new_ticket(self, heard, ticket, customer, contact, now):
        assert (ticket.number, ticket.status, ticket.priority, ticket.channel) == (
            "T-2026-00001", "new", "normal", "email",
        )  # fmt: skip
        assert (ticket.party, ticket.contact, ticket.assignee) == (customer, contact, None)
        assert [ticket.opened_at, ticket.unanswered_since, ticket.last_message_at] == [now, now, now]
        assert [ticket.first_response_at, ticket.resolved_at, ticket.closed_at] == [None, None, None]
        assert heard() == ["TicketOpened"]

    def test_somebody_gets_it_at_once(self, company, customer, agent, now):
        made = create_ticket(
            company_id=company.pk, user=agent, now=now, subject="x", party_id=customer.pk, assignee_id=agent.pk
        )
        assert (made.status, made.assignee) == ("open", agent)

    def test_numbers_follow_the_companys_year(self, now, agent):
        company = CompanyFactory(time_zone="Asia/Shanghai")
        party = PartyFactory(company=company)
        eve = dt.datetime(2026, 12, 31, 17, tzinfo=dt.UTC)
        numbers = [
            create_ticket(company_id=company.pk, user=agent, now=at, subject="x", party_id=party.pk).number
            for at in (now, eve, now)
        ]
        assert numbers == ["T-2026-00001", "T-2027-00001", "T-2026-00002"]

    def test_the_same_external_id_is_the_same_ticket(self, company, customer, agent, now):
        values = {"company_id": company.pk, "user": agent, "now": now, "party_id": customer.pk, "external_id": "M-7"}
        first = create_ticket(subject="Lamp", **values)
        assert create_ticket(subject="Lamp again", **values) == first
        assert Ticket.objects.get().subject == "Lamp"

    def test_what_is_refused(self, company, customer, agent, now):
        stranger = PartyFactory(company=company)
        elsewhere = PartyFactory()
        values = {"company_id": company.pk, "user": agent, "now": now}
        with pytest.raises(NothingSaidError) as refusal:
            create_ticket(subject="  ", party_id=customer.pk, **values)
        assert refusal.value.field == "subject"
        with pytest.raises(InvalidInputError) as refusal:
            create_ticket(subject="x", party_id=elsewhere.pk, **values)
        assert refusal.value.field == "party"
        for other in (stranger, elsewhere):
            with pytest.raises(WrongContactError):
                create_ticket(subject="x", party_id=customer.pk, contact_id=other.pk, **values)
        assert create_ticket(subject="x", party_id=customer.pk, contact_id=customer.pk, **values).contact == customer

    def test_a_company_starts_with_categories_and_keeps_its_own(self, company, agent, now):
        names = [one.name for one in set_up_tickets(company_id=company.pk, user=agent, now=now)]
        assert names == ["Question", "Fault", "Delivery", "Invoice", "Return", "Complaint"]
        again = set_up_tickets(company_id=company.pk, user=agent, now=now)
        assert sorted(one.name for one in again) == sorted(names)


class TestChanging:
    def test_what_it_says(self, ticket, agent, now):
        changed = update_ticket(ticket_id=ticket.pk, user=agent, now=now, subject=" Two lamps ", priority="urgent")
        assert (changed.subject, changed.priority, changed.version) == ("Two lamps", "urgent", 2)
        assert Ticket.objects.get().priority_rank == 4

    def test_handing_on_within_a_change_tells_it(self, heard, ticket, agent, now):
        changed = update_ticket(ticket_id=ticket.pk, user=agent, now=now, assignee_id=agent.pk)
        assert (changed.assignee, changed.status) == (agent, "open")
        assert heard() == ["TicketOpened", "TicketAssigned"]

    def test_refusals(self, ticket, company, agent, now):
        with pytest.raises(ConflictError):
            update_ticket(ticket_id=ticket.pk, user=agent, now=now, expected_version=7, subject="x")
        with pytest.raises(WrongContactError):
            update_ticket(ticket_id=ticket.pk, user=agent, now=now, party_id=PartyFactory(company=company).pk)
        with pytest.raises(NothingSaidError):
            update_ticket(ticket_id=ticket.pk, user=agent, now=now, subject=" ")
        with pytest.raises(TypeError):
            update_ticket(ticket_id=ticket.pk, user=agent, now=now, status="closed")
        close_ticket(ticket_id=ticket.pk, user=agent, now=now, reason="Spam")
        with pytest.raises(TicketClosedError):
            update_ticket(ticket_id=ticket.pk, user=agent, now=now, subject="x")


class TestWhoActs:
    def test_assigned_to_a_person_a_team_and_nobody(self, heard, ticket, company, agent, now):
        team = TeamFactory(company=company)
        given = assign_ticket(ticket_id=ticket.pk, user=agent, now=now, assignee_id=agent.pk)
        assert (given.assignee, given.team, given.status, given.version) == (agent, None, "open", 2)
        assert assign_ticket(ticket_id=ticket.pk, user=agent, now=now, assignee_id=agent.pk).version == 2
        given = assign_ticket(ticket_id=ticket.pk, user=agent, now=now, team_id=team.pk)
        assert (given.assignee, given.team, given.status) == (None, team, "open")
        assert heard() == ["TicketOpened", "TicketAssigned", "TicketAssigned"]

    def test_taken_by_the_first(self, heard, ticket, company, agent, now):
        taken = take_ticket(ticket_id=ticket.pk, user=agent, now=now)
        assert (taken.assignee, taken.status, taken.version) == (agent, "open", 2)
        other = user_with(Role.SUPPORT_AGENT, company)
        assert take_ticket(ticket_id=ticket.pk, user=other, now=now).version == 2
        assert heard() == ["TicketOpened", "TicketAssigned"]

    def test_waiting_for_the_customer_and_resumed(self, ticket, agent, now):
        waiting = wait_for_customer(ticket_id=ticket.pk, user=agent, now=now)
        assert (waiting.status, waiting.assignee, waiting.unanswered_since) == ("waiting", agent, None)
        assert wait_for_customer(ticket_id=ticket.pk, user=agent, now=now).version == waiting.version
        resumed = resume_ticket(ticket_id=ticket.pk, user=agent, now=now)
        assert resumed.status == "open"
        assert resume_ticket(ticket_id=ticket.pk, user=agent, now=now).version == resumed.version

    def test_a_new_ticket_is_taken_not_resumed(self, ticket, agent, now):
        with pytest.raises(WrongStateError):
            resume_ticket(ticket_id=ticket.pk, user=agent, now=now)

    def test_a_settled_ticket_is_neither_taken_nor_put_on_hold(self, ticket, agent, now):
        resolve_ticket(ticket_id=ticket.pk, user=agent, now=now, resolution="New bulb")
        for operation in (take_ticket, wait_for_customer, resume_ticket):
            with pytest.raises(WrongStateError):
                operation(ticket_id=ticket.pk, user=agent, now=now)

    def test_moved_on_the_board(self, ticket, agent, now):
        moved = move_ticket(ticket_id=ticket.pk, status="waiting", user=agent, now=now, expected_version=1)
        assert moved.status == "waiting"
        assert move_ticket(ticket_id=ticket.pk, status="open", user=agent, now=now).status == "open"
        assert move_ticket(ticket_id=ticket.pk, status="open", user=agent, now=now).version == 3
        for status in ("new", "resolved"):
            with pytest.raises(WrongStateError):
                move_ticket(ticket_id=ticket.pk, status=status, user=agent, now=now)
        with pytest.raises(ConflictError):
            move_ticket(ticket_id=ticket.pk, status="waiting", user=agent, now=now, expected_version=1)


class TestSettling:
    def test_resolved_with_what_solved_it(self, heard, ticket, agent, now):
        resolved = resolve_ticket(ticket_id=ticket.pk, user=agent, now=now, resolution=" New bulb ")
        assert (resolved.status, resolved.resolution, resolved.resolved_at) == ("resolved", "New bulb", now)
        assert (resolved.assignee, resolved.unanswered_since) == (agent, None)
        assert marks(ticket) == [("resolution", "New bulb", agent.pk)]
        again = resolve_ticket(ticket_id=ticket.pk, user=agent, now=now + HOUR, resolution="Another")
        assert (again.resolution, again.version, len(marks(ticket))) == ("New bulb", resolved.version, 1)
        assert heard() == ["TicketOpened", "TicketResolved"]

    def test_reopened_with_the_reason(self, heard, ticket, agent, now):
        resolve_ticket(ticket_id=ticket.pk, user=agent, now=now, resolution="New bulb")
        opened = reopen_ticket(ticket_id=ticket.pk, user=agent, now=now, reason="Flickers again")
        assert (opened.status, opened.resolution, opened.resolved_at) == ("open", "", None)
        assert reopen_ticket(ticket_id=ticket.pk, user=agent, now=now, reason="x").version == opened.version
        assert marks(ticket) == [("resolution", "New bulb", agent.pk), ("reopening", "Flickers again", agent.pk)]
        assert heard() == ["TicketOpened", "TicketResolved", "TicketReopened"]

    def test_closed_after_it_was_resolved(self, heard, ticket, agent, now):
        resolve_ticket(ticket_id=ticket.pk, user=agent, now=now, resolution="New bulb")
        closed = close_ticket(ticket_id=ticket.pk, user=agent, now=now + HOUR)
        assert (closed.status, closed.closed_at, closed.resolved_at) == ("closed", now + HOUR, now)
        assert close_ticket(ticket_id=ticket.pk, user=agent, now=now).version == closed.version
        assert marks(ticket)[1:] == [("closing", "", agent.pk)]
        assert heard() == ["TicketOpened", "TicketResolved", "TicketClosed"]

    def test_closed_without_a_solution_only_with_a_reason(self, ticket, agent, now):
        with pytest.raises(NothingSaidError) as refusal:
            close_ticket(ticket_id=ticket.pk, user=agent, now=now)
        assert refusal.value.field == "reason"
        assert close_ticket(ticket_id=ticket.pk, user=agent, now=now, reason="Spam").resolved_at is None

    def test_no_words_no_resolution_and_no_reopening(self, ticket, agent, now):
        with pytest.raises(NothingSaidError):
            resolve_ticket(ticket_id=ticket.pk, user=agent, now=now, resolution=" ")
        resolve_ticket(ticket_id=ticket.pk, user=agent, now=now, resolution="New bulb")
        with pytest.raises(NothingSaidError):
            reopen_ticket(ticket_id=ticket.pk, user=agent, now=now, reason="\n")

    def test_a_closed_ticket_takes_notes_and_nothing_else(self, ticket, agent, now):
        close_ticket(ticket_id=ticket.pk, user=agent, now=now, reason="Spam")
        at = {"ticket_id": ticket.pk, "user": agent, "now": now}
        refused = [
            lambda: answer_ticket(text="x", **at),
            lambda: record_customer_message(text="x", **at),
            lambda: assign_ticket(assignee_id=agent.pk, **at),
        ]
        for act in refused:
            with pytest.raises(TicketClosedError):
                act()
        with pytest.raises(WrongStateError):
            resolve_ticket(resolution="x", **at)
        add_ticket_note(text="Blocked the sender.", **at)
        assert reopen_ticket(reason="Was no spam", **at).closed_at is None
        assert [kind for kind, _text, _author in marks(ticket)] == ["closing", "note", "reopening"]


@pytest.mark.parametrize("source", TicketStatus.values)
def test_the_table_of_transitions(source):
    leads_to = {target for target in TicketStatus.values if TICKET_TRANSITIONS.allows(source, target)}
    assert (
        leads_to
        == {
            "new": {"open", "waiting", "resolved", "closed"},
            "open": {"waiting", "resolved", "closed"},
            "waiting": {"open", "resolved", "closed"},
            "resolved": {"open", "closed"},
            "closed": {"open"},
        }[source]
    )


def test_the_rank_of_a_priority_sorts(company):
    for priority in ("urgent", "low", "high", "normal"):
        TicketFactory(company=company, priority=priority)
    found = Ticket.objects.order_by("-priority_rank").values_list("priority", flat=True)
    assert list(found) == ["urgent", "high", "normal", "low"]
