"""Leads: written down, scored, assigned, worked, given up, taken up again."""

import datetime as dt

import pytest

from core.access.enums import Role
from core.errors import ConflictError, InvalidInputError, WrongStateError
from crm.leads.conversion import convert_lead
from crm.leads.errors import LeadClosedError, NamelessLeadError
from crm.leads.models import Lead
from crm.leads.operations import (
    assign_lead,
    assign_lead_in_turn,
    create_lead,
    disqualify_lead,
    qualify_lead,
    recycle_lead,
    update_lead,
    work_lead,
)
from crm.leads.queries import duplicates_of, next_in_turn
from crm.leads.scoring import RULES, fit_score
from tests.factories.company import TeamFactory, user_with
from tests.factories.leads import LeadFactory
from tests.factories.parties import ContactPointFactory, PartyFactory

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def lead(company, manager, now):
    return create_lead(
        company_id=company.pk, user=manager, now=now, name="Ada Holm", organisation_name="Nordlicht", country="de",
        email=" Ada@Nordlicht.example", phone="030 123456", website="nordlicht.example", owner_id=manager.pk,
    )  # fmt: skip


def reasons(lead):
    return {str(reason.text): reason.points for reason in fit_score(lead, company_country="DE").reasons}


class TestCreate:
    def test_one_spelling_and_a_score(self, lead, manager, now):
        assert (lead.email, lead.phone, lead.website, lead.country) == (
            "ada@nordlicht.example", "+4930123456", "https://nordlicht.example", "DE",
        )  # fmt: skip
        assert (lead.status, lead.owner, lead.assigned_at, lead.score) == ("new", manager, now, 75)
        assert reasons(lead) == {
            "Names an organisation": 20,
            "Business mail address": 20,
            "Phone number given": 15,
            "Website given": 10,
            "From our own country": 10,
        }

    def test_public_mail_and_no_phone_cost_points(self, company, manager, now):
        lead = create_lead(company_id=company.pk, user=manager, now=now, name="Jo", email="jo@gmail.com")
        assert (lead.score, reasons(lead)) == (0, {"Mail address of a public provider": -10})

    def test_the_rules_add_up_to_a_hundred(self):
        assert sum(points for points, _text, _applies in RULES if points > 0) == 100

    def test_somebody_must_be_named(self, company, manager, now):
        with pytest.raises(NamelessLeadError) as refusal:
            create_lead(company_id=company.pk, user=manager, now=now, phone="+4930123456")
        assert (refusal.value.field, Lead.objects.count()) == ("name", 0)

    @pytest.mark.parametrize(
        ("field", "value"), [("email", "no mail"), ("phone", "call me"), ("website", "not a host at all")]
    )
    def test_refusals_name_the_field(self, company, manager, field, value):
        with pytest.raises(InvalidInputError) as refusal:
            create_lead(company_id=company.pk, user=manager, now=dt.datetime.now(dt.UTC), name="Jo", **{field: value})
        assert refusal.value.field == field

    def test_imports_keep_a_phone_as_it_was_written(self, company, manager, now):
        lead = create_lead(company_id=company.pk, user=manager, now=now, name="Jo", phone="ask reception", strict=False)
        assert lead.phone == "ask reception"


class TestUpdate:
    def test_changes_and_scores_anew(self, lead, manager, now):
        changed = update_lead(lead_id=lead.pk, user=manager, now=now + HOUR, job_title="Buyer")
        assert (changed.job_title, changed.score, changed.version, changed.assigned_at) == ("Buyer", 85, 2, now)

    def test_somebody_else_was_faster(self, lead, manager, now):
        update_lead(lead_id=lead.pk, user=manager, now=now, job_title="Buyer")
        with pytest.raises(ConflictError):
            update_lead(lead_id=lead.pk, user=manager, now=now, job_title="Boss", expected_version=1)

    def test_a_closed_lead_stays_as_it_is(self, lead, manager, now):
        disqualify_lead(lead_id=lead.pk, user=manager, now=now, reason="spam")
        for act in (update_lead, assign_lead):
            with pytest.raises(LeadClosedError):
                act(lead_id=lead.pk, user=manager, now=now)


