"""Who is in a segment, and who of them may be mailed."""

import datetime as dt
from decimal import Decimal

import pytest

from core.company.tenancy import use_companies
from crm.campaigns.audience import first_people, matching_leads, matching_parties, reach
from crm.campaigns.enums import RecipientReason as R
from crm.campaigns.models import SegmentMember, Suppression
from crm.campaigns.sql import address_hash
from crm.contacts.operations import record_consent
from crm.pipeline.operations import create_deal, win_deal
from tests.factories.campaigns import SegmentFactory
from tests.factories.company import TeamFactory
from tests.factories.leads import LeadFactory
from tests.factories.parties import ContactPointFactory, PartyFactory, PartyGroupFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def segment(company, **values):
    return SegmentFactory(company=company, **values)


def everybody(chosen):
    """(party, lead) → reason, of everybody in the segment."""
    return {
        (one.party_id, one.lead_id): one.reason
        for reason in ("", *R.values)
        for one in first_people(chosen, limit=50, reason=reason)
    }


def names(found):
    return sorted(record.name for record in found)


@pytest.fixture
def house(company):
    return PartyFactory(company=company, name="House", country="DE", industry="Wood", language="en")


@pytest.fixture
def others(company, house):
    PartyFactory(company=company, name="Ada", kind="person", parent=house, is_customer=False)
    PartyFactory(company=company, name="Bo", kind="person", parent=house, is_customer=False, country="FR")
    PartyFactory(company=company, name="Prospect", is_customer=False, is_prospect=True, country="FR")
    PartyFactory(company=company, name="Supplier", is_customer=False, is_supplier=True)
    PartyFactory(company=company, name="Gone", active=False)


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"audience": "customers"}, ["Ada", "Bo", "House"]),
        ({"audience": "prospects"}, ["Prospect"]),
        ({"audience": "parties"}, ["Ada", "Bo", "House", "Prospect"]),
        ({"audience": "members"}, []),
        ({"audience": "leads"}, []),
        ({"audience": "customers", "addressees": "people"}, ["Ada", "Bo"]),
        ({"audience": "customers", "addressees": "organisations"}, ["House"]),
        ({"audience": "parties", "countries": ["FR"]}, ["Bo", "Prospect"]),
        ({"audience": "parties", "countries": ["DE"]}, ["Ada", "House"]),
        ({"audience": "parties", "countries": ["DE", "FR"]}, ["Ada", "Bo", "House", "Prospect"]),
        ({"audience": "parties", "industry": "wood"}, ["Ada", "Bo", "House"]),
        ({"audience": "parties", "language": "en"}, ["Ada", "Bo", "House"]),
    ],
)
def test_criteria_choose_parties_and_people_take_over_what_their_organisation_says(company, others, criteria, expected):
    assert names(matching_parties(segment(company, **criteria))) == expected


def test_group_owner_and_team(company, manager, house, others):
    group, team = PartyGroupFactory(company=company), TeamFactory(company=company)
    house.group, house.owner, house.team = group, manager, team
    house.save()
    for criteria in ({"group": group}, {"owned_by": manager}, {"owned_by_team": team}):
        assert names(matching_parties(segment(company, audience="parties", **criteria))) == ["Ada", "Bo", "House"]


@pytest.mark.usefixtures("stages", "others")
def test_what_was_bought_through_deals(company, manager, now, house):
    won = create_deal(company_id=company.pk, user=manager, now=now, title="Won", party_id=house.pk, amount=Decimal(1))
    win_deal(deal_id=won.pk, user=manager, now=now)
    prospect = matching_parties(segment(company, audience="prospects"))[0]
    create_deal(company_id=company.pk, user=manager, now=now, title="Open", party_id=prospect.pk)
    loner = PartyFactory(company=company, name="Loner")
    found = {
        choice: names(matching_parties(segment(company, audience="parties", deals=choice)))
        for choice in ("won", "open", "never", "not_won")
    }
    assert found == {
        "won": ["Ada", "Bo", "House"],
        "open": ["Prospect"],
        "never": [loner.name],
        "not_won": [loner.name, "Prospect"],
    }


def test_leads_by_country_source_and_fit_and_only_open_ones(company):
    LeadFactory(company=company, name="A", country="DE", source="Event", score=70)
    LeadFactory(company=company, name="B", country="FR", source="web", score=20)
    LeadFactory(company=company, name="C", status="disqualified", disqualify_reason="spam")
    chosen = [
        names(matching_leads(segment(company, audience="leads", **criteria)))
        for criteria in ({}, {"countries": ["DE"]}, {"lead_source": "event"}, {"lead_score_min": 50})
    ]
    assert chosen == [["A", "B"], ["A"], ["A"], ["A"]]


