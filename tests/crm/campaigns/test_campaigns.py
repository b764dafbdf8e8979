"""Campaigns: their life, the leads that count for them, and what came of those."""

import datetime as dt
from decimal import Decimal

import pytest

from core.documents.references import RecordRef
from core.errors import InvalidInputError, WrongStateError
from crm.campaigns.enums import CAMPAIGN_TRANSITIONS, MAILING_TRANSITIONS
from crm.campaigns.errors import MailingsAtWorkError
from crm.campaigns.models import Campaign, LeadAttribution, Mailing, Touch
from crm.campaigns.operations import (
    cancel_campaign,
    create_campaign,
    finish_campaign,
    link_capture_form,
    start_campaign,
    update_campaign,
)
from crm.campaigns.queries import campaign_results
from crm.leads.capture import capture_lead
from crm.leads.conversion import convert_lead
from crm.leads.models import Lead
from crm.leads.operations import create_lead, update_lead
from crm.pipeline.models import Deal
from crm.pipeline.operations import win_deal
from tests.factories.campaigns import CampaignFactory, MailingFactory
from tests.factories.leads import CaptureFormFactory, LeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(company, marketer, now):
    def make(code="", **values):
        return create_lead(
            company_id=company.pk, user=marketer, now=now, name="Ada", utm_campaign=code, strict=False, **values
        )

    return make


def brought_by(lead):
    found = LeadAttribution.objects.filter(lead=lead).first()
    return (found.campaign.code, found.by) if found else None


class TestLife:
    def test_planned_started_finished(self, company, marketer, now):
        campaign = create_campaign(company_id=company.pk, user=marketer, now=now, name="Fair", code=" Fair-26 ")
        assert (campaign.code, campaign.status, campaign.owner) == ("fair-26", "draft", marketer)
        for _ in range(2):
            started = start_campaign(campaign_id=campaign.pk, user=marketer, now=now)
            assert (started.status, started.started_at, started.version) == ("running", now, 2)
        for _ in range(2):
            finished = finish_campaign(campaign_id=campaign.pk, user=marketer, now=now)
            assert (finished.status, finished.finished_at, finished.version) == ("finished", now, 3)

    def test_what_may_follow_what(self):
        assert CAMPAIGN_TRANSITIONS.table == {
            "draft": {"running", "cancelled"},
            "running": {"finished", "cancelled"},
        }
        assert MAILING_TRANSITIONS.table == {
            "draft": {"scheduled", "sending", "cancelled"},
            "scheduled": {"draft", "sending", "cancelled"},
            "sending": {"sent", "cancelled"},
        }

    @pytest.mark.parametrize(
        ("status", "act"),
        [("finished", start_campaign), ("cancelled", start_campaign), ("draft", finish_campaign),
         ("cancelled", finish_campaign), ("finished", cancel_campaign)],
    )  # fmt: skip
    def test_the_wrong_state_is_refused(self, company, marketer, now, status, act):
        campaign = CampaignFactory(company=company, status=status)
        with pytest.raises(WrongStateError):
            act(campaign_id=campaign.pk, user=marketer, now=now)
        assert Campaign.objects.get().status == status

    def test_not_finished_while_mails_go_out(self, mailing, campaign, marketer, now):
        Mailing.objects.update(status="sending")
        with pytest.raises(MailingsAtWorkError, match=mailing.subject):
            finish_campaign(campaign_id=campaign.pk, user=marketer, now=now)
        assert Campaign.objects.get().status == "running"

    def test_cancelled_with_every_mailing_that_is_not_sent(self, mailing, campaign, marketer, now):
        MailingFactory(company=campaign.company, campaign=campaign, segment=mailing.segment, status="sent")
        for _ in range(2):
            assert cancel_campaign(campaign_id=campaign.pk, user=marketer, now=now).version == 2
        assert list(Mailing.objects.order_by("pk").values_list("status", flat=True)) == ["cancelled", "sent"]

    def test_a_code_is_unique_and_days_run_forward(self, campaign, company, marketer, now):
        values = {"company_id": company.pk, "user": marketer, "now": now, "name": "Other"}
        with pytest.raises(InvalidInputError):
            create_campaign(code="SPRING", **values)
        with pytest.raises(InvalidInputError):
            create_campaign(code="two words", **values)
        with pytest.raises(InvalidInputError, match="before the first"):
            create_campaign(code="other", start_date=dt.date(2026, 3, 2), end_date=dt.date(2026, 3, 1), **values)


