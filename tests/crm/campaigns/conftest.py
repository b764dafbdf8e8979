"""A running campaign, a marketer, and people who may or may not be mailed."""

import pytest
from django.core import mail

from core.access.enums import Role
from core.parties.models import Party
from crm.campaigns.models import Campaign, Mailing
from crm.contacts.operations import record_consent
from tests.factories.campaigns import CampaignFactory, MailingFactory, SegmentFactory
from tests.factories.company import user_with
from tests.factories.parties import ContactPointFactory, PartyFactory


@pytest.fixture(autouse=True)
def public_address(settings):
    settings.PUBLIC_URL = "https://books.example"


@pytest.fixture
def marketer(company):
    return user_with(Role.MARKETER, company, email="dario@onebook.example")


@pytest.fixture
def campaign(company) -> Campaign:
    return CampaignFactory(company=company, name="Spring", code="spring")


@pytest.fixture
def mailing(company, campaign) -> Mailing:
    return MailingFactory(company=company, campaign=campaign, segment=SegmentFactory(company=company, name="Readers"))


@pytest.fixture
def reader(company, now):
    """Makes a customer with a mail address who agreed to mailings, unless told otherwise."""

    def make(email="", consent="given", at=now, **values) -> Party:
        party = PartyFactory(company=company, **values)
        if email:
            ContactPointFactory(party=party, value=email, is_primary=True)
        if consent:
            record_consent(
                party_id=party.pk, company_id=company.pk, channel="email", act=consent, evidence="Fair", now=at
            )
        return party

    return make


@pytest.fixture
def outbox():
    return mail.outbox
