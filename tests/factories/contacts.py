"""Interactions, consent and relationships."""

import datetime as dt

import factory
from django.utils import timezone

from crm.contacts.enums import Channel, ConsentAct, InteractionKind, RelationKind
from crm.contacts.models import Consent, Interaction, Relationship
from tests.factories.company import CompanyFactory
from tests.factories.parties import PartyFactory


class TaskFactory(factory.django.DjangoModelFactory):
    """An open task of nobody, due tomorrow."""

    class Meta:
        model = Interaction

    company = factory.SubFactory(CompanyFactory)
    party = factory.SubFactory(PartyFactory, company=factory.SelfAttribute("..company"))
    kind = InteractionKind.TASK
    subject = factory.Sequence(lambda n: f"Call back {n}")
    due_at = factory.LazyFunction(lambda: timezone.now().replace(second=0, microsecond=0) + dt.timedelta(days=1))


class NoteFactory(TaskFactory):
    kind = InteractionKind.NOTE
    subject = factory.Sequence(lambda n: f"Note {n}")
    due_at = None
    happened_at = factory.LazyFunction(timezone.now)


class ConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Consent

    company = factory.SubFactory(CompanyFactory)
    party = factory.SubFactory(PartyFactory, company=factory.SelfAttribute("..company"))
    channel = Channel.EMAIL
    act = ConsentAct.GIVEN
    given_at = factory.LazyFunction(timezone.now)
    evidence = "Order form"


class RelationshipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Relationship

    company = factory.SubFactory(CompanyFactory)
    party = factory.SubFactory(PartyFactory, company=factory.SelfAttribute("..company"))
    other = factory.SubFactory(PartyFactory, company=factory.SelfAttribute("..company"))
    kind = RelationKind.WORKS_FOR
