"""Campaigns, segments, mailings and their recipients."""

import factory

from crm.campaigns.models import Campaign, Mailing, MailingRecipient, Segment
from tests.factories.company import CompanyFactory
from tests.factories.parties import PartyFactory


class CampaignFactory(factory.django.DjangoModelFactory):
    """A running campaign."""

    class Meta:
        model = Campaign

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Campaign {n}")
    code = factory.Sequence(lambda n: f"campaign-{n}")
    status = "running"


class SegmentFactory(factory.django.DjangoModelFactory):
    """Every customer, on the ground of consent."""

    class Meta:
        model = Segment

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Segment {n}")


class MailingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Mailing

    company = factory.SubFactory(CompanyFactory)
    campaign = factory.SubFactory(CampaignFactory, company=factory.SelfAttribute("..company"))
    segment = factory.SubFactory(SegmentFactory, company=factory.SelfAttribute("..company"))
    subject = factory.Sequence(lambda n: f"News {n}")
    body = "Hello {first_name|there},\n\nwe have **news**."


class MailingRecipientFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MailingRecipient

    company = factory.SubFactory(CompanyFactory)
    mailing = factory.SubFactory(MailingFactory, company=factory.SelfAttribute("..company"))
    party = factory.SubFactory(PartyFactory, company=factory.SelfAttribute("..company"))
    email = factory.Sequence(lambda n: f"reader{n}@example.com")
    status = "queued"
