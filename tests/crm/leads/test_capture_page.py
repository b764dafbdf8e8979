"""The public page: people get through, robots do not, and nobody sees another company."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.company.tenancy import use_companies
from core.documents.references import RecordRef
from crm.leads.models import Lead
from crm.leads.public_forms import StampError, new_stamp, read_stamp
from crm.leads.setup import set_up_leads
from crm.leads.views import MOST_POSTS
from tests.factories.company import TeamFactory, user_with
from tests.factories.leads import CaptureFormFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(company):
    return CaptureFormFactory(
        company=company, slug="talk", campaign_label="campaigns.campaign", campaign_id=5, asks_consent=True
    )


@pytest.fixture
def visitor():
    """A browser that belongs to nobody, behind the wall."""
    client = Client(enforce_csrf_checks=False)
    with use_companies([]):
        yield client


def filled(**changes):
    stamp = new_stamp(timezone.now() - dt.timedelta(seconds=30))
    return {"name": "Ada Holm", "email": "Ada@Nordlicht.example", "phone": "+49 30 123456", "stamp": stamp} | changes


def leads(company):
    with use_companies([company.pk]):
        return list(Lead.objects.all())


def test_the_page_shows_what_the_form_asks(form, visitor):
    response = visitor.get("/f/talk/")
    page = response.content.decode()
    assert response.status_code == 200
    assert list(response.context["form"].fields) == [
        "name", "email", "stamp", "organisation_name", "phone", "message", "consent",
    ]  # fmt: skip
    assert form.company.name in page
    assert 'name="fax"' in page


def test_a_person_becomes_a_lead(form, visitor, company):
    response = visitor.post(
        "/f/talk/?utm_source=fair&utm_campaign=spring", filled(message="Twenty chairs", consent="on")
    )
    assert (response.status_code, response.url) == (302, "/f/talk/thanks/")
    assert visitor.get(response.url).status_code == 200
    (lead,) = leads(company)
    assert (lead.name, lead.email, lead.phone, lead.message) == (
        "Ada Holm", "ada@nordlicht.example", "+4930123456", "Twenty chairs",
    )  # fmt: skip
    assert (lead.capture_form_id, lead.campaign, lead.source) == (form.pk, RecordRef("campaigns.campaign", 5), "web")
    assert (lead.utm_source, lead.utm_medium, lead.utm_campaign) == ("fair", "", "spring")
    assert lead.consented_at is not None


def test_the_same_page_twice_is_one_lead(form, visitor, company):
    data = filled()
    assert [visitor.post("/f/talk/", data).status_code for _ in range(2)] == [302, 302]
    assert len(leads(company)) == 1


def test_without_a_tick_there_is_no_consent(form, visitor, company):
    visitor.post("/f/talk/", filled())
    assert leads(company)[0].consented_at is None


def test_a_filled_trap_is_thanked_and_forgotten(form, visitor, company):
    response = visitor.post("/f/talk/", filled(fax="+49 30 1"))
    assert (response.url, leads(company)) == ("/f/talk/thanks/", [])


@pytest.mark.parametrize("age", [dt.timedelta(0), dt.timedelta(days=1)])
def test_too_fast_or_too_late_is_asked_to_press_again(form, visitor, company, age):
    response = visitor.post("/f/talk/", filled(stamp=new_stamp(timezone.now() - age)))
    assert (response.status_code, leads(company)) == (422, [])
    assert "once more" in response.content.decode()


def test_a_forged_stamp_counts_for_nothing(now):
    for stamp in ("", "forged", new_stamp(now)[:-1]):
        with pytest.raises(StampError) as refusal:
            read_stamp(stamp, now)
        assert not refusal.value.is_young


def test_mistakes_are_shown_at_their_field(form, visitor, company):
    response = visitor.post("/f/talk/", filled(email="nobody"))
    assert (response.status_code, list(response.context["form"].errors), leads(company)) == (422, ["email"], [])


def test_more_posts_than_a_person_writes_are_turned_away(form, visitor, company):
    answers = [visitor.post("/f/talk/", filled()).status_code for _ in range(MOST_POSTS + 1)]
    assert answers == [302] * MOST_POSTS + [429]
    assert len(leads(company)) == MOST_POSTS


def test_a_post_from_elsewhere_is_refused(form, company):
    with use_companies([]):
        assert Client(enforce_csrf_checks=True).post("/f/talk/", filled()).status_code == 403
    assert leads(company) == []


def test_closed_and_unknown_forms_are_not_there(form, visitor):
    with use_companies([form.company_id]):
        form.active = False
        form.save()
    assert [visitor.get(url).status_code for url in ("/f/talk/", "/f/none/", "/f/talk/thanks/")] == [404] * 3


def test_a_team_takes_turns(form, visitor, company):
    with use_companies([company.pk]):
        team = TeamFactory(company=company)
        sellers = [user_with(Role.SALESPERSON, company, team=team) for _ in range(2)]
        form.assignment, form.team = "round_robin", team
        form.save()
    for _ in range(2):
        visitor.post("/f/talk/", filled())
    assert [lead.owner for lead in reversed(leads(company))] == sellers


def test_the_first_form_comes_once(company, manager, now):
    first = set_up_leads(company_id=company.pk, user=manager, now=now)
    assert (first.slug, set_up_leads(company_id=company.pk, user=manager, now=now)) == ("acme-contact", first)
