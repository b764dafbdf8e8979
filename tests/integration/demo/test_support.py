"""The demo company's tickets: nothing is out of order, old ones are settled, and nobody outside gets mail."""

import datetime as dt

import pytest
from django.core import mail

from core.access.enums import Role
from core.parties.models import PaymentTerm
from crm.tickets.models import AnswerMail, Ticket
from crm.tickets.setup import set_up_tickets
from integration.demo.masters import Masters, Size
from integration.demo.month import Month
from integration.demo.support import support
from tests.factories.company import CompanyFactory, user_with
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 5, 20)
RECENT = dt.datetime(2026, 5, 10, 10, tzinfo=dt.UTC)


def test_a_support_desk_at_work():
    company = CompanyFactory()
    agent = user_with(Role.SUPPORT_AGENT, company)
    set_up_tickets(company_id=company.pk, user=agent, now=RECENT)
    customers = PartyFactory.create_batch(3, company=company)
    masters = Masters(items=[], suppliers=[], customers=customers, term=PaymentTerm(), team_id=0, lost_reasons=[])
    for number, (month, part) in enumerate(((4, 3), (5, 2))):
        support(
            Month(
                company=company, first=dt.date(2026, month, 1), part=part, number=number, months=2, today=TODAY, seed=1,
                size=Size(), people={Role.SUPPORT_AGENT: agent}, masters=masters,
            )
        )  # fmt: skip
    tickets = list(Ticket.objects.select_related("contact", "category").prefetch_related("messages"))
    assert len({ticket.external_id for ticket in tickets}) == len(tickets) >= 10
    for ticket in tickets:
        assert (ticket.contact.parent_id, ticket.category is None) == (ticket.party_id, False)
        moments = [ticket.opened_at, *(message.at for message in reversed(ticket.messages.all()))]
        assert moments == sorted(moments)
        assert moments[-1].date() <= TODAY
        assert ticket.is_open is (ticket.opened_at >= RECENT)
    assert {ticket.status for ticket in tickets} >= {"closed", "open"}
    assert (AnswerMail.objects.count(), mail.outbox) == (0, [])
