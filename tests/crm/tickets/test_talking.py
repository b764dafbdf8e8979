"""Answers, internal notes and the customer's messages; nothing of it ever changes."""

import datetime as dt

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction

from core.company.rules import fact_tables
from core.errors import ConflictError, InvalidInputError, WrongStateError
from crm.tickets.errors import NothingSaidError, WrongContactError
from crm.tickets.models import AnswerMail, TicketMessage
from crm.tickets.operations import (
    add_ticket_note,
    answer_ticket,
    record_customer_message,
    resolve_ticket,
)
from tests.factories.parties import PartyFactory
from tests.factories.tickets import TicketMessageFactory

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


def said(ticket):
    return [(m.kind, m.text) for m in ticket.messages.order_by("pk")]


class TestAnswering:
    def test_the_first_answer_stamps_the_response_and_takes_the_ticket(self, ticket, agent, now):
        answered = answer_ticket(ticket_id=ticket.pk, user=agent, now=now + HOUR, text=" Try another bulb. ")
        assert (answered.status, answered.assignee) == ("open", agent)
        assert answered.first_response_at == answered.last_message_at == now + HOUR
        assert answered.unanswered_since is None
        later = answer_ticket(ticket_id=ticket.pk, user=agent, now=now + 2 * HOUR, text="And?")
        assert (later.first_response_at, later.last_message_at) == (now + HOUR, now + 2 * HOUR)
        assert said(ticket) == [("answer", "Try another bulb."), ("answer", "And?")]

    def test_and_waits(self, ticket, agent, now):
        answered = answer_ticket(ticket_id=ticket.pk, user=agent, now=now, text="Which lamp?", then="waiting")
        assert answered.status == "waiting"
        assert answer_ticket(ticket_id=ticket.pk, user=agent, now=now, text="Well?", then="waiting").status == "waiting"
        assert answer_ticket(ticket_id=ticket.pk, user=agent, now=now, text="Hello?").status == "waiting"

    def test_and_resolves(self, ticket, agent, now):
        answered = answer_ticket(ticket_id=ticket.pk, user=agent, now=now, text="Turn it round.", then="resolved")
        assert (answered.status, answered.resolution, answered.resolved_at) == ("resolved", "Turn it round.", now)
        assert said(ticket) == [("answer", "Turn it round."), ("resolution", "")]
        thanks = answer_ticket(ticket_id=ticket.pk, user=agent, now=now, text="You are welcome.", then="resolved")
        assert (thanks.status, thanks.resolution) == ("resolved", "Turn it round.")

    def test_twice_from_one_form_is_said_once(self, ticket, agent, now):
        values = {"ticket_id": ticket.pk, "user": agent, "now": now, "text": "Hello", "external_id": "form:1"}
        first = answer_ticket(expected_version=1, **values)
        assert answer_ticket(expected_version=1, **values).version == first.version
        assert said(ticket) == [("answer", "Hello")]
        assert AnswerMail.objects.count() == 1

    def test_refusals(self, ticket, agent, now):
        at = {"ticket_id": ticket.pk, "user": agent, "now": now}
        with pytest.raises(NothingSaidError):
            answer_ticket(text=" \n", **at)
        with pytest.raises(InvalidInputError):
            answer_ticket(text="x", then="closed", **at)
        with pytest.raises(ConflictError):
            answer_ticket(text="x", expected_version=9, **at)
        resolve_ticket(resolution="New bulb", **at)
        with pytest.raises(WrongStateError):
            answer_ticket(text="x", then="waiting", **at)
        assert said(ticket) == [("resolution", "New bulb")]


class TestTheCustomer:
    def test_a_reply_takes_a_waiting_ticket_up(self, ticket, agent, contact, now):
        answer_ticket(ticket_id=ticket.pk, user=agent, now=now, text="Which lamp?", then="waiting")
        heard = record_customer_message(ticket_id=ticket.pk, user=None, now=now + HOUR, text="The green one.")
        assert (heard.status, heard.unanswered_since, heard.last_message_at) == ("open", now + HOUR, now + HOUR)
        message = ticket.messages.get(kind="customer")
        assert (message.sender, message.author, message.channel) == (contact, None, "email")

    def test_a_reply_reopens_a_resolved_ticket(self, ticket, agent, now):
        resolve_ticket(ticket_id=ticket.pk, user=agent, now=now, resolution="New bulb")
        heard = record_customer_message(ticket_id=ticket.pk, user=None, now=now + HOUR, text="It flickers again.")
        assert (heard.status, heard.resolved_at, heard.resolution) == ("open", None, "")
        assert said(ticket)[1:] == [("customer", "It flickers again."), ("reopening", "")]

    def test_the_oldest_unanswered_word_counts(self, ticket, now):
        record_customer_message(ticket_id=ticket.pk, user=None, now=now + HOUR, text="Anybody there?")
        ticket.refresh_from_db()
        assert (ticket.status, ticket.unanswered_since, ticket.last_message_at) == ("new", now, now + HOUR)

    def test_a_mail_taken_in_twice_is_one_message(self, ticket, now):
        for _time in range(2):
            record_customer_message(ticket_id=ticket.pk, user=None, now=now, text="Hello?", external_id="<7@mail>")
        assert said(ticket) == [("customer", "Hello?")]

    def test_strangers_do_not_speak(self, ticket, company, now):
        with pytest.raises(WrongContactError) as refusal:
            record_customer_message(
                ticket_id=ticket.pk, user=None, now=now, text="x", sender_id=PartyFactory(company=company).pk
            )
        assert refusal.value.field == "sender"


def test_a_note_disturbs_nobody(ticket, agent, now):
    for _time in range(2):
        noted = add_ticket_note(ticket_id=ticket.pk, user=agent, now=now + HOUR, text="Ask Bo", external_id="form:2")
    assert (noted.version, noted.status, noted.last_message_at) == (1, "new", now)
    assert said(ticket) == [("note", "Ask Bo")]
    assert AnswerMail.objects.count() == len(mail.outbox) == 0


def test_words_stay_as_they_were_typed(ticket, agent, now):
    text = "if a < b & b > 0: see <nil>"
    answer_ticket(ticket_id=ticket.pk, user=agent, now=now, text=text)
    assert said(ticket) == [("answer", text)]


@pytest.mark.parametrize(
    "statement", ["UPDATE tickets_ticketmessage SET text = 'x'", "DELETE FROM tickets_ticketmessage"]
)
def test_what_was_said_was_said(statement, ticket):
    TicketMessageFactory(company=ticket.company, ticket=ticket)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)
    assert TicketMessage.objects.get().text == "Ask the workshop."


def test_the_database_refuses_silence(ticket):
    for kind in ("answer", "note", "customer"):
        with pytest.raises(DatabaseError, match="tickets_message_says_it"), transaction.atomic():
            TicketMessageFactory(company=ticket.company, ticket=ticket, kind=kind, text="")
    TicketMessageFactory(company=ticket.company, ticket=ticket, kind="closing", text="")


def test_nor_may_the_owner():
    assert "tickets_ticketmessage" in fact_tables()