class TestAttribution:
    def test_by_code_whatever_its_case(self, campaign, lead, now):
        one = lead(" Spring ")
        one.refresh_from_db()
        assert brought_by(one) == ("spring", "code")
        assert one.campaign == RecordRef.of(campaign)
        assert list(Touch.objects.values_list("kind", "lead", "campaign")) == [("responded", one.pk, campaign.pk)]

    def test_other_codes_and_other_companies_do_not_count(self, campaign, lead):
        CampaignFactory(code="elsewhere")
        assert [brought_by(lead(code)) for code in ("", "autumn", "elsewhere")] == [None, None, None]

    def test_by_the_linked_capture_form_before_the_code(self, campaign, company, marketer, now):
        CampaignFactory(company=company, code="other")
        form = CaptureFormFactory(company=company)
        for _ in range(2):
            link_capture_form(campaign_id=campaign.pk, capture_form_id=form.pk, user=marketer, now=now)
        form.refresh_from_db()
        assert (form.campaign, form.version) == (RecordRef.of(campaign), 2)
        captured = capture_lead(
            capture_form=form, token="t", now=now, consented=False, values={"name": "Bo"}, utm={"utm_campaign": "other"}
        )
        assert brought_by(captured) == ("spring", "form")

    def test_a_form_of_another_company_is_refused(self, campaign, marketer, now):
        with pytest.raises(InvalidInputError):
            link_capture_form(campaign_id=campaign.pk, capture_form_id=CaptureFormFactory().pk, user=marketer, now=now)

    def test_the_first_stays(self, campaign, company, lead, marketer, now):
        CampaignFactory(company=company, code="autumn")
        one = lead("spring")
        update_lead(lead_id=one.pk, user=marketer, now=now, utm_campaign="autumn")
        assert brought_by(one) == ("spring", "code")

    def test_a_code_written_later_counts(self, campaign, lead, marketer, now):
        one = lead()
        update_lead(lead_id=one.pk, user=marketer, now=now, utm_campaign="spring")
        assert brought_by(one) == ("spring", "code")

    def test_leads_that_came_before_the_campaign_was_written_down(self, company, lead, marketer, now):
        early, other = lead("Fair-26"), lead("fair")
        campaign = create_campaign(company_id=company.pk, user=marketer, now=now, name="Fair", code="fair-26")
        assert (brought_by(early), brought_by(other)) == (("fair-26", "code"), None)
        update_campaign(campaign_id=campaign.pk, user=marketer, now=now, code="fair")
        assert (brought_by(early), brought_by(other)) == (("fair", "code"), ("fair", "code"))

    def test_a_cancelled_campaign_gets_nothing_and_a_finished_one_still_does(self, company, lead):
        CampaignFactory(company=company, code="gone", status="cancelled")
        CampaignFactory(company=company, code="over", status="finished")
        assert [brought_by(lead(code)) for code in ("gone", "over")] == [None, ("over", "code")]


@pytest.mark.usefixtures("stages")
def test_results_count_every_deal_once(campaign, company, manager, lead, now):
    won = [convert_lead(lead_id=lead("spring").pk, user=manager, now=now, amount=Decimal(100)).deal for _ in range(2)]
    convert_lead(lead_id=lead("spring").pk, user=manager, now=now, amount=Decimal(7))
    lead("spring")
    LeadFactory(company=company)
    MailingFactory(company=company, campaign=campaign)
    for deal in won:
        win_deal(deal_id=deal.pk, user=manager, now=now)
    results = campaign_results(campaign, leads=Lead.objects.all(), deals=Deal.objects.all())
    assert (results.leads, results.deals, results.won, results.won_amount) == (4, 3, 2, Decimal(200))
    assert won[0].campaign == RecordRef.of(campaign)