class TestStates:
    def test_working_makes_it_ones_own(self, company, manager, now):
        lead = LeadFactory(company=company)
        taken = work_lead(lead_id=lead.pk, user=manager, now=now)
        assert (taken.status, taken.owner, taken.assigned_at, taken.version) == ("working", manager, now, 2)
        assert work_lead(lead_id=lead.pk, user=manager, now=now).version == 2

    def test_qualify_twice(self, lead, manager, now):
        assert qualify_lead(lead_id=lead.pk, user=manager, now=now).status == "qualified"
        assert qualify_lead(lead_id=lead.pk, user=manager, now=now).version == 2

    def test_given_up_with_a_reason_and_taken_up_again(self, lead, manager, now):
        lost = disqualify_lead(lead_id=lead.pk, user=manager, now=now, reason="no_budget", note="Next year")
        assert (lost.status, lost.disqualify_reason, lost.disqualify_note) == ("disqualified", "no_budget", "Next year")
        assert disqualify_lead(lead_id=lead.pk, user=manager, now=now, reason="spam").disqualify_reason == "no_budget"
        again = recycle_lead(lead_id=lead.pk, user=manager, now=now)
        assert (again.status, again.disqualify_reason) == ("recycled", "")
        assert recycle_lead(lead_id=lead.pk, user=manager, now=now).version == again.version

    def test_a_reason_must_be_one_of_the_list(self, lead, manager, now):
        with pytest.raises(InvalidInputError) as refusal:
            disqualify_lead(lead_id=lead.pk, user=manager, now=now, reason="because")
        assert refusal.value.field == "reason"

    def test_only_disqualified_leads_are_recycled(self, lead, manager, now):
        with pytest.raises(WrongStateError):
            recycle_lead(lead_id=lead.pk, user=manager, now=now)

    def test_a_converted_lead_does_nothing_more(self, lead, manager, now, pipeline):
        convert_lead(lead_id=lead.pk, user=manager, now=now)
        for act in (work_lead, qualify_lead, recycle_lead):
            with pytest.raises(WrongStateError):
                act(lead_id=lead.pk, user=manager, now=now)
        with pytest.raises(WrongStateError):
            disqualify_lead(lead_id=lead.pk, user=manager, now=now, reason="spam")


class TestAssignment:
    def test_to_oneself_or_another(self, company, manager, now):
        lead, other = LeadFactory(company=company), user_with(Role.SALESPERSON, company)
        assert assign_lead(lead_id=lead.pk, user=manager, now=now).owner == manager
        given = assign_lead(lead_id=lead.pk, user=manager, now=now, owner_id=other.pk)
        assert (given.owner, given.version) == (other, 3)
        assert assign_lead(lead_id=lead.pk, user=manager, now=now, owner_id=other.pk).version == 3

    def test_in_turn_goes_to_whoever_waited_longest(self, company, manager, now):
        team = TeamFactory(company=company)
        sellers = [user_with(Role.SALESPERSON, company, team=team) for _ in range(3)]
        user_with(Role.MARKETER, company, team=team)
        owners = []
        for minute in range(5):
            lead = LeadFactory(company=company, team=team)
            moment = now + dt.timedelta(minutes=minute)
            owners.append(assign_lead_in_turn(lead_id=lead.pk, user=manager, now=moment).owner)
        assert owners == [*sellers, *sellers[:2]]
        assert next_in_turn(company_id=company.pk, team_id=team.pk) == sellers[2]

    def test_a_team_without_sellers_has_no_turn(self, company, manager, now):
        for team in (None, TeamFactory(company=company)):
            lead = LeadFactory(company=company, team=team)
            with pytest.raises(InvalidInputError) as refusal:
                assign_lead_in_turn(lead_id=lead.pk, user=manager, now=now)
            assert refusal.value.field == "team"


class TestDuplicates:
    def test_parties_and_open_leads(self, lead, company):
        party = PartyFactory(company=company, name="Nordlicht GmbH")
        ContactPointFactory(party=party, value="ada@nordlicht.example")
        same = LeadFactory(company=company, organisation_name="NORDLICHT", email="x@example.org")
        LeadFactory(company=company, email=lead.email, status="disqualified")
        LeadFactory(email=lead.email)
        found = duplicates_of(lead)
        assert [(one.party_id, one.reasons) for one in found.parties] == [(party.pk, ("domain", "email", "name"))]
        assert found.leads == [same]

    def test_nobody(self, company):
        found = duplicates_of(LeadFactory(company=company, name="", organisation_name="", email="only@example.org"))
        assert (found.parties, found.leads) == ([], [])
