"""Tickets, their messages and categories."""

import datetime as dt

import factory
from django.utils import timezone

from crm.tickets.enums import MessageKind
from crm.tickets.models import AnswerMail, Ticket, TicketCategory, TicketMessage
from tests.factories.company import CompanyFactory
from tests.factories.parties import PartyFactory


class TicketCategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TicketCategory

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Category {n}")


class TicketFactory(factory.django.DjangoModelFactory):
    """A new ticket that nobody has taken, opened an hour ago."""

    class Meta:
        model = Ticket

    company = factory.SubFactory(CompanyFactory)
    number = factory.Sequence(lambda n: f"T-2026-{n:05d}")
    subject = factory.Sequence(lambda n: f"Lamp {n} does not shine")
    description = "It worked yesterday."
    party = factory.SubFactory(PartyFactory, company=factory.SelfAttribute("..company"))
    opened_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(hours=1))
    unanswered_since = factory.SelfAttribute("opened_at")
    last_message_at = factory.SelfAttribute("opened_at")


class TicketMessageFactory(factory.django.DjangoModelFactory):
    """An internal note."""

    class Meta:
        model = TicketMessage

    company = factory.SubFactory(CompanyFactory)
    ticket = factory.SubFactory(TicketFactory, company=factory.SelfAttribute("..company"))
    kind = MessageKind.NOTE
    text = "Ask the workshop."
    at = factory.LazyFunction(timezone.now)


class AnswerMailFactory(factory.django.DjangoModelFactory):
    """The mail of an answer, waiting to be sent."""

    class Meta:
        model = AnswerMail

    company = factory.SubFactory(CompanyFactory)
    message = factory.SubFactory(
        TicketMessageFactory, company=factory.SelfAttribute("..company"), kind=MessageKind.ANSWER
    )
    address = "ada@nordlicht.example"
    next_try_at = factory.LazyFunction(timezone.now)
