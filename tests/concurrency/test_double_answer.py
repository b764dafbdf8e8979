"""The same answer arrives eight times at once: it is said once and mailed once. Without the ticket's lock all but one
would be refused by the database instead of finding it said."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.company.tenancy import all_companies
from crm.tickets.models import AnswerMail, Ticket, TicketMessage
from crm.tickets.operations import answer_ticket, talking
from tests.factories.parties import ContactPointFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def answered_by_many() -> list[object]:
    """What eight threads get that give the same answer to one ticket."""
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
        return list(pool.map(answer, range(THREADS)))


def test_an_answer_is_said_once():
    assert answered_by_many() == [2] * THREADS
    with all_companies(), transaction.atomic():
        found = [model.objects.count() for model in (TicketMessage, AnswerMail)]
        assert (found, Ticket.objects.get().version) == ([1, 1], 2)


def test_without_the_lock_the_database_has_to_refuse(monkeypatch):
    together = Barrier(THREADS, timeout=10)

    def read_only(model, record_id, *, expected_version=None):
        found = model._default_manager.get(pk=record_id)
        together.wait()
        return found

    monkeypatch.setattr(talking, "lock_record", read_only)
    answers = answered_by_many()
    assert [answer for answer in answers if answer != 2] != []
    assert {type(answer) for answer in answers if answer != 2} == {IntegrityError}
