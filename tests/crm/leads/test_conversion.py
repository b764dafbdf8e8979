"""From a lead to a party, a person and a deal: all or nothing, and once."""

from decimal import Decimal

import pytest

from core.documents.references import RecordRef
from core.errors import InvalidInputError, WrongStateError
from core.parties.models import Party
from crm.contacts.models import Consent, Interaction
from crm.contacts.operations import log_interaction, plan_interaction
from crm.contacts.timeline import timeline
from crm.leads import conversion
from crm.leads.conversion import convert_lead, convert_to_deal
from crm.leads.errors import DuplicateChoiceError
from crm.leads.operations import create_lead, disqualify_lead
from crm.pipeline.models import Deal
from tests.factories.parties import ContactPointFactory, PartyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(company, manager, now, pipeline):
    return create_lead(
        company_id=company.pk, user=manager, now=now, name="Ada Holm", organisation_name="Nordlicht", country="DE",
        job_title="Buyer", email="ada@nordlicht.example", phone="+4930123456", website="nordlicht.example",
        source="event", owner_id=manager.pk, campaign=RecordRef("campaigns.campaign", 3),
    )  # fmt: skip


def points(party):
    return sorted(party.contact_points.values_list("kind", "value"))


def test_a_new_party_its_person_and_a_deal(lead, manager, now, stages):
    done = convert_lead(lead_id=lead.pk, user=manager, now=now, amount=Decimal(500))
    party, contact, deal = done.party, done.contact, done.deal
    assert (done.status, done.converted_at, done.converted_by) == ("converted", now, manager)
    assert (party.name, party.kind, party.is_prospect, party.country, party.owner) == (
        "Nordlicht", "organisation", True, "DE", manager,
    )  # fmt: skip
    assert points(party) == [("web", "https://nordlicht.example")]
    assert (contact.name, contact.kind, contact.parent, contact.job_title) == ("Ada Holm", "person", party, "Buyer")
    assert points(contact) == [("email", "ada@nordlicht.example"), ("phone", "+4930123456")]
    assert (deal.title, deal.party, deal.contact, deal.stage, deal.amount) == (
        "Ada Holm · Nordlicht", party, contact, stages[0], Decimal(500),
    )  # fmt: skip
    assert (deal.source, deal.campaign, deal.owner) == ("event", lead.campaign, manager)


def test_again_is_the_same(lead, manager, now):
    done = convert_lead(lead_id=lead.pk, user=manager, now=now)
    again = convert_lead(lead_id=lead.pk, user=manager, now=now)
    assert (again.deal, again.party, again.version) == (done.deal, done.party, done.version)
    assert convert_to_deal(lead_id=lead.pk, user=manager, now=now) == done.deal
    assert (Deal.objects.count(), Party.objects.count()) == (1, 2)


def test_the_party_it_already_is(lead, manager, now, company):
    party = PartyFactory(company=company, name="Nordlicht GmbH")
    person = PartyFactory(company=company, name="A. Holm", parent=party, kind="person")
    ContactPointFactory(party=person, value="ada@nordlicht.example")
    done = convert_lead(lead_id=lead.pk, user=manager, now=now, party_id=party.pk)
    assert (done.party, done.contact, Party.objects.count()) == (party, person, 2)
    assert points(person) == [("email", "ada@nordlicht.example"), ("phone", "+4930123456")]


def test_a_chosen_person(lead, manager, now, company):
    party = PartyFactory(company=company)
    person = PartyFactory(company=company, parent=party, kind="person")
    done = convert_lead(lead_id=lead.pk, user=manager, now=now, party_id=party.pk, contact_id=person.pk)
    assert (done.contact, points(person)) == (person, [])


def test_a_private_person_is_the_party_itself(company, manager, now, pipeline):
    lead = create_lead(company_id=company.pk, user=manager, now=now, name="Jo Lind", email="jo@example.org")
    done = convert_lead(lead_id=lead.pk, user=manager, now=now)
    assert (done.party.kind, done.party.name, done.contact) == ("person", "Jo Lind", None)
    assert points(done.party) == [("email", "jo@example.org")]


def test_what_was_said_moves_to_the_partys_timeline(lead, manager, now):
    about = RecordRef.of(lead)
    log_interaction(company_id=lead.company_id, user=manager, now=now, kind="call", subject="First call", about=about)
    plan_interaction(company_id=lead.company_id, user=manager, now=now, subject="Send offer", due_at=now, about=about)
    done = convert_lead(lead_id=lead.pk, user=manager, now=now)
    assert list(Interaction.objects.values_list("party", flat=True)) == [done.party.pk] * 2
    for record in (done.party, done.deal):
        entries = timeline(record, user=manager, company_id=lead.company_id)
        assert [(entry.title, entry.pinned) for entry in entries] == [("Send offer", True), ("First call", False)]


def test_consent_becomes_the_persons(lead, manager, now):
    lead.consented_at = now
    lead.save()
    done = convert_lead(lead_id=lead.pk, user=manager, now=now)
    consent = Consent.objects.get()
    assert (consent.party, consent.act, consent.channel, consent.given_at) == (done.contact, "given", "email", now)


def test_a_failure_in_the_middle_leaves_nothing(lead, manager, now, monkeypatch):
    def break_off(**given):
        raise RuntimeError("power cut")

    monkeypatch.setattr(conversion, "create_deal", break_off)
    with pytest.raises(RuntimeError):
        convert_lead(lead_id=lead.pk, user=manager, now=now)
    lead.refresh_from_db()
    assert (lead.status, lead.party, Party.objects.count(), Deal.objects.count()) == ("new", None, 0, 0)


def test_without_a_pipeline_nothing_is_written(lead, manager, now, pipeline):
    pipeline.active = False
    pipeline.save()
    with pytest.raises(InvalidInputError) as refusal:
        convert_lead(lead_id=lead.pk, user=manager, now=now)
    assert (refusal.value.field, Party.objects.count()) == ("pipeline", 0)


def test_a_party_of_another_company_is_refused(lead, manager, now):
    for field in ("party_id", "contact_id"):
        with pytest.raises(DuplicateChoiceError) as refusal:
            convert_lead(lead_id=lead.pk, user=manager, now=now, **{field: PartyFactory().pk})
        assert refusal.value.field == field.removesuffix("_id")


def test_a_disqualified_lead_is_recycled_first(lead, manager, now):
    disqualify_lead(lead_id=lead.pk, user=manager, now=now, reason="no_fit")
    with pytest.raises(WrongStateError):
        convert_lead(lead_id=lead.pk, user=manager, now=now)