class TestWhoMayBeMailed:
    def test_every_reason_and_each_person_once(self, company, reader):
        reader("yes@a.example")
        reader("no@a.example", consent="withdrawn")
        reader("silent@a.example", consent="")
        reader("")
        reader("yes@a.example")
        reader("gone@a.example", consent="")
        stop(company, "gone@a.example", "bounced")
        found = reach(segment(company))
        assert (found.mailed, found.total) == (1, 6)
        assert found.skipped == {R.NO_ADDRESS: 1, R.UNSUBSCRIBED: 1, R.BOUNCED: 1, R.NO_CONSENT: 1, R.DUPLICATE: 1}

    def test_customers_without_consent_only_on_their_ground_and_never_against_their_word(self, company, reader, house):
        reader("silent@a.example", consent="")
        reader("no@a.example", consent="withdrawn")
        reader("prospect@a.example", consent="", is_customer=False, is_prospect=True)
        reader("contact@a.example", consent="", is_customer=False, parent=house, kind="person")
        found = {
            ground: reach(segment(company, ground=ground, audience="parties")) for ground in ("consent", "customer")
        }
        assert found["consent"].mailed == 0
        assert found["customer"].mailed == 2
        assert found["customer"].skipped == {R.NO_ADDRESS: 1, R.UNSUBSCRIBED: 1, R.NO_CONSENT: 1}

    def test_the_latest_word_counts(self, company, reader, now):
        party = reader("a@a.example", consent="withdrawn")
        assert reach(segment(company)).mailed == 0
        record_consent(
            party_id=party.pk, company_id=company.pk, channel="email", act="given", evidence="Call", now=now + DAY
        )
        assert reach(segment(company)).mailed == 1

    def test_a_stop_holds_for_every_record_of_the_address_until_a_new_consent(self, company, reader, now):
        first = reader("a@a.example", at=now - DAY)
        stop(company, "a@a.example", "unsubscribed", at=now)
        other = reader("a@a.example", consent="")
        customers = segment(company, ground="customer")
        assert reach(customers).skipped == {R.UNSUBSCRIBED: 2}
        record_consent(
            party_id=other.pk, company_id=company.pk, channel="email", act="given", evidence="Form", now=now + DAY
        )
        assert everybody(customers) == {(other.pk, None): "", (first.pk, None): "unsubscribed"}

    def test_of_several_with_one_address_one_who_may_be_mailed_gets_it(self, company, reader):
        silent = reader("office@a.example", consent="")
        wants = reader("office@a.example")
        late = reader("office@a.example")
        assert everybody(segment(company)) == {
            (wants.pk, None): "", (silent.pk, None): "no_consent", (late.pk, None): "duplicate",
        }  # fmt: skip

    def test_the_primary_address_counts(self, company, reader):
        party = reader("")
        ContactPointFactory(party=party, value="second@a.example")
        ContactPointFactory(party=party, value="first@a.example", is_primary=True)
        ContactPointFactory(party=party, kind="phone", value="+4930123456", is_primary=True)
        assert [one.email for one in first_people(segment(company), limit=5)] == ["first@a.example"]

    def test_leads_need_consent_of_their_own(self, company, now):
        wants = LeadFactory(company=company, consented_at=now, email="a@a.example")
        LeadFactory(company=company)
        leads = segment(company, audience="leads", ground="customer")
        assert [one.lead_id for one in first_people(leads, limit=1)] == [wants.pk]
        assert reach(leads).skipped == {R.NO_CONSENT: 1}

    def test_people_chosen_by_hand_join_once_and_need_consent_too(self, company, reader, now):
        by_hand = segment(company, audience="members")
        supplier = reader("s@a.example", is_customer=False, is_supplier=True)
        silent = reader("t@a.example", consent="")
        lead = LeadFactory(company=company, consented_at=now)
        for member in ({"party": supplier}, {"party": silent}, {"lead": lead}):
            SegmentMember.objects.create(company=company, segment=by_hand, **member)
        assert everybody(by_hand) == {
            (supplier.pk, None): "", (None, lead.pk): "", (silent.pk, None): "no_consent",
        }  # fmt: skip
        by_hand.audience = "customers"
        assert reach(by_hand).total == 3

    def test_another_company_is_no_audience(self, company, reader):
        reader("a@a.example")
        PartyFactory(name="Elsewhere")
        with use_companies([company.pk]):
            assert reach(segment(company)).total == 1


def stop(company, email, reason, at=None):
    return Suppression.objects.create(
        company=company,
        address_hash=address_hash(company.pk, email),
        reason=reason,
        at=at or dt.datetime(2026, 3, 15, 9, tzinfo=dt.UTC),
    )
