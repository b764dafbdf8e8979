"""A support agent, a customer with a contact person who reads mail, and a ticket of theirs."""

import pytest

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company
from core.parties.models import Party
from crm.tickets.models import Ticket
from crm.tickets.operations import create_ticket
from tests.factories.company import user_with
from tests.factories.parties import ContactPointFactory, PartyFactory


@pytest.fixture
def agent(company: Company) -> User:
    return user_with(Role.SUPPORT_AGENT, company, name="Oona Example")


@pytest.fixture
def customer(company: Company) -> Party:
    return PartyFactory(company=company, name="Nordlicht GmbH")


@pytest.fixture
def contact(company: Company, customer: Party) -> Party:
    person = PartyFactory(company=company, name="Ada Nord", kind="person", parent=customer, is_customer=False)
    ContactPointFactory(party=person, value="ada@nordlicht.example")
    return person


@pytest.fixture
def ticket(company: Company, agent: User, customer: Party, contact: Party, now) -> Ticket:
    return create_ticket(
        company_id=company.pk,
        user=agent,
        now=now,
        subject="The lamp flickers",
        description="Since Monday.",
        party_id=customer.pk,
        contact_id=contact.pk,
    )
