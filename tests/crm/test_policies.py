"""Who sees and does what in the front office, by role: one's own, the team's, the company's."""

import pytest

from core.access.enums import Role
from core.access.policies import may, scoped
from crm.contacts.models import Interaction
from crm.leads.models import CaptureForm, Lead
from crm.pipeline.models import Deal, DealLine, StageLog
from tests.factories.company import TeamFactory, user_with
from tests.factories.contacts import NoteFactory
from tests.factories.leads import LeadFactory
from tests.factories.pipeline import DealFactory, DealLineFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(company):
    return TeamFactory(company=company)


@pytest.fixture
def seller(company, team):
    return user_with(Role.SALESPERSON, company, team=team)


def three(factory, company, seller, team):
    """One's own, the team's, and somebody else's."""
    return (
        factory(company=company, owner=seller),
        factory(company=company, team=team),
        factory(company=company),
    )


@pytest.mark.parametrize(
    ("factory", "acts"),
    [(DealFactory, ("change", "win", "lose", "pin")), (LeadFactory, ("change", "convert", "qualify"))],
)
def test_a_salesperson_sees_the_team_and_changes_their_own(factory, acts, company, seller, team):
    own, teams, other = three(factory, company, seller, team)
    model = factory._meta.model
    assert set(scoped(seller, model.objects.all(), "view", company.pk)) == {own, teams}
    for act in acts:
        assert [may(seller, act, record) for record in (own, teams, other)] == [True, False, False], act
    assert [may(seller, "log", record) for record in (own, teams, other)] == [True, True, False]
    assert not may(seller, "export", model, company.pk)


@pytest.mark.parametrize("model", [Deal, Lead])
@pytest.mark.parametrize("role", [Role.SALES_MANAGER, Role.ADMINISTRATOR])
def test_a_manager_does_everything_in_the_company(model, role, company, seller, team):
    factory = DealFactory if model is Deal else LeadFactory
    records = three(factory, company, seller, team)
    factory()
    manager = user_with(role, company)
    assert set(scoped(manager, model.objects.all(), "change", company.pk)) == set(records)
    assert may(manager, "win" if model is Deal else "convert", records[2])


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.AUDITOR])
@pytest.mark.parametrize("model", [Deal, Lead, Interaction, CaptureForm])
def test_directors_and_auditors_look_and_take_away_but_touch_nothing(role, model, company):
    reader = user_with(role, company)
    assert [may(reader, verb, model, company.pk) for verb in ("view", "export", "create", "change")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_marketer_brings_leads_in_and_converts_none(company):
    marketer = user_with(Role.MARKETER, company)
    verbs = ("view", "create", "change", "convert")
    assert [may(marketer, verb, Lead, company.pk) for verb in verbs] == [True, True, False, False]
    assert may(marketer, "create", CaptureForm, company.pk)


def test_a_support_agent_sees_what_was_said_and_no_deals(company):
    agent = user_with(Role.SUPPORT_AGENT, company)
    note = NoteFactory(company=company)
    assert list(scoped(agent, Interaction.objects.all(), "view", company.pk)) == [note]
    assert [may(agent, "view", model, company.pk) for model in (Deal, Lead)] == [False, False]


def test_lines_and_log_follow_their_deal(company, seller, team):
    for deal in three(DealFactory, company, seller, team):
        DealLineFactory(deal=deal)
        StageLog.objects.create(
            company=company, deal=deal, to_stage=deal.stage, status="open", at=deal.opened_at, amount=1, probability=1
        )
    assert [scoped(seller, model.objects.all(), "view", company.pk).count() for model in (DealLine, StageLog)] == [2, 2]


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.BUYER])
def test_the_back_office_has_no_business_with_leads(role, company):
    LeadFactory(company=company)
    assert list(scoped(user_with(role, company), Lead.objects.all(), "view", company.pk)) == []
