"""The same answer arrives eight times at once: it is said once and mailed once. Without the ticket's lock all but one
would be refused by the database instead of finding it said."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.company.tenancy import all_companies
from crm.tickets.models import AnswerMail, Ticket, TicketMessage
from crm.tickets.operations import answer_ticket
from tests.factories.parties import ContactPointFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def test_an_answer_is_said_once():
    with all_companies(), transaction.atomic():
        ticket = TicketFactory()
        ContactPointFactory(party=ticket.party)
    start = Barrier(THREADS)

    def answer(_number: int) -> object:
        try:
            with all_companies():
                start.wait()
                values = {"text": "Try another bulb.", "external_id": "form:1", "expected_version": 1}
                return answer_ticket(ticket_id=ticket.pk, user=None, now=timezone.now(), **values).version
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(answer, range(THREADS)))
    assert answers == [2] * THREADS
    with all_companies(), transaction.atomic():
        found = [model.objects.count() for model in (TicketMessage, AnswerMail)]
        assert (found, Ticket.objects.get().version) == ([1, 1], 2)
